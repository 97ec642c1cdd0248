"""What git knows: the commit of this code, and results and code of earlier ones."""

from __future__ import annotations

import io
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from common.errors import DataError, UsageError
from common.paths import code_root

if TYPE_CHECKING:
    import pandas as pd

    from common.harness.record import Record


def git_state() -> tuple[str, bool | None]:
    """Commit of the project and whether a file other than a result differs from it.

    Returns
    -------
    tuple
        ``("unknown", None)`` where this is no git checkout.
    """
    try:
        commit = _git("rev-parse", "HEAD", check=True).stdout.decode().strip()
        changed = _git("status", "--porcelain", "--", ".", ":(exclude)results", check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown", None
    return commit, bool(changed.stdout.strip())


def committed(
    name: str, read: Callable[[io.BytesIO], pd.DataFrame], commit: str | None = None
) -> pd.DataFrame | None:
    """Table of the results as a commit of the project has it.

    Parameters
    ----------
    name : str
        Such as ``comparison.csv``.
    read : callable
        Reads it, such as `common.harness.compare.read_comparison`.
    commit : str, optional
        Whatever git takes for one; by default the last.

    Returns
    -------
    DataFrame or None
        None where no commit is named and the last has no table, or there is no git history.

    Raises
    ------
    UsageError
        The named commit is unknown or has no table, or one of another form.
    """
    path = f"results/{name}"
    try:
        shown = _git("show", "--end-of-options", f"{commit or 'HEAD'}:./{path}", check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        if commit is None:
            return None
        fault = f"this checkout has no commit {commit!r} with {path}"
        raise UsageError("--against", fault, "Name another, or fetch the history") from error
    try:
        return read(io.BytesIO(shown.stdout))
    except DataError as error:
        fault = f"{path} of {commit or 'HEAD'} has not the columns of today"
        raise UsageError("--against", fault, "Name a later commit") from error


def made_by_other_code(records: Iterable[Record]) -> dict[str, int]:
    """Records whose commit has other code than the checkout, by commit.

    A record stays where only the code has changed, so that a check of it tells nothing of the
    change. Without a git history, or where it lacks the commit, nothing is known.
    """
    commits = Counter(record.content["provenance"].get("commit") or "" for record in records)
    return {commit: n for commit, n in commits.items() if commit and _differs(commit)}


def _differs(commit: str) -> bool:
    """Whether the code of a commit is another than the checkout's; False where that is unknown."""
    try:
        return _git("diff", "--quiet", commit, "--", "common", "reproductions").returncode == 1
    except OSError:
        return False


def _git(*arguments: str, check: bool = False) -> subprocess.CompletedProcess[bytes]:
    """Run git where the code is; `OSError` where there is no such program."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=code_root(), capture_output=True, check=check)
