"""Every id that stands alone is listed."""

from __future__ import annotations

import pandas as pd
import pytest

from common.errors import UsageError
from common.paths import mirror_folder
from reproductions.rnatracker import unmatched


def test_ids_are_listed_with_what_they_lack(monkeypatch, capsys):
    labels, texts = (pd.DataFrame({"id": list(ids)}) for ids in ("BACX", "XDY"))
    monkeypatch.setitem(unmatched.SETS, "made", lambda: (labels, texts))
    unmatched.main("made")
    label, text = "labels without a sequence", "sequences without a label"
    expected = [("A", label), ("B", label), ("C", label), ("D", text), ("Y", text)]
    assert [tuple(line.split("\t")) for line in capsys.readouterr().out.splitlines()] == expected


def test_another_set_is_refused():
    with pytest.raises(UsageError, match="cefra or apex"):
        unmatched.listed("mouse")


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_all_genes_without_a_sequence_are_listed():
    found = unmatched.listed("cefra")
    assert len(found) == 11373 - 6991
    assert {kind for _, kind in found} == {"labels without a sequence"}
    assert unmatched.listed("apex")
