"""Whole runs on simulated data: records, figures, claims and comparison."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.harness.claims import evaluate_claims
from common.harness.compare import compare
from common.harness.experiment import ordered_keys, weights_path
from common.harness.record import RunKey, read_records
from common.harness.reported import read_reported
from common.harness.runner import is_done, run_experiment
from common.harness.targets import NotAttempted, target_of
from reproductions.rnatracker import user_scan
from reproductions.rnatracker.conserved import conserved_zipcodes, read_exons
from reproductions.rnatracker.experiments import FIGURES, PAPER
from reproductions.rnatracker.figures import draw
from reproductions.rnatracker.networks import load_network, table_of
from reproductions.rnatracker.planted_tables import tabulate
from reproductions.rnatracker.scanning import Scanner
from reproductions.rnatracker.zipcode_run import scan_utr

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
    for name in ("scan", "attention"):
        assert planted[name]["low"] <= planted[name]["auc"] <= planted[name]["high"]
        assert [row["share"] for row in planted[name]["top"]] == [0.02, 0.05, 0.1, 0.2]
    assert len(planted["zipcodes"]) == 6
    nucleotides, stretches = tabulate(results)
    assert [row[0] for row in nucleotides.rows] == ["scan"] * 4 + ["attention"] * 4
    assert nucleotides.rows[0][1].key == planted["scan"]["auc"]
    assert [row[4].key for row in stretches.rows] == [row["planted"] for row in planted["zipcodes"]]
    assert all(run == ["planted/code/smoke"] for run in (*nucleotides.runs, *stretches.runs))


def test_zipcodes_and_filters_are_counted(results):
    zipcodes = only(results, "zipcodes")
    assert zipcodes.metrics["count:scanned"] <= zipcodes.metrics["count:strongly localised"]
    filters = only(results, "filters").content["extra"]
    assert len(filters["isolated"]) == 6 and len(filters["activations"]) == 6


def test_figures_are_drawn_once_from_the_same_records(results):
    drawn = draw(results)
    assert {path.stem for path in drawn} == {figure.name for figure in FIGURES}
    for path in drawn:
        assert path.stat().st_size > 4000
        assert path.with_suffix(".svg").stat().st_size > 4000
    assert draw(results) == []
    sources = json.loads((results / "figures/rnatracker/sources.json").read_text())
    assert sources.keys() == {path.stem for path in drawn}
    assert sources["zipcodes"].keys() == {"zipcodes"}


def test_every_reported_number_has_a_verdict_or_a_reason(results):
    table = compare([PAPER], results)
    assert len(table) == 75
    compared = table[table["verdict"] != "not attempted"]
    assert set(compared["data"]) == {"simulated"}
    assert (table.loc[table["verdict"] == "not attempted", "reason"].str.len() > 20).all()
    assert len(compared) == 28 + 7


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
    strong = table.frame[table.shares.max(axis=1) > 0.5].head(4)
    scanner = Scanner.of(load_network(record, results), record.settings["pool"])
    scan = scan_utr(scanner, strong["sequence"].iloc[0], 100, 20)
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
    found = conserved_zipcodes(
        tmp_path / "made.bw",
        read_exons(tmp_path / "exons.tsv"),
        results,
        float(np.median(scan.importance)),
    )
    assert found.n_inside >= len(scan.starts) // 2 and found.n_outside > 0
    assert abs(found.inside) < 0.5 and 0 <= found.p_value <= 1
    exons.drop(columns="strand").to_csv(tmp_path / "less.tsv", sep="\t", index=False)
    with pytest.raises(DataError, match="no column strand"):
        read_exons(tmp_path / "less.tsv")
