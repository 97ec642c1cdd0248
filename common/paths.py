"""Where the project keeps its files.

`REPRODUCE_HOME` moves everything; without it that is the clone, and the working folder where the
package was installed without one.
"""

from __future__ import annotations

import os
from pathlib import Path


def project_root() -> Path:
    """Folder below which the others lie; see above."""
    home = os.environ.get("REPRODUCE_HOME")
    if home:
        return Path(home).resolve()
    return code_root() if (code_root() / "pyproject.toml").is_file() else Path.cwd()


def code_root() -> Path:
    """Folder that holds the packages: the clone, or where pip installs them."""
    return Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """Folder of fetched raw files (`REPRODUCE_DATA`, else `data/raw`); git ignores it."""
    return _folder("REPRODUCE_DATA")


def cache_folder() -> Path:
    """Files that can be made again, as profiles (`REPRODUCE_CACHE`, else `data/cache`); ignored."""
    return _folder("REPRODUCE_CACHE")


def mirror_folder() -> Path | None:
    """Read-only mirror of the raw files: `REPRODUCE_MIRROR`, else `../shared/data`, else None."""
    named = os.environ.get("REPRODUCE_MIRROR")
    if named is not None:
        return Path(named).resolve() if named else None
    beside = project_root().parent / "shared" / "data"
    return beside if beside.is_dir() else None


def results_folder() -> Path:
    """Committed results (`REPRODUCE_RESULTS`, else `results`)."""
    return _folder("REPRODUCE_RESULTS")


def runs_folder() -> Path:
    """Checkpoints of unfinished runs (`REPRODUCE_RUNS`, else `runs`); git ignores it."""
    return _folder("REPRODUCE_RUNS")


def variable_of(path: Path) -> str | None:
    """The variable that moves the folder in which a file lies; None for a file elsewhere."""
    whole = Path(path).resolve()
    return next((name for name in _USUAL if whole.is_relative_to(_folder(name))), None)


_USUAL = {
    "REPRODUCE_RESULTS": "results",
    "REPRODUCE_RUNS": "runs",
    "REPRODUCE_DATA": "data/raw",
    "REPRODUCE_CACHE": "data/cache",
}
"""Folders below the root, by the variable that names another in their place."""


def _folder(variable: str) -> Path:
    named = os.environ.get(variable)
    return Path(named).resolve() if named else project_root() / _USUAL[variable]
