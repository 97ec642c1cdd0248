"""Search tools that are called as programs, and what to say where they are missing or fail."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from common.errors import ReproduceError, UsageError

DEBIAN_PACKAGES = {"mmseqs": "mmseqs2", "psiblast": "ncbi-blast+", "makeblastdb": "ncbi-blast+"}


def require(program: str) -> str:
    """Path of a program.

    Raises
    ------
    UsageError
        It is not installed; names the Debian package that has it.
    """
    found = shutil.which(program)
    if found is None:
        package = DEBIAN_PACKAGES.get(program, program)
        raise UsageError(
            program, "not found on PATH", f"Install it, on Debian with: apt-get install {package}"
        )
    return found


def call(command: Sequence[str | Path], folder: Path) -> str:
    """Run a program to its end inside `folder`.

    Returns
    -------
    str
        Its standard output.

    Raises
    ------
    ReproduceError
        It ended with another status than 0; the error has its last lines.
    """
    words = [str(word) for word in command]
    ended = subprocess.run(
        [require(words[0]), *words[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        said = (ended.stderr.strip() or ended.stdout.strip()).splitlines()[-3:]
        raise ReproduceError(
            " ".join(words[:2]),
            f"ended with status {ended.returncode}: {' / '.join(said) or 'no message'}",
            "Check the free disk space and memory, and the sequences that it was given",
        )
    return ended.stdout
