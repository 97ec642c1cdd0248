"""Figure 3 is drawn from all labels, whatever sequences there are."""

from __future__ import annotations

import pytest

from common.paths import mirror_folder
from reproductions.rnatracker import summary_figure
from reproductions.rnatracker.cefra import PREDOMINANT
from reproductions.rnatracker.summary_figure import draw_summary, labelled, summary_source


@pytest.mark.mirror
@pytest.mark.skipif(mirror_folder() is None, reason="the real data are not here")
def test_shares_are_of_all_labelled_genes_and_lengths_of_those_with_a_sequence():
    table, labels = labelled()
    assert (len(labels), len(table.frame)) == (11373, 6991)
    assert labels[list(table.fractions)].idxmax(axis=1).value_counts().to_dict() == PREDOMINANT
    assert {"cefra-labels", "cefra-sequences"} <= summary_source()["data sets"].keys()


def test_simulated_transcripts_stand_in_and_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("REPRODUCE_MIRROR", "")
    monkeypatch.setenv("REPRODUCE_DATA", str(tmp_path / "none"))
    assert summary_source() == {"data": "simulated"}
    titles = []
    save = summary_figure.save_figure
    monkeypatch.setattr(
        summary_figure,
        "save_figure",
        lambda figure, *rest: titles.append(figure.get_suptitle()) or save(figure, *rest),
    )
    assert draw_summary(tmp_path).stat().st_size > 4000
    assert titles == ["3,000 labelled genes, 3,000 with a sequence, simulated"]
