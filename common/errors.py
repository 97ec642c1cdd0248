"""Errors that name the record, the fault and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class ReproduceError(Exception):
    """An error that a user can mend.

    Parameters
    ----------
    record : str
        What is at fault: a sequence id, a file, a setting.
    fault : str
        What was received, and what is allowed.
    remedy : str
        What to do about it.

    Notes
    -----
    The command line prints ``str(error)`` as one line and ends with `exit_code`.
    """

    exit_code = 1

    def __init__(self, record: str, fault: str, remedy: str) -> None:
        self.record, self.fault, self.remedy = record, fault, remedy
        super().__init__(f"{record}: {fault}. {remedy}")

    def __reduce__(self) -> tuple:
        return type(self), (self.record, self.fault, self.remedy)


class UsageError(ReproduceError):
    """A wrong name or value on the command line or in a settings file."""

    exit_code = 2


class DataError(ReproduceError):
    """A file or record whose content cannot be used."""

    exit_code = 3


class StorageError(ReproduceError):
    """A folder that cannot be written: read-only, or no space left."""

    exit_code = 4


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Remedy for an unknown name: the known ones that look like it, else `otherwise` or all."""
    names = list(known)
    near = get_close_matches(name, names, n=3, cutoff=0.4)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return otherwise or f"Known: {', '.join(names)}"
