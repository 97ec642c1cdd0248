"""Every printed number and every claim beside ours, in two tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from common.harness.claims import evaluate_claims, write_claims
from common.harness.compare import compare, write_comparison
from common.harness.experiment import Paper


def write_answers(papers: Sequence[Paper], results: Path) -> tuple[pd.DataFrame, list[Path]]:
    """Write `comparison.csv` and `claims.csv` from the records there are.

    Returns
    -------
    DataFrame
        The comparison.
    list of Path
        Both files.
    """
    table = compare(papers, results)
    claims = evaluate_claims(papers, results)
    return table, [write_comparison(table, results), write_claims(claims, results)]
