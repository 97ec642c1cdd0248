"""Whole runs on simulated data: records, figures, claims and comparison."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from common.data.fetch import SIMULATED, locate_facts
from common.errors import DataError
from common.harness.answers import write_answers
from common.harness.claims import evaluate_claims, read_claims
from common.harness.compare import compare, read_comparison
from common.harness.experiment import ordered_keys, weights_path
from common.harness.groups import choose_group
from common.harness.record import RunKey, read_records
from common.harness.reported import read_reported
from common.harness.runner import is_done, run_experiment
from common.harness.summary import summary
from common.harness.targets import NotAttempted, target_of
from common.interpret.zipcodes import zipcodes
from reproductions.cli import app
from reproductions.rnatracker import user_scan
from reproductions.rnatracker.conserved import read_exons, scored_scans
from reproductions.rnatracker.experiments import FIGURES, PAPER
from reproductions.rnatracker.figures import draw, draw_curves, thinned
from reproductions.rnatracker.missing_genes import reweighted
from reproductions.rnatracker.networks import load_network, table_of
from reproductions.rnatracker.pooled import pool
from reproductions.rnatracker.stretches import compare_by_cutoff
from reproductions.rnatracker.tables import tabulate
from reproductions.rnatracker.zipcode_run import predominant_found, strongly_localised

pytestmark = pytest.mark.slow

FRACTIONS = ("cytosol", "insoluble", "membrane", "nuclear")


@pytest.fixture(scope="module")
def results(tmp_path_factory, request):
    """All smoke runs of the paper."""
    pytest.importorskip("RNA", reason="ViennaRNA is not installed")
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    folder = tmp_path_factory.mktemp("results")
    patch.setenv("REPRODUCE_RUNS", str(tmp_path_factory.mktemp("runs")))
    cache = tmp_path_factory.mktemp("cache")
    patch.setattr("common.features.structure_cache.cache_folder", lambda: cache)
    for key in ordered_keys(PAPER, "smoke"):
        experiment = PAPER.experiment(key.experiment)
        run_experiment(PAPER, experiment, key, quiet=True, results=folder)
    return folder


def only(results, name: str):
    (record,) = read_records(results, "smoke", "rnatracker", name)
    return record


def test_every_run_left_distributions(results):
    records = read_records(results)
    assert len(records) == len(ordered_keys(PAPER, "smoke")) == 11
    for record in records:
        assert record.data_variant == "simulated"
        table = record.predictions
        assert list(table.columns) == ["id", *[f"truth:{f}" for f in FRACTIONS], *FRACTIONS]
        assert np.abs(table[list(FRACTIONS)].sum(axis=1) - 1).max() < 1e-6
        counted = record.key.experiment in ("zipcodes", "filters")
        scored = {"kl", *[f"pearson:{f}" for f in FRACTIONS]}
        assert counted or scored <= set(record.metrics)


def test_weights_and_attention_are_kept(results):
    key = RunKey("smoke", "rnatracker", "full-length", "code", 1)
    assert weights_path(key, results).exists()
    for name in ("full-length", "fixed-length"):
        attention = only(results, name).content["extra"]["attention"]
        n = len(only(results, name).predictions)
        assert len(attention["three_prime"]) == len(attention["even"]) == n
        assert sum(attention["transcripts"].values()) == n
        assert all(0 <= share <= 1 + 1e-5 for share in attention["three_prime"])
    assert "attention" not in only(results, "no-attention").content["extra"]


def test_pooled_scores_are_those_of_the_records(results):
    pooled = only(results, "pooled")
    full = only(results, "full-length")
    assert pooled.metrics["pearson:cytosol"] == pytest.approx(full.metrics["pearson:cytosol"])
    assert 0 <= pooled.metrics["auc:cytosol"] <= 1
    assert set(pooled.content["extra"]["delong"]) == {
        "full-length over fixed-length",
        "full-length over no-lstm",
        "fixed-length over no-attention",
    }
    assert not any(name.startswith("weighted:") for name in pooled.metrics)


def test_what_only_reads_is_run_again_when_its_records_change(results):
    key = RunKey("smoke", "rnatracker", "pooled", "code", 1)
    settings = PAPER.settings.resolve("code", "smoke", "pooled")
    assert is_done(PAPER.experiment("pooled"), key, settings, results)


def test_planted_run_scores_scan_and_attention(results):
    planted = only(results, "planted").content["extra"]["planted"]
    kinds = ("scan", "random mask", "attention")
    for name in kinds:
        assert planted[name]["low"] <= planted[name]["auc"] <= planted[name]["high"]
        assert [row["share"] for row in planted[name]["top"]] == [0.02, 0.05, 0.1, 0.2]
    assert planted["scan"]["auc"] != planted["random mask"]["auc"]
    assert len(planted["zipcodes"]) == 6
    for row in planted["zipcodes"]:
        assert 0 <= row["chance_recall"] <= 1 and 0 <= row["covered"] <= 1
        assert row["elsewhere"] <= row["found"]
    tables = {table.name: table for table in tabulate(results)}
    nucleotides, stretches = tables["planted-nucleotides"], tables["planted-stretches"]
    assert [row[0] for row in nucleotides.rows] == [name for name in kinds for _ in range(4)]
    assert nucleotides.rows[0][1].key == planted["scan"]["auc"]
    column = list(stretches.columns).index("Planted")
    cells = [row[column].key for row in stretches.rows]
    assert cells == [row["planted"] for row in planted["zipcodes"]]
    assert all(row[-2:] == ["simulated", "smoke"] for row in (*nucleotides.rows, *stretches.rows))
    assert all(run == ["planted/code/smoke"] for run in (*nucleotides.runs, *stretches.runs))


def test_every_network_stands_in_the_tables_of_our_own(results):
    tables = {table.name: table for table in tabulate(results)}
    assert not {"missing-genes", "parts", "correlations-apex-all"} & tables.keys()
    shown = tables["correlations-all"]
    rows = {row[0]: dict(zip(shown.columns, row, strict=True)) for row in shown.rows}
    assert {"full-length", "no-lstm", "fixed-length", "nn-5mer"} <= rows.keys()
    full = only(results, "full-length")
    assert rows["full-length"]["nuclear"].key == pytest.approx(full.metrics["pearson:nuclear"])
    assert rows["full-length"]["Data"] == "simulated"
    areas = only(results, "pooled").content["extra"]["areas"]
    shown = tables["areas"]
    rows = {row[0]: dict(zip(shown.columns, row, strict=True)) for row in shown.rows}
    assert rows.keys() == areas.keys()
    assert rows["no-lstm"]["PR, nuclear"].key == areas["no-lstm"]["nuclear"]["pr_auc"]
    assert rows["no-lstm"]["Data"] == "simulated"


def test_the_missing_genes_are_weighed_where_the_data_are_partial(results, monkeypatch):
    shares = {"cytosol": 0.4, "insoluble": 0.3, "membrane": 0.1, "nuclear": 0.2}
    monkeypatch.setattr("reproductions.rnatracker.gene_tables.predominance", lambda record: shares)
    monkeypatch.setattr("reproductions.rnatracker.gene_tables._parts", lambda: {})
    (table,) = (one for one in tabulate(results) if one.name == "missing-genes")
    row = dict(zip(table.columns, table.rows[0], strict=True))
    full = only(results, "full-length")
    assert (row["Network"], row["Fraction"], row["Printed"].key) == (
        "full-length",
        "cytosol",
        0.705,
    )
    assert row["Here"].key == pytest.approx(full.metrics["pearson:cytosol"])
    weighted = reweighted(pool([full]), shares)["cytosol"]
    assert row["As for all genes"].key == pytest.approx(weighted)
    change = weighted - row["Here"].key
    assert row["Change by the weights"].key == pytest.approx(change)
    assert row["Printed, expected on these genes"].key == pytest.approx(0.705 - change)
    assert (row["Data"], row["Profile"]) == ("simulated", "smoke")


def test_zipcodes_and_filters_are_counted(results):
    zipcodes = only(results, "zipcodes")
    assert zipcodes.metrics["count:scanned"] <= zipcodes.metrics["count:strongly localised"]
    filters = only(results, "filters").content["extra"]
    assert len(filters["isolated"]) == 6 and len(filters["activations"]) == 6


def test_figures_are_drawn_once_from_the_same_records(results):
    drawn = draw(results)
    expected = {figure.name for figure in FIGURES} - {"curves-apex"}
    if find_spec("pyBigWig") is None:
        expected.remove("conservation")
    assert {path.stem for path in drawn} == expected
    for path in drawn:
        assert path.stat().st_size > 4000
        assert path.with_suffix(".svg").stat().st_size > 4000
    assert draw(results) == []
    sources = json.loads((results / "figures/rnatracker/sources.json").read_text())
    assert sources.keys() == {path.stem for path in drawn}
    assert sources["zipcodes"].keys() == {"zipcodes"}
    assert "made data" in sources.get("conservation", {"made data": ""})


def test_curves_of_the_stand_in_are_drawn_without_a_full_length_network(results, tmp_path):
    group = choose_group(read_records(results, paper="rnatracker"), "nn-5mer", "code")
    path = draw_curves({"apex-nn-5mer": group}, tmp_path, "curves-apex")
    assert path.name == "curves-apex.png" and path.stat().st_size > 4000


def test_every_reported_number_has_a_verdict_or_a_reason(results):
    table = compare([PAPER], results)
    assert len(table) == 75
    compared = table[table["verdict"] != "not attempted"]
    assert set(compared["data"]) == {"simulated"}
    assert (table.loc[table["verdict"] == "not attempted", "reason"].str.len() > 20).all()
    # known motifs are data, which are not everywhere
    motifs_are_here = locate_facts("ray2013", simulate=True).origin != SIMULATED
    assert len(compared) == 28 + 6 + motifs_are_here


def test_the_page_is_that_of_the_tables_as_they_were_written(results, tmp_path):
    shutil.copytree(results, tmp_path / "results")
    _, (comparison, claims, page) = write_answers([PAPER], tmp_path / "results")
    tables = read_comparison(comparison), read_claims(claims)
    assert page.read_text() == summary([PAPER], *tables, tmp_path / "results")


def test_targets_name_experiments_that_exist():
    for row in read_reported(PAPER.folder / "reported.csv"):
        target = target_of(PAPER, row)
        if not isinstance(target, NotAttempted):
            assert target.variant in PAPER.experiment(target.experiment).variants_of("full")


def test_claims_are_tested_on_the_records(results):
    table = evaluate_claims([PAPER], results).set_index("claim")
    assert len(table) == len(PAPER.claims)
    assert "800 nucleotides" in table.loc["attention at the 3' end", "detail"]
    assert np.isfinite(table.loc["cytosol is the easiest fraction", "difference"])
    assert table.loc["four blocks above two", "verdict"] == "not attempted"
    curve = table.loc["ROC curve of full-length above fixed-length"]
    assert curve["low"] < curve["difference"] < curve["high"]
    assert "DeLong's z" in curve["detail"]


def test_a_users_transcripts_are_scanned(results, tmp_path):
    fasta = tmp_path / "own.fa"
    rng = np.random.default_rng(0)
    fasta.write_text(">T1 mine\n" + "".join(rng.choice(list("acgu"), 300)) + "\n")
    (found,) = user_scan.scan_fasta(fasta, results, cutoff=1e-9, width=50, stride=5)
    assert len(found.scan.starts) == 51 and found.fraction in FRACTIONS
    assert (found.table["start"] >= 1).all() and (found.table["end"] <= 300).all()
    user_scan.write_table([found], tmp_path / "z.tsv")
    assert list(pd.read_csv(tmp_path / "z.tsv", sep="\t").columns) == list(user_scan.COLUMNS)
    assert user_scan.draw_scan(found, 1e-9, tmp_path, "plot").stat().st_size > 4000


def test_the_command_scans_and_says_which_network_answers(results, tmp_path):
    (tmp_path / "in.fa").write_text(f">T1 mine\n{'ACGTTGCA' * 30}\n")
    options = ["--width", "50", "--stride", "20", "--cutoff", "1e-9", "--random", "2"]
    places = ["--out", str(tmp_path / "out"), "--results", str(results)]
    done = CliRunner().invoke(app, ["scan", str(tmp_path / "in.fa"), *options, *places])
    assert done.exit_code == 0, done.output
    assert "full-length, smoke run of variant code on simulated data: it has seen no" in done.stderr
    table = pd.read_csv(tmp_path / "out" / "zipcodes.tsv", sep="\t")
    assert list(table.columns) == list(user_scan.COLUMNS) and set(table["transcript"]) <= {"T1"}
    assert sorted(p.suffix for p in (tmp_path / "out").iterdir()) == [".png", ".svg", ".tsv"]


def test_scanned_transcripts_must_be_long_enough(results, tmp_path):
    fasta = tmp_path / "own.fa"
    fasta.write_text(">T1\n" + "ACGT" * 10 + "\n")
    with pytest.raises(DataError, match="T1: 40 nucleotides, the network needs 81"):
        list(user_scan.scan_fasta(fasta, results, cutoff=0.01, width=10, stride=1))


def test_without_a_trained_network_the_user_is_told_how(tmp_path):
    with pytest.raises(DataError, match="reproduce run rnatracker/full-length"):
        user_scan.fullest_network(tmp_path)


def test_conservation_of_zipcodes_on_a_made_track(results, tmp_path):
    big_wig = pytest.importorskip("pyBigWig", reason="pyBigWig is not installed")
    record = only(results, "full-length")
    table = table_of(record)
    rows = strongly_localised(table, 0.5)
    rows = rows[predominant_found(load_network(record, results), table, rows, record.settings)]
    strong = table.frame.iloc[rows[:4]]
    lengths = strong["sequence"].str.len().tolist()
    ends = np.cumsum(lengths)
    track = big_wig.open(str(tmp_path / "made.bw"), "w")
    track.addHeader([("chr1", int(ends[-1]))])
    values = np.random.default_rng(0).normal(size=ends[-1])
    track.addEntries("chr1", 0, values=values.tolist(), span=1, step=1)
    track.close()
    exons = pd.DataFrame(
        {"id": strong["id"], "chromosome": "chr1", "strand": "+", "start": ends - lengths}
    ).assign(end=ends)
    exons.to_csv(tmp_path / "exons.tsv", sep="\t", index=False)
    scored = scored_scans(tmp_path / "made.bw", read_exons(tmp_path / "exons.tsv"), results)
    scans = scored.scans
    assert 1 <= len(scans) <= 4
    assert scored.without_exons > 0 and scored.other_length == 0
    highest = max(scan.importance.max() for scan, _, _ in scans)
    cutoff = float(np.median(scans[0][0].importance))
    table = compare_by_cutoff(scans, (cutoff, 2 * highest))
    found = table.loc["both", cutoff]
    assert set(table.index.get_level_values("cutoff")) == {cutoff}
    assert found["n_inside"] == sum(len(zipcodes(s, cutoff, f, merge=False)) for s, f, _ in scans)
    assert found["n_outside"] == sum((s.importance < cutoff).sum() for s, _, _ in scans)
    assert abs(found["inside"]) < 0.5 and 0 <= found["p_value"] <= 1
    with pytest.raises(DataError, match="no cutoff leaves"):
        compare_by_cutoff(scans, (2 * highest,))
    with pytest.raises(DataError, match="exons of its own length"):
        scored_scans(tmp_path / "made.bw", {}, results)


@pytest.mark.parametrize("points", [1, 2, 10, 11, 99, 100])
def test_a_thinned_curve_keeps_both_ends_and_its_order(points):
    curve = pd.DataFrame({"x": np.arange(points)})
    kept = thinned(curve, most=10)["x"].tolist()
    assert kept[0] == 0 and kept[-1] == points - 1
    assert kept == sorted(set(kept)) and len(kept) <= 20
