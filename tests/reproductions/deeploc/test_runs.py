"""Whole runs on simulated data: records, ensembles, figures, comparison, claims."""

from __future__ import annotations

import json

import numpy as np
import pytest

from common.data.fetch import SIMULATED
from common.errors import DataError, UsageError
from common.harness.claims import evaluate_claims
from common.harness.compare import compare
from common.harness.experiment import weights_path
from common.harness.record import RunKey, read_records
from common.harness.reported import read_reported
from common.harness.runner import run_experiment
from reproductions.deeploc import report_training, training
from reproductions.deeploc.ablations import ABLATIONS, ablation_table, ablations_shown
from reproductions.deeploc.experiments import NAME, PAPER, PROTEINS, SUPPORTS, reported_target
from reproductions.deeploc.figures import draw
from reproductions.deeploc.report_data import TEST_LABELS
from reproductions.deeploc.report_model import report_settings
from reproductions.deeploc.tables import tabulate
from reproductions.deeploc.tree import LOCATIONS, locations_from_nodes, nodes_from_locations

pytestmark = pytest.mark.slow
CHOSEN = (
    "blosum-softmax", "blosum-tree", "blosum-ensemble", "report", "report-deeploc1",
    "ablation-none", "ablation-softmax", "ablation-tree", "ablation-balanced",
)  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory, request):
    """Smoke runs of both networks, both heads, an ensemble and an ablation."""
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    folder = tmp_path_factory.mktemp("results")
    patch.setenv("REPRODUCE_RUNS", str(tmp_path_factory.mktemp("runs")))
    for name in CHOSEN:
        experiment = PAPER.experiment(name)
        for key in experiment.keys("smoke") or [RunKey("smoke", NAME, name, "paper", 1)]:
            run_experiment(PAPER, experiment, key, quiet=True, results=folder)
    return folder


