"""How much one server takes at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of a server; whatever goes beyond one is refused with a reason.

    Parameters
    ----------
    body_bytes : int
        Longest body of a request.
    sequences : int
        Most sequences a request.
    letters : int
        Longest sequence, in residues or nucleotides; the longest human protein, titin, has 35,991.
    waiting : int
        Most requests that wait for the network while it is at work; fewer where so many would not
        be answered in `answer_seconds`.
    requests : int
        Most requests that are open at once, those that are still being read among them.
    connections : int
        Most connections at once, idle ones among them.
    answer_seconds : float
        From the last byte of a request to its answer.
    read_seconds, write_seconds : float
        A client's time to send a request's head, and then its body; and to take an answer.
    head_bytes : int
        Longest request line and headers.
    """

    body_bytes: int = 1 << 20
    sequences: int = 100
    letters: int = 40_000
    waiting: int = 16
    requests: int = 128
    connections: int = 512
    answer_seconds: float = 60.0
    read_seconds: float = 10.0
    write_seconds: float = 60.0
    head_bytes: int = 16 << 10
