"""DeepLoc 2.0's two sets, whose columns have other names where their authors publish them."""

from __future__ import annotations

import pandas as pd

AUTHORS_COLUMNS = {
    "ACC": "accession",
    "sid": "accession",
    "Sequence": "sequence",
    "fasta": "sequence",
    "Membrane": "membrane",
    "Partition": "partition",
}
"""Names of the authors' files (CSV) beside those of the mirror's tables."""


def with_our_names(table: pd.DataFrame) -> pd.DataFrame:
    """A table of either form with the mirror's names; columns of other names stay."""
    return table.rename(columns=str.strip).rename(columns=AUTHORS_COLUMNS)
