"""Answers of a predictor: order, calibration, attention at the right positions, mutations."""

from __future__ import annotations

import numpy as np
import pytest
import tiny

from common.data.fasta import Record, write_fasta
from common.errors import DataError, UsageError
from common.metrics.calibration import scale_probabilities

LABELS = list(tiny.LABELS)


def test_rows_are_in_the_order_given_and_do_not_depend_on_their_neighbours(predictor):
    proteins = tiny.random_proteins(40)
    table = predictor.predict(proteins)
    assert table["id"].tolist() == list(proteins)
    assert table["length"].tolist() == [len(text) for text in proteins.values()]
    alone = predictor.predict({"P00007": proteins["P00007"]}).iloc[0]
    assert np.abs(table.loc[7, LABELS].astype(float) - alone[LABELS].astype(float)).max() < 1e-5
    assert table.loc[7, "attention"] == alone["attention"]


def test_row_says_the_best_location_its_probability_and_the_entropy(predictor):
    table = predictor.predict(tiny.random_proteins(30))
    rows = table[LABELS].to_numpy()
    assert np.abs(rows.sum(axis=1) - 1).max() < 1e-6
    assert table["location"].tolist() == [LABELS[place] for place in rows.argmax(axis=1)]
    assert np.allclose(table["probability"], rows.max(axis=1))
    assert np.allclose(table["entropy"], -(rows * np.log2(rows)).sum(axis=1))
    assert table["location"].nunique() > 1


def test_list_path_and_mapping_are_read_alike(predictor, tmp_path):
    path = tmp_path / "two.fasta"
    write_fasta([Record("a", "", "MKTAYIAK"), Record("b", "", "mkvvv")], path)
    from_path = predictor.predict(path)
    from_list = predictor.predict(["MKTAYIAK", "MKVVV*"])
    assert from_path["id"].tolist() == ["a", "b"]
    assert from_list["id"].tolist() == ["sequence_1", "sequence_2"]
    assert from_path[LABELS].equals(from_list[LABELS])


def test_one_pass_gives_the_table_and_the_attention_of_each(predictor):
    proteins = tiny.random_proteins(9)
    table, weights = predictor.examine(list(proteins), list(proteins.values()))
    assert table["location"].equals(predictor.predict(proteins)["location"])
    for row, (text, found) in enumerate(zip(proteins.values(), weights, strict=True)):
        assert np.abs(found - predictor.attention(text)).max() < 1e-6
        assert str(found.argmax() + 1) == table.loc[row, "attention"].split(",")[0]


def test_what_cannot_be_predicted(predictor):
    with pytest.raises(UsageError, match="no sequences"):
        predictor.predict([])
    with pytest.raises(UsageError, match="one string"):
        predictor.predict("MKTAYIAK")
    with pytest.raises(DataError, match="a: its sequence is None, not text"):
        predictor.predict({"a": None})
    with pytest.raises(DataError, match=r"bad: 1 letter outside.*\(1 at 3\)"):
        predictor.predict({"good": "MKT", "bad": "MK1"})
    with pytest.raises(DataError, match="none: the sequence is empty"):
        predictor.predict({"none": ""})


def test_temperature_softens_and_keeps_the_order(predictor):
    proteins = tiny.random_proteins(20)
    plain = predictor.predict(proteins)
    warm = tiny.predictor(calibration={"temperature": 2.0}).predict(proteins)
    expected = scale_probabilities(plain[LABELS].to_numpy(), 2.0)
    assert np.abs(warm[LABELS].to_numpy() - expected).max() < 1e-6
    assert warm["location"].equals(plain["location"])
    assert (warm["probability"] <= plain["probability"] + 1e-9).all()


def test_several_locations():
    model = tiny.predictor("sigmoid", task="multi-label")
    table = model.predict(tiny.random_proteins(60))
    rows = table[LABELS].to_numpy()
    for row, where in zip(rows, table["location"], strict=True):
        above = [name for name, value in zip(LABELS, row, strict=True) if value >= 0.5]
        assert where == ("|".join(above) if above else LABELS[row.argmax()])
    assert table["location"].str.contains("|", regex=False).any()
    warm = tiny.predictor("sigmoid", task="multi-label", calibration={"temperature": 2.0})
    softened = warm.predict(tiny.random_proteins(60))[LABELS].to_numpy()
    logit = np.log(rows / (1 - rows))
    assert np.allclose(softened, 1 / (1 + np.exp(-logit / 2)), atol=1e-5)


def test_attention_stands_at_the_positions_of_the_uncut_sequence(predictor):
    text = next(t for t in tiny.random_proteins(99).values() if len(t) > 100)
    weights = predictor.attention(text)
    assert len(weights) == len(text)
    head = tail = tiny.LONGEST // 2
    assert (weights[head : len(text) - tail] == 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    assert (weights[:head] > 0).all()
    assert (weights[len(text) - tail :] > 0).all()
    top = predictor.predict({"x": text}).loc[0, "attention"]
    places = [int(place) for place in top.split(",")]
    assert places == (np.argsort(-weights, kind="stable")[:5] + 1).tolist()


def test_mutations_change_what_a_new_prediction_would(predictor):
    text = "MKTAYIAKQRQISFVKSHFS"
    scan = predictor.mutational_scan(text)
    assert scan.shape == (20, 20)
    best = scan.attrs["location"]
    before = predictor.predict([text]).loc[0, best]
    mutant = predictor.predict([text[:4] + "W" + text[5:]]).loc[0, best]
    assert scan.loc[5, "W"] == pytest.approx(mutant - before, abs=1e-5)
    assert [scan.loc[i + 1, letter] for i, letter in enumerate(text)] == pytest.approx([0] * 20)
    assert scan.abs().to_numpy().max() > 0.01
    assert predictor.mutational_scan(text, [3]).index.tolist() == [3]
    with pytest.raises(UsageError, match="no position 21"):
        predictor.mutational_scan(text, [21])


def test_unusual_sequences_are_flagged(predictor):
    odd = {"short": "MK", "poly": "Q" * 50, "unknown": "MKTAYIXXXXXAKQRQISFVK" * 2}
    odd |= {"long": "MKTAYIAKQRQISFVKSHFSACDEGLNPTVW" * 8}
    found = predictor.predict(odd).set_index("id")["unusual"]
    assert "short" in found["short"]
    assert "composition" in found["poly"]
    assert "unknown letters" in found["unknown"]
    assert "long" in found["long"]
    usual = predictor.predict(tiny.random_proteins(200, 5))["unusual"]
    assert (usual == "").mean() > 0.95
