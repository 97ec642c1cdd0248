"""The record of a run: three files that say what was run, on what, and what came out.

``results/runs/<profile>/<paper>/<experiment>/<variant>/seed<S>-fold<K>`` with the endings
``.json`` (everything but the arrays), ``.predictions.csv.gz`` (id, truth, one column a label) and
``.history.csv`` (one row an epoch). A run with a second test set or a second output has a further
``.NAME.predictions.csv.gz`` for each. The JSON file is written last and holds the checksums of the
predictions: a run is done when, and only when, it is there.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.data.registry import VARIANTS
from common.errors import DataError, UsageError
from common.files import storage_error, written_whole
from common.harness.provenance import provenance
from common.harness.run_key import RunKey
from common.paths import results_folder

__all__ = [
    "Record",
    "RunKey",
    "RunResult",
    "provenance",
    "read_record",
    "read_records",
    "write_record",
]

_STEM = re.compile(r"seed(\d+)-fold(\d+)")
_TABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def no_history() -> pd.DataFrame:
    """History of a run that trains nothing: its columns without a row."""
    return pd.DataFrame({"epoch": [], "loss": []})


@dataclass
class RunResult:
    """What a run hands over to be recorded.

    Parameters
    ----------
    metrics : mapping of name to number
        Fractions, not percent. Names as in `common.harness.measures`.
    predictions : DataFrame
        ``id``, ``truth`` (a label) and one column of probabilities for each label; for
        distributions ``truth:LABEL`` columns in place of ``truth``. One row a test example.
    n_original, n_effective : int
        Test examples before and after those that were left out.
    data_variant : str
        One of `common.data.registry.VARIANTS`.
    data_sha256 : mapping of file name to hex digest
    n_parameters : int
    history : DataFrame
        ``epoch`` and one column for each loss and score; without a row where nothing is trained.
    padding_share : float
        Share of all positions that were padding, 0 to 1.
    epochs : int
        Epochs trained.
    seconds : float
        Wall time of training and prediction.
    extra : mapping
        Anything else that JSON can hold.
    tables : mapping of name to DataFrame
        Predictions of further test sets or outputs, such as ``membrane``; each as `predictions`.
        Their metrics are named ``membrane/accuracy``.
    """

    metrics: Mapping[str, float]
    predictions: pd.DataFrame
    n_original: int
    n_effective: int
    data_variant: str
    data_sha256: Mapping[str, str]
    n_parameters: int
    history: pd.DataFrame = field(default_factory=no_history)
    padding_share: float = math.nan
    epochs: int = 0
    seconds: float = math.nan
    extra: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


_UNTABLED = sorted({*RunResult.__dataclass_fields__} - {"predictions", "history", "tables"})


@dataclass(frozen=True)
class Record:
    """A run that is done, as its JSON file says; the predictions are read when asked for."""

    key: RunKey
    path: Path
    content: Mapping[str, Any]

    @property
    def metrics(self) -> dict[str, float]:
        """Metrics of the run; an undefined one is NaN."""
        return {k: math.nan if v is None else v for k, v in self.content["metrics"].items()}

    @property
    def data_variant(self) -> str:
        """One of `common.data.registry.VARIANTS`."""
        return self.content["data_variant"]

    @property
    def settings(self) -> dict[str, Any]:
        """Settings that the run used."""
        return self.content["settings"]

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Table of `RunResult.predictions`; ids are text, whatever they look like.

        Raises
        ------
        DataError
            The file is missing, or is not the one that the record was written with.
        """
        return self._table("")

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables of predictions by name, the first one's name being empty.

        Raises
        ------
        DataError
            As `predictions`.
        """
        return {"": self.predictions, **{name: self._table(name) for name in _further(self)}}

    def _table(self, name: str) -> pd.DataFrame:
        content = _checked_predictions(self, name)
        text = {"id": str, "truth": str}
        return pd.read_csv(BytesIO(content), compression="gzip", dtype=text, keep_default_na=False)


def write_record(
    key: RunKey,
    result: RunResult,
    settings: Mapping[str, Any],
    provenance: Mapping[str, Any],
    results: Path | None = None,
) -> Path:
    """Write the three files of a run, the JSON file last.

    An earlier record of the same run is replaced; at no moment is there a JSON file that does not
    belong to the predictions beside it.

    Returns
    -------
    Path
        The JSON file.

    Raises
    ------
    UsageError
        An unknown data variant, or predictions without the columns ``id`` and ``truth``, with an
        id twice, or with a probability that is not a finite number.
    StorageError
        A read-only folder or a full disk; the earlier record, if any, is kept.
    """
    _check_result(key, result)
    final = key.path("json", results)
    tables = {"": result.predictions, **result.tables}
    packed = {name: gzip.compress(_csv(table), mtime=0) for name, table in tables.items()}
    sums = {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in packed.items()}
    content = {
        **{name: getattr(key, name) for name in RunKey.__dataclass_fields__},
        **{name: getattr(result, name) for name in _UNTABLED},
        "predictions": sums.pop(""),
        "tables": sums,
        "settings": dict(settings),
        "provenance": dict(provenance),
        "command": key.command,
        "complete": True,
    }
    text = json.dumps(as_stored(content), indent=1, sort_keys=True, allow_nan=False) + "\n"
    with ExitStack() as stack:
        # The stack renames in the opposite order: predictions, history, and the JSON file last.
        stack.enter_context(written_whole(final)).write_text(text, encoding="utf-8")
        history = stack.enter_context(written_whole(key.path("history.csv", results)))
        history.write_bytes(_csv(result.history))
        for name, data in packed.items():
            path = key.path(_ending(name), results)
            stack.enter_context(written_whole(path)).write_bytes(data)
        try:
            final.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(final, error) from error
    return final


def read_record(path: Path) -> Record:
    """Read one JSON file.

    Raises
    ------
    DataError
        It is not whole, belongs to another run than its name says, or its predictions are
        missing or others than those it was written with.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _damaged(path, "not a whole JSON file") from error
    if not isinstance(content, dict) or content.get("complete") is not True:
        raise _damaged(path, "the record is not complete")
    try:
        key = RunKey(**{name: content[name] for name in RunKey.__dataclass_fields__})
        needed = ("metrics", "settings", "data_variant", "data_sha256", "predictions", "provenance")
        missing = [name for name in needed if name not in content]
    except (KeyError, UsageError) as error:
        raise _damaged(path, f"the run's key is missing or wrong ({error})") from error
    if missing:
        raise _damaged(path, f"lacks {', '.join(missing)}")
    if path.parts[-6:] != key.path("json", Path("results")).parts[-6:]:
        raise _damaged(path, f"holds another run's record ({key.command})")
    record = Record(key, path, content)
    for name in ("", *_further(record)):
        _checked_predictions(record, name)
    return record


