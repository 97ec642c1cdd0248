"""The split file is what ``python -m reproductions.sonderby.split`` writes."""

from __future__ import annotations

import pandas as pd
import pytest

from common.paths import mirror_folder
from reproductions.sonderby import data, split


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_committed_file_is_drawn_again(tmp_path, monkeypatch):
    monkeypatch.setattr(split, "SPLIT_FILE", tmp_path / "split.csv")
    split.main()
    assert (tmp_path / "split.csv").read_bytes() == data.SPLIT_FILE.read_bytes()


def test_test_set_has_the_counts_of_table_2(tmp_path, monkeypatch):
    """Of proteins in other numbers than MultiLoc's: whatever is left over trains."""
    labels = [place for place, n in data.TEST_COUNTS.items() for _ in range(n + 2)]
    ids = [f"P{number}" for number in range(len(labels))]
    frame = pd.DataFrame({"id": ids, "sequence": "MK", "location": labels})
    monkeypatch.setattr(split, "locate", lambda name: name)
    monkeypatch.setattr(split, "read_proteins", lambda located: frame)
    monkeypatch.setattr(split, "SPLIT_FILE", tmp_path / "split.csv")
    split.main()
    drawn = pd.read_csv(tmp_path / "split.csv").set_index("id")["split"]
    frame["split"] = drawn.loc[ids].to_numpy()
    counts = pd.crosstab(frame["location"], frame["split"])
    assert counts["test"].to_dict() == data.TEST_COUNTS
    assert set(counts["train"]) == {2}
