"""MultiLoc's split into training and test proteins.

`split.csv` holds it; ``python -m reproductions.sonderby.split`` draws it again. See
`docs/decisions/sonderby-data.md`.
"""

from __future__ import annotations

import typer

from common.data.fetch import locate
from common.data.splits import counted_split, write_split
from reproductions.sonderby.data import SPLIT_FILE, SPLIT_SEED, TEST_COUNTS, read_proteins


def main() -> None:
    """Draw the test proteins again, by the counts of the paper's Table 2, and write split.csv."""
    frame = read_proteins(locate("multiloc"))
    ids, labels = frame["id"].tolist(), frame["location"].tolist()
    write_split(SPLIT_FILE, ids, counted_split(labels, TEST_COUNTS, SPLIT_SEED, ids=ids))
    typer.echo(SPLIT_FILE)


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