def read_records(
    results: Path | None = None,
    profile: str | None = None,
    paper: str | None = None,
    experiment: str | None = None,
    variant: str | None = None,
) -> list[Record]:
    """Read every record that fits, sorted by key. Temporary files of running jobs are not seen.

    Raises
    ------
    DataError
        As `read_record`.
    """
    root = (Path(results) if results is not None else results_folder()) / "runs"
    pattern = "/".join(part or "*" for part in (profile, paper, experiment, variant))
    files = [p for p in root.glob(f"{pattern}/*.json") if _STEM.fullmatch(p.stem)]
    return sorted((read_record(path) for path in files), key=lambda record: record.key)


def _ending(table: str) -> str:
    return f"{table}.predictions.csv.gz" if table else "predictions.csv.gz"


def _further(record: Record) -> Mapping[str, Mapping[str, str]]:
    """Checksums of all tables of predictions but the first."""
    return record.content.get("tables", {})


def _checked_predictions(record: Record, table: str) -> bytes:
    """Bytes of a predictions file, after their checksum was found right."""
    path = record.path.with_name(f"{record.key.stem}.{_ending(table)}")
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise _damaged(record.path, f"its predictions ({path.name}) are missing") from error
    expected = _further(record)[table] if table else record.content["predictions"]
    if hashlib.sha256(content).hexdigest() != expected["sha256"]:
        raise _damaged(path, "the checksum is not the one in the record")
    return content


def _damaged(path: Path, fault: str) -> DataError:
    return DataError(str(path), fault, "Delete the run's files and run it again")


def _check_result(key: RunKey, result: RunResult) -> None:
    if result.data_variant not in VARIANTS:
        allowed = ", ".join(VARIANTS)
        raise UsageError(
            key.command, f"data variant {result.data_variant!r} unknown", f"Known: {allowed}"
        )
    for name, table in {"": result.predictions, **result.tables}.items():
        if name and not _TABLE.fullmatch(name):
            fault = f"a table of predictions is named {name!r}"
            raise UsageError(key.command, fault, "Use letters, digits and hyphens")
        _check_table(key, table)


def _check_table(key: RunKey, table: pd.DataFrame) -> None:
    columns = table.columns
    if "id" not in columns or not any(str(c).split(":")[0] == "truth" for c in columns):
        fault = f"predictions have the columns {', '.join(map(str, columns))}"
        raise UsageError(key.command, fault, "Give id, truth and one column for each label")
    ids = table["id"].astype(str)
    numbers = table.drop(columns=["id", "truth"], errors="ignore")
    finite = np.isfinite(numbers.to_numpy(dtype=float)).all(axis=1)
    if not finite.all():
        fault = f"the prediction for {ids[~finite].iloc[0]} is not a finite number"
        raise UsageError(key.command, fault, "Look at the loss: the training has diverged")
    if ids.duplicated().any():
        fault = f"the id {ids[ids.duplicated()].iloc[0]} has two predictions"
        raise UsageError(key.command, fault, "Predict each test example once")


def _csv(table: pd.DataFrame) -> bytes:
    """Table as CSV with nine significant digits, which hold a float32 exactly."""
    return table.to_csv(index=False, float_format="%.9g", lineterminator="\n").encode()


def as_stored(value: Any) -> Any:
    """Value as a record keeps it, in JSON's own types.

    NumPy's types are turned into Python's, tuples and sets into lists, what is not finite into
    None, and a path into its last part.
    """
    if isinstance(value, Mapping):
        return {str(k): as_stored(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [
            as_stored(v) for v in (sorted(value) if isinstance(value, set | frozenset) else value)
        ]
    if isinstance(value, np.ndarray):
        return as_stored(value.tolist())
    if isinstance(value, np.generic):
        return as_stored(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Path):
        return value.name
    return value
