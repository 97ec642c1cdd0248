"""What tells one run from every other, and where its record lies."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.errors import UsageError
from common.harness.settings import PROFILES
from common.paths import results_folder

FOLDS_APART = 10_000
"""What lies between the seeds of two folds: more than any experiment has seeds."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


def known_profile(name: str) -> str:
    """The name of a profile; `UsageError` for another."""
    if name not in PROFILES:
        raise UsageError(f"profile {name!r}", "unknown", f"Known: {', '.join(PROFILES)}")
    return name


def data_digest(variant: str, sha256: Mapping[str, str], *keys: str) -> str:
    """Short name of a run's data, so that a run on other data has other checkpoints.

    Parameters
    ----------
    variant : str
        Data variant, one of `common.data.registry.VARIANTS`.
    sha256 : mapping of file name to hex digest
        Of the raw files; their names and their order do not count.
    *keys : str
        Of what was computed from the sequences, such as profiles or embeddings.

    Returns
    -------
    str
        Eight hexadecimal digits.
    """
    parts = [variant, *keys, *sorted(sha256.values())]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:8]


@dataclass(frozen=True, order=True)
class RunKey:
    """What tells one run from every other.

    Raises
    ------
    UsageError
        A name that cannot be a folder's, an unknown profile, a negative seed or fold.
    """

    profile: str
    paper: str
    experiment: str
    variant: str
    seed: int
    fold: int = 0

    @property
    def training_seed(self) -> int:
        """Of first weights, batches and dropout: each fold of a seed draws its own."""
        return self.seed + FOLDS_APART * self.fold

    def __post_init__(self) -> None:
        for kind in ("paper", "experiment", "variant"):
            name = getattr(self, kind)
            if not _NAME.fullmatch(name):
                fault = "a name begins with a letter or digit; then . _ + and - are allowed too"
                raise UsageError(f"{kind} {name!r}", fault, "Choose another name")
        known_profile(self.profile)
        for kind in ("seed", "fold"):
            number = getattr(self, kind)
            if not isinstance(number, int) or number < 0:
                raise UsageError(
                    f"{kind} {number!r}", "not a whole number from 0 on", "Give such a one"
                )

    @property
    def stem(self) -> str:
        """Name of the record's files, without their endings."""
        return f"seed{self.seed}-fold{self.fold}"

    @property
    def command(self) -> str:
        """The command that makes this record."""
        return (
            f"reproduce run {self.paper}/{self.experiment} --variant {self.variant} "
            f"--seed {self.seed} --fold {self.fold} --profile {self.profile}"
        )

    def folder(self, results: Path | None = None) -> Path:
        """Folder of the record under `results` (by default the project's)."""
        root = Path(results) if results is not None else results_folder()
        return root / "runs" / self.profile / self.paper / self.experiment / self.variant

    def path(self, ending: str, results: Path | None = None) -> Path:
        """File of the record: `ending` is ``json``, ``predictions.csv.gz`` or ``history.csv``."""
        return self.folder(results) / f"{self.stem}.{ending}"
