"""Many clients at once, for a while: what a server answers, how fast, and in how much memory."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from common.data.alphabet import STANDARD

MOST_SEQUENCES, SHORTEST, LONGEST = 4, 50, 1000
PATIENCE = 120.0


@dataclass
class Load:
    """What came of it.

    Parameters
    ----------
    seconds : float
        How long it lasted.
    latencies : list of float
        Seconds to each answer.
    sequences : int
        That were answered.
    statuses : Counter of int
        How many answers had each status.
    faults : list of str
        What should not be: other statuses than 200 and 503, a 503 without ``Retry-After``, broken
        connections, answers to other questions.
    memory : list of int
        Bytes of the server's process, one a second.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    sequences: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Mean memory in the last quarter of the time, less the second's, as a share of it."""
        quarter = max(1, len(self.memory) // 4)
        before = self.memory[quarter : 2 * quarter] or self.memory
        after = self.memory[-quarter:]
        return (sum(after) / len(after)) / (sum(before) / len(before)) - 1

    def latency(self, share: float) -> float:
        """Quantile of the seconds to an answer; NaN where there was none."""
        place = min(int(share * len(self.latencies)), len(self.latencies) - 1)
        return sorted(self.latencies)[place] if self.latencies else float("nan")


def put_load(address: str, model: str, clients: int, seconds: float, process: int) -> Load:
    """Ask from many threads, each a client that keeps its connection, and note what comes.

    A client that is told 503 waits as long as ``Retry-After`` says, as clients should.

    Parameters
    ----------
    address : str
    model : str
    clients : int
    seconds : float
    process : int
        Id of the server's process.
    """
    load, lock = Load(), threading.Lock()
    started = time.monotonic()
    end = started + seconds
    ask = Client(address, model, load, lock, end)
    threads = [threading.Thread(target=ask.go_on, args=(seed,)) for seed in range(clients)]
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        load.memory.append(memory_of(process))
        time.sleep(1)
    for thread in threads:
        thread.join(PATIENCE)
        if thread.is_alive():
            load.faults.append("a client still waits for its answer")
    load.seconds = time.monotonic() - started
    return load


@dataclass(frozen=True)
class Client:
    """What every thread does until the end."""

    address: str
    model: str
    load: Load
    lock: threading.Lock
    end: float

    def go_on(self, seed: int) -> None:
        """Ask again and again."""
        chance = random.Random(seed)
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        while time.monotonic() < self.end:
            sequences = random_sequences(chance)
            try:
                wait = self._ask(connection, sequences)
            except (OSError, HTTPException, ValueError) as error:
                wait = 0.1
                with self.lock:
                    self.load.faults.append(repr(error))
            if wait:
                connection.close()  # the server ends it if it is idle for longer than seconds
                time.sleep(min(wait, max(0.0, self.end - time.monotonic())))
        connection.close()

    def _ask(self, connection: HTTPConnection, sequences: dict[str, str]) -> float:
        """One request; the seconds to wait before the next."""
        named = [{"id": name, "sequence": text} for name, text in sequences.items()]
        body = json.dumps({"model": self.model, "sequences": named})
        started = time.monotonic()
        connection.request("POST", "/api/predict", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content, took = response.read(), time.monotonic() - started
        with self.lock:
            self.load.statuses[response.status] += 1
        if response.status == 503:
            return float(response.headers["Retry-After"] or "no Retry-After")
        if response.status != 200:
            raise ValueError(f"{response.status}: {content[:200]!r}")
        found = [(one["id"], one["sequence"]) for one in json.loads(content)["results"]]
        if found != list(sequences.items()):
            raise ValueError("an answer to another question")
        with self.lock:
            self.load.latencies.append(took)
            self.load.sequences += len(sequences)
        return 0.0


def random_sequences(chance: random.Random) -> dict[str, str]:
    """One to four proteins of 50 to 1,000 residues."""
    letters = STANDARD["protein"]
    return {
        f"P{number}": "".join(chance.choices(letters, k=chance.randint(SHORTEST, LONGEST)))
        for number in range(chance.randint(1, MOST_SEQUENCES))
    }


def memory_of(process: int) -> int:
    """Resident bytes of a process."""
    command = ["ps", "-o", "rss=", "-p", str(process)]
    return 1024 * int(subprocess.run(command, capture_output=True, check=True).stdout)
