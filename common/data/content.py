"""What a file holds, in the figures that the registry's ``checks`` name.

| ``kind`` | figures |
|---|---|
| ``fasta`` | ``records``, ``shortest``, ``longest``, ``letters``, ``classes``, ``words`` |
| ``table`` | ``records``, ``columns``, ``classes`` |
| ``arrays`` | ``shapes`` of an NPZ file |
| ``motifs`` | ``records`` of a MEME file |

``classes_from`` says where a class stands: ``file`` (the file's stem), ``header`` (second word of
the header, without its last ``-`` part), ``column:NAME`` (several joined by ``|``) or
``largest:A,B,...`` (the column with the highest value). Several files count as one.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.data.fasta import Record, read_fasta
from common.errors import DataError


def measure(check: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Find the figures that a check expects.

    Parameters
    ----------
    check : mapping
        One of a data set's ``checks``.
    paths : mapping of str to Path
        By file name.

    Returns
    -------
    dict
        A value for each figure of `check`, to be compared with it.

    Raises
    ------
    DataError
        A file cannot be read as this kind.
    """
    measures = {
        "fasta": measure_fasta,
        "table": measure_table,
        "arrays": measure_arrays,
        "motifs": measure_motifs,
    }
    found = measures[check["kind"]](check, paths)
    return {key: value for key, value in found.items() if key in check}


def measure_fasta(check: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Figures of FASTA files; letters and words are counted where `check` names them."""
    lengths: list[int] = []
    letters: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for name, record in _records(paths):
        lengths.append(len(record.sequence))
        letters.update({c: record.sequence.count(c) for c in check.get("letters", ())})
        header = record.description.split()
        words.update(set(header) & set(check.get("words", ())))
        first = header[0].rpartition("-") if header else ("", "", "")
        classes[
            Path(name).stem if check.get("classes_from") == "file" else first[0] or first[2]
        ] += 1
    return {
        "records": len(lengths),
        "shortest": min(lengths, default=0),
        "longest": max(lengths, default=0),
        "letters": dict(letters),
        "classes": dict(classes),
        "words": dict(words),
    }


def measure_table(check: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Figures of tables (TSV or CSV, also gzip); of ``columns`` those that are there.

    Raises
    ------
    DataError
        A file is unreadable, or lacks a column that ``classes_from`` names.
    """
    table = pd.concat([read_table(path) for path in paths.values()])
    kind, _, names = check.get("classes_from", "").partition(":")
    columns = names.split(",") if names else []
    missing = [name for name in columns if name not in table]
    if missing:
        raise DataError(
            ", ".join(paths), f"no column {', '.join(missing)}", "Fetch the data set again"
        )
    classes: dict[str, int] = {}
    if kind == "column":
        classes = table[names].astype(str).str.split("|").explode().value_counts().to_dict()
    elif kind == "largest":
        classes = table[columns].idxmax(axis=1).value_counts().to_dict()
    return {
        "records": len(table),
        "columns": [name for name in check.get("columns", ()) if name in table],
        "classes": classes,
    }


def measure_arrays(check: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Shapes of the arrays of NPZ files, those that `check` names; pickled ones are refused.

    Raises
    ------
    DataError
        A file is not an NPZ file, or holds pickled objects.
    """
    shapes: dict[str, list[int]] = {}
    for path in paths.values():
        try:
            with np.load(path, allow_pickle=False) as arrays:
                wanted = [name for name in check["shapes"] if name in arrays]
                shapes |= {name: list(arrays[name].shape) for name in wanted}
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise DataError(str(path), f"not an NPZ file ({error})", "Fetch it again") from error
    return {"shapes": shapes}


def measure_motifs(check: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """Number of motifs of MEME files."""
    lines = [line for path in paths.values() for line in _text(path).splitlines()]
    return {"records": sum(line.startswith("MOTIF ") for line in lines)}


def read_table(path: Path) -> pd.DataFrame:
    """Read a TSV or CSV file, plain or gzip, told apart by its name.

    Raises
    ------
    DataError
        It is missing, truncated or not such a table.
    """
    separator = "," if ".csv" in Path(path).suffixes else "\t"
    try:
        return pd.read_csv(path, sep=separator)
    except (OSError, EOFError, ValueError) as error:
        raise DataError(str(path), f"not a readable table ({error})", "Fetch it again") from error


def _records(paths: Mapping[str, Path]) -> Iterator[tuple[str, Record]]:
    """Records of several FASTA files, each with the name of its file."""
    for name, path in paths.items():
        for record in read_fasta(path):
            yield name, record


def _text(path: Path) -> str:
    """Text of a file."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(str(path), f"not text ({error})", "Fetch it again") from error
