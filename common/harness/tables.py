"""Tables of results as CSV files that are byte for byte the same for the same input."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from common.errors import DataError
from common.files import written_whole


def as_table(rows: Iterable[Any], row_type: type) -> pd.DataFrame:
    """Dataclass rows as a table with one column a field, also where there are no rows."""
    names = [field.name for field in fields(row_type)]
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names)


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table whole; numbers as in `number_text`, an absent one as an empty field.

    Raises
    ------
    StorageError
        A read-only folder or a full disk.
    """
    text = table.map(number_text).to_csv(index=False, lineterminator="\n")
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def read_table(
    path: Path | BinaryIO,
    text_columns: Sequence[str],
    number_columns: Sequence[str],
    command: str,
) -> pd.DataFrame:
    """Read what `write_table` wrote: text as it is, numbers as float64 with NaN for none.

    Errors name the `command` that writes it.

    Raises
    ------
    DataError
        The file is missing, lacks a column, or has text where a number belongs.
    """
    remedy = f"`{command}` makes it"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        missing = [c for c in (*text_columns, *number_columns) if c not in table]
        if missing:
            raise DataError(str(path), f"lacks the columns {', '.join(missing)}", remedy)
        for column in number_columns:
            table[column] = [float(text) if text else math.nan for text in table[column]]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(str(path), "no such file", remedy) from error
    except ValueError as error:
        raise DataError(str(path), f"not a table of results ({error})", remedy) from error
    return table


def number_text(value: Any) -> str:
    """Text of a cell: six significant digits, whole numbers in full, nothing for NaN and None."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool | str):
        return str(value)
    number = float(value)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"
