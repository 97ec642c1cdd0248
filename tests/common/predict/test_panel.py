"""Several models in one table, and what kind of sequences a file holds."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import tiny

from common.data.fasta import Record, write_fasta
from common.errors import DataError, UsageError
from common.predict.panel import Panel, kind_of
from common.predict.predictor import Predictor
from common.predict.stream import predict_file


@pytest.fixture(scope="module")
def panel(predictor):
    return Panel({"one": predictor, "two": tiny.predictor("sigmoid", task="multi-label")})


def test_rows_of_a_sequence_stand_together_and_are_those_of_each_model(panel):
    proteins = tiny.random_proteins(3)
    table = panel.answer(list(proteins), list(proteins.values()))
    assert table["id"].tolist() == [name for name in proteins for _ in range(2)]
    assert table["model"].tolist() == ["one", "two"] * 3
    alone = panel.members["two"].predict(proteins)
    assert table.loc[1::2, "location"].tolist() == alone["location"].tolist()
    pairs = dict(text.split("=") for text in table.loc[1, "probabilities"].split("|"))
    assert {name: float(value) for name, value in pairs.items()} == pytest.approx(
        {name: alone.loc[0, name] for name in tiny.LABELS}, abs=1e-6
    )
    values = [float(value) for value in pairs.values()]
    assert values == sorted(values, reverse=True)


def test_file_as_table_and_as_json(panel, tmp_path):
    source = tmp_path / "in.fasta"
    write_fasta([Record("a", "", "MKTAYIAKQR"), Record("b", "", "MKU1")], source)
    done = predict_file(panel, source, tmp_path / "out.jsonl", form="jsonl", skip_bad=True)
    assert (done.predicted, done.rejected) == (1, 1)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(row["model"], row["id"]) for row in rows] == [("one", "a"), ("two", "a")]
    assert set(rows[0]["probabilities"]) == set(tiny.LABELS)
    predict_file(panel, source, tmp_path / "out.tsv", skip_bad=True)
    header = (tmp_path / "out.tsv").read_text().splitlines()[0].split("\t")
    assert header == list(panel.columns)


def test_labels_may_hold_what_separates_them(predictor):
    labels = ("a=b", "c|d", "e=0.5")
    named = Predictor(replace(predictor.card, labels=labels), predictor.network)
    panel = Panel({"own": named})
    (found,) = panel.objects(panel.answer(["p"], ["MKTAYIAKQR"]))
    assert set(found["probabilities"]) == set(labels)
    assert sum(found["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_nothing_to_ask():
    with pytest.raises(UsageError, match="there are none"):
        Panel({})


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["MKTAYIAK", "MKVV"], "protein"),
        (["ACGTACGT", "acguacgu", "MKV"], "RNA"),
        (["ACGTNN"], "RNA"),
        (["GATTACA", "MKTAY"], "protein"),
    ],
)
def test_kind_of_a_file(tmp_path, texts, kind):
    source = tmp_path / "in.fasta"
    source.write_text("".join(f">s{i}\n{text}\n" for i, text in enumerate(texts)))
    assert kind_of(source) == kind


def test_kind_of_no_file(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        kind_of(tmp_path / "none.fasta")
