"""Every printed number and every claim beside ours, as tables and as a page of Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from common.harness.claims import evaluate_claims, read_claims, write_claims
from common.harness.compare import compare, read_comparison, write_comparison
from common.harness.experiment import Paper
from common.harness.summary import write_summary


def write_answers(papers: Sequence[Paper], results: Path) -> tuple[pd.DataFrame, list[Path]]:
    """Write `comparison.csv`, `claims.csv` and `README.md` from the records there are.

    Returns
    -------
    DataFrame
        The comparison.
    list of Path
        The three files.
    """
    table = compare(papers, results)
    paths = [
        write_comparison(table, results),
        write_claims(evaluate_claims(papers, results), results),
    ]
    # the page shows the numbers as the files hold them, rounded
    written = read_comparison(paths[0]), read_claims(paths[1])
    return table, [*paths, write_summary(papers, *written, results)]
