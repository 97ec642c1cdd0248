"""Load on `reproduce serve`: 50 clients for two minutes on the loopback, with a real network.

The first released model is served; where none is, a smoke run of the A-LSTM, made here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import DataError
from common.harness.bench import Measurement
from common.serve.load import Load, put_load

CLIENTS, SECONDS = 50, 120.0
MOST_GROWTH = 0.05
WARM_SECONDS = 15.0
COMMAND = [sys.executable, "-m", "reproductions.cli"]


def measure(clients: int = CLIENTS, seconds: float = SECONDS, card: str = "") -> list[Measurement]:
    """Answers, refusals, latencies and memory of a server under load.

    Parameters
    ----------
    clients : int
    seconds : float
        Behind a quarter of a minute in which the network is loaded and the caches fill.
    card : str
        A model's name or card; by default as the module says.
    """
    with tempfile.TemporaryDirectory() as folder:
        chosen = card or _released() or _smoke_model(Path(folder))
        with _served(chosen) as (address, name, process):
            put_load(address, name, clients, min(WARM_SECONDS, seconds), process)
            load = put_load(address, name, clients, seconds, process)
    for fault in load.faults[:5]:
        print(fault, file=sys.stderr)
    return _measurements(load, clients)


def _measurements(load: Load, clients: int) -> list[Measurement]:
    answered, refused = load.statuses[200], load.statuses[503]
    faults, growth = len(load.faults), 100 * load.growth
    most = 100 * MOST_GROWTH
    note = f"{clients} clients, {load.seconds:.0f} s, 1 to 4 proteins of 50 to 1,000 residues"
    return [
        Measurement("answers", answered / load.seconds, "requests/s", note=note),
        Measurement("sequences", load.sequences / load.seconds, "sequences/s"),
        Measurement("median time to an answer", load.latency(0.5), "s"),
        Measurement("99th percentile of it", load.latency(0.99), "s"),
        Measurement("refused with 503 and Retry-After", refused, "requests"),
        Measurement("errors", faults, "requests", "none", faults == 0 and answered > 0),
        Measurement("memory at the end", load.memory[-1] / 2**20, "MiB"),
        Measurement("growth of memory", growth, "%", f"at most {most:g}", growth <= most),
    ]


def _released() -> str:
    from reproductions.models import released

    return next((model.name for _, model, path in released() if path.exists()), "")


def _smoke_model(folder: Path) -> str:
    """Card of a smoke run of the A-LSTM on simulated proteins."""
    places = {"REPRODUCE_RESULTS": str(folder / "results"), "REPRODUCE_RUNS": str(folder / "runs")}
    for arguments in (
        ["run", "sonderby/a-lstm", "--profile", "smoke", "--quiet"],
        ["release", "sonderby", "--profile", "smoke", "--output", str(folder)],
    ):
        command = [*COMMAND, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | places)
    return str(folder / "sonderby.json")


@contextmanager
def _served(model: str) -> Iterator[tuple[str, str, int]]:
    """Address, name of the model, and id of the process of a server."""
    command = [*COMMAND, "serve", "--port", "0", "--model", model]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            name, _, rest = line.partition(": ")
            if not rest.startswith("http"):
                raise DataError("reproduce serve", line.strip(), "Mend that first")
            yield rest.split()[0], name, process.pid
        finally:
            process.terminate()
