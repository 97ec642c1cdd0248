"""What is here: one row a data set."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from common.data.fetch import Found, find_file, variant_of
from common.data.registry import Dataset, load_registry
from common.data.verify import UNPINNED, check_content

COLUMNS = ("dataset", "variant", "here", "origin", "files", "bytes", "verified")


def status_table(
    registry: Mapping[str, Dataset] | None = None, *, content: bool = False
) -> pd.DataFrame:
    """Look at every data set; nothing is downloaded, renamed or written.

    Parameters
    ----------
    registry : mapping of str to Dataset, optional
        Another registry than the project's.
    content : bool
        Read the files too and compare what they hold with the registry.

    Returns
    -------
    DataFrame
        | column | content |
        |---|---|
        | ``dataset`` | name |
        | ``variant`` | of the files that are here; of the original where none is |
        | ``here`` | "yes", "partly" or "no"; damaged files do not count |
        | ``origin`` | "data folder", "mirror", both joined by " + ", or "" |
        | ``files`` | "11 of 11" |
        | ``bytes`` | of the files that are here |
        | ``verified`` | "checksum", "content", "damaged: NAME", "content differs: ..." or "" |
    """
    known = load_registry() if registry is None else registry
    rows = [_row(dataset, content) for dataset in known.values()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(dataset: Dataset, content: bool) -> dict[str, object]:
    """Look at one data set."""
    seen = {file.name: find_file(dataset, file) for file in dataset.files}
    found = {name: item for name, item in seen.items() if item is not None and item.form}
    damaged = [name for name, item in seen.items() if item is not None and item.form is None]
    here = "yes" if len(found) == len(seen) else "partly" if found else "no"
    return {
        "dataset": dataset.name,
        "variant": variant_of(dataset, found),
        "here": here,
        "origin": " + ".join(dict.fromkeys(item.place for item in found.values())),
        "files": f"{len(found)} of {len(seen)}",
        "bytes": sum(item.path.stat().st_size for item in found.values()),
        "verified": _verdict(dataset, found, damaged, content),
    }


def _verdict(dataset: Dataset, found: dict[str, Found], damaged: list[str], content: bool) -> str:
    """How far the files of a data set were verified, or what is wrong with them."""
    if damaged:
        return f"damaged: {', '.join(damaged)}"
    if not found:
        return ""
    unpinned = any(item.form == UNPINNED for item in found.values())
    if not (content or unpinned):
        return "checksum"
    problems = check_content(dataset, {name: item.path for name, item in found.items()})
    if problems:
        return f"content differs: {'; '.join(problems)}"
    return "content" if unpinned else "checksum and content"