def test_the_methods_of_section_2_train_without_validation(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRODUCE_RUNS", str(tmp_path / "runs"))
    key = RunKey("smoke", NAME, "report", "methods", 1)
    run_experiment(PAPER, PAPER.experiment("report"), key, quiet=True, results=tmp_path)
    (record,) = read_records(tmp_path)
    extra = record.content["extra"]
    assert (extra["n_validation"], extra["best_epoch"]) == (0, None)
    assert record.content["epochs"] == record.settings["report_epochs"]
    assert record.settings["report_cut"] == "end"


def test_every_run_left_a_record_with_its_tables(results):
    tables = {r.key.experiment: set(r.tables) - {""} for r in read_records(results)}
    one = {"membrane", "sethard", "validation"}
    expected = {
        "blosum-softmax": one,
        "blosum-tree": one,
        "blosum-ensemble": one - {"validation"},
        "report": {"argmax"},
        "ablation-none": {"argmax"},
        "ablation-balanced": {"argmax"},
        "report-deeploc1": {"membrane"},
        "ablation-softmax": {"membrane"},
        "ablation-tree": {"membrane"},
    }
    assert tables == expected
    for record in read_records(results):
        assert record.data_variant == SIMULATED
        assert 0 <= record.metrics["accuracy"] <= 1


def test_seeds_validate_on_different_inner_folds(results):
    folds = {
        r.key.seed: r.content["extra"]["inner_fold"]
        for r in read_records(results, "smoke", NAME, "blosum-softmax")
    }
    assert folds == {1: 0, 2: 1}


def test_an_ensemble_of_unlike_members_is_refused(results, tmp_path):
    import shutil

    shutil.copytree(results / "runs", tmp_path / "runs")
    (tmp_path / "runs/smoke/deeploc/blosum-ensemble/paper/seed1-fold0.json").unlink()
    path = tmp_path / "runs/smoke/deeploc/blosum-tree/paper/seed2-fold0.json"
    content = json.loads(path.read_text())
    content["settings"]["filters"] += 1
    path.write_text(json.dumps(content))
    key = RunKey("smoke", NAME, "blosum-ensemble", "paper", 1)
    with pytest.raises(DataError, match="differs from seed1-fold0 in filters"):
        run_experiment(
            PAPER, PAPER.experiment("blosum-ensemble"), key, quiet=True, results=tmp_path
        )


def test_padding_of_the_report_is_counted_up_to_the_longest(results):
    (record,) = read_records(results, "smoke", NAME, "report")
    split = report_training.load_split(report_settings(dict(record.settings)), 1)
    expected = 1 - np.mean(split.train.lengths) / record.settings["max_length"]
    assert record.content["padding_share"] == pytest.approx(expected, abs=1e-4)


def test_unknown_membrane_labels_are_not_scored(results):
    for record in read_records(results, "smoke", NAME, "blosum-softmax"):
        table = record.tables["membrane"]
        assert set(table["truth"]) <= {"Membrane", "Soluble"}
        assert 0 < len(table) < len(record.predictions)
        np.testing.assert_allclose(table["Membrane"] + table["Soluble"], 1, rtol=0, atol=1e-5)


def test_ensemble_averages_decisions_then_locations(results):
    softmaxes, trees = (
        [r.predictions[list(LOCATIONS)].to_numpy() for r in read_records(results, "smoke", NAME, n)]
        for n in ("blosum-softmax", "blosum-tree")
    )
    (ensemble,) = read_records(results, "smoke", NAME, "blosum-ensemble")
    nodes = np.mean([nodes_from_locations(values) for values in trees], axis=0)
    expected = (np.mean(softmaxes, axis=0) + locations_from_nodes(nodes)) / 2
    found = ensemble.predictions[list(LOCATIONS)].to_numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    assert len(ensemble.content["extra"]["members"]) == 4
    assert set(ensemble.tables) == {"", "membrane", "sethard"}


def test_the_report_on_deeploc1_answers_each_location_on_its_own(results):
    (written,) = read_records(results, "smoke", NAME, "report-deeploc1")
    (softmax,) = read_records(results, "smoke", NAME, "ablation-softmax")
    sums = [r.predictions[list(LOCATIONS)].sum(axis=1) for r in (written, softmax)]
    assert (np.abs(sums[0] - 1) > 1e-3).any()
    np.testing.assert_allclose(sums[1], 1, rtol=0, atol=1e-4)


def test_report_is_scored_over_its_eight_locations(results):
    (record,) = read_records(results, "smoke", NAME, "report")
    columns = [c for c in record.predictions.columns if not c.startswith(("id", "truth"))]
    assert columns == list(TEST_LABELS)
    first = record.tables["argmax"]["truth"]
    truth = record.predictions[[f"truth:{name}" for name in TEST_LABELS]].to_numpy()
    assert (truth.sum(axis=1) >= 1).all() and truth.sum(axis=1).max() == 2
    assert first.tolist() == [TEST_LABELS[place] for place in truth.argmax(axis=1)]


def test_weights_of_the_first_seed_are_kept(results):
    kept = {seed: weights_path(RunKey("smoke", NAME, "blosum-tree", "paper", seed), results)
            for seed in (1, 2)}  # fmt: skip
    assert kept[1].exists() and not kept[2].exists()


def test_figures_are_drawn_once_from_the_same_records(results):
    drawn = draw(results)
    assert {path.stem for path in drawn} == {figure.name for figure in PAPER.figures}
    for path in drawn:
        assert path.stat().st_size > 5000
        assert path.with_suffix(".svg").stat().st_size > 5000
    assert draw(results) == []
    sources = json.loads((results / "figures/deeploc/sources.json").read_text())
    assert sources.keys() == {path.stem for path in drawn}
    assert "deeploc/blosum-tree " in sources["tree"]["run"]
    assert "deeploc/blosum-ensemble " in sources["confusion"]["run"]


def test_comparison_has_every_reported_row(results):
    table = compare([PAPER], results)
    assert len(table) == len(read_reported(PAPER.folder / "reported.csv")) == 67
    missing = table[table["verdict"] == "not attempted"]
    assert len(missing) == 6
    assert missing["reason"].str.contains("profile-ensemble").all()
    assert set(table["data"]) - {""} == {SIMULATED}


def test_claims_and_ablations_are_tested_on_the_records(results):
    claims = evaluate_claims([PAPER], results).set_index("claim")
    assert len(claims) == len(PAPER.claims)
    assert np.isfinite(claims.loc["worth having: class-balanced weights", "difference"])
    assert claims.loc["worth having: focal loss", "verdict"] == "not attempted"
    table = ablation_table(results).set_index("title")
    there = [a for a in ABLATIONS if {a.experiment, a.base} <= set(CHOSEN)]
    assert table.index.tolist() == [ablation.title for ablation in there]
    difference = table["with"] - table["without"]
    np.testing.assert_allclose(table["difference"], difference, rtol=0, atol=1e-9)
    shown = ablations_shown(results, PAPER)
    assert [row[0] for row in shown.rows] == table.index.tolist()
    row = dict(zip(shown.columns, shown.rows[0], strict=True))
    assert row["Difference"].key == table["difference"].iloc[0]
    assert row["Epochs without, with"] == "2, 2" and row["Runs here"] == "simulated, smoke"
    assert list(shown.runs) == [
        ["ablation-tree/paper/smoke", "ablation-softmax/paper/smoke"],
        ["blosum-tree/paper/smoke", "blosum-softmax/paper/smoke"],
        ["ablation-balanced/paper/smoke", "ablation-none/paper/smoke"],
    ]


def test_every_network_on_deeploc1_has_a_row_and_no_other(results):
    first, scores, last = tabulate(results)
    assert [t.name for t in (first, scores, last)] == [
        "deeploc1-test-set",
        "report-scores",
        "ablations",
    ]
    names = [name for (name,) in first.runs]
    assert names == [
        f"{name}/paper/smoke"
        for name in ("blosum-softmax", "blosum-tree", "blosum-ensemble", "report-deeploc1")
    ]
    (record,) = read_records(results, "smoke", NAME, "report-deeploc1", "paper")
    row = dict(zip(first.columns, first.rows[-1], strict=True))
    assert row["Accuracy, %"].key == pytest.approx(100 * record.metrics["accuracy"])
    assert first.rows[2][0] == "DeepLoc 1.0 on BLOSUM62, ensemble of 4"
    assert row["MCC"].key == pytest.approx(record.metrics["mcc"])
    assert "simulated" in row["Runs here"]


def test_the_reports_table_has_its_rows_and_both_numbers(results):
    table = next(one for one in tabulate(results) if one.name == "report-scores")
    assert [row[0] for row in table.rows][:2] == ["Cell membrane", "Cytoplasm"]
    assert [row[1] for row in table.rows][-5:] == ["7", *["2110"] * 4]
    assert len(table.rows) == 12
    (record,) = read_records(results, "smoke", NAME, "report", "paper")
    micro = dict(zip(table.columns, table.rows[8], strict=True))
    assert micro["Location"] == "micro avg"
    f1 = micro["f1: printed, here"]
    assert f1.key == pytest.approx(record.metrics["f1_micro"])
    assert f1.text == f"0.51, {f1.key:.3f}"


def test_no_runs_make_no_table(tmp_path):
    assert tabulate(tmp_path) == []


def test_every_count_has_the_total_of_the_reports_test_set():
    assert sum(SUPPORTS.values()) == 2110
    row = {"source": "reimplementation report, section 3.1", "row": "Cell membrane", "column": ""}
    totals = {
        metric: reported_target(row | {"metric": metric}).total
        for metric in ("true positives", "false negatives", "false positives", "true negatives")
    }
    assert totals["true positives"] == totals["false negatives"] == 51 + 236 == 287
    assert totals["false positives"] == totals["true negatives"] == 44 + 1386 == PROTEINS - 287


def test_a_partition_that_there_is_not_and_a_tree_of_several_labels_are_refused():
    def chosen(**changes):
        values = PAPER.settings.resolve("paper", "smoke", "report", changes)
        return report_settings(values)

    with pytest.raises(UsageError, match="no partition 7"):
        report_training.load_split(chosen(report_validation_partition=7), 1)
    for head in ("tree", "softmax"):
        with pytest.raises(UsageError, match="exclude each other"):
            report_training.load_split(chosen(report_head=head), 1)
    held = report_training.load_split(chosen(report_validation_partition=-2), 3)
    assert held.validation is not None
    whole = report_training.load_split(chosen(report_validation_partition=-1), 3)
    assert whole.validation is None
    assert len(held.train) + len(held.validation) == len(whole.train)


def test_another_way_to_cut_is_refused():
    settings = PAPER.settings.resolve("paper", "smoke", "blosum-softmax", {"cut": "start"})
    with pytest.raises(UsageError, match="middle or end"):
        training.load_split(settings, 1)


def test_a_released_network_reads_proteins(results, tmp_path):
    from common.predict.card import read_card, weights_of
    from common.predict.predictor import Predictor
    from common.predict.release import best_run, draft_card, release
    from reproductions.deeploc.predictor import MODEL

    path = release(PAPER, MODEL, results, tmp_path, "smoke")
    card = read_card(path)
    group, record = best_run(PAPER, MODEL, results, "smoke")
    record.content["extra"]["cut_short"] = "1 of at most 2 epochs"
    examples = MODEL.examples(record.settings, record.key.seed, record.key.fold)
    cut = draft_card(PAPER, MODEL, group, record, examples, card.weights_sha256)
    assert (card.remark, cut.remark) == ("", "1 of at most 2 epochs")
    predictor = Predictor(card, MODEL.load(card, weights_of(path)))
    table = predictor.predict({"P1": "M" + "AC" * 20, "P2": "MKRRR" * 30})
    np.testing.assert_allclose(table[list(LOCATIONS)].sum(axis=1), 1, rtol=0, atol=1e-4)
    weights = predictor.attention("M" + "AC" * 60)
    assert len(weights) == 121
