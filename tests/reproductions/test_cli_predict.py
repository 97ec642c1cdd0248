"""`reproduce release` and `reproduce predict`: release a run and predict with it."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from processes import reproduce

from common.errors import DataError, UsageError

ROOT = Path(__file__).parents[2]
FASTA = ">P1 a protein\nMKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ\n>P2\nMSKLLLAARPDEESKLKDEL\n"


def test_released_weights_predict_what_the_record_says(released):
    from common.harness.record import read_records
    from reproductions import load_model
    from reproductions.sonderby.data import load_table

    (record,) = read_records(Path(released["REPRODUCE_RESULTS"]), "smoke", "sonderby", "a-lstm")
    model = load_model(released["card"])
    frame = load_table("simulated", n=record.settings["simulated_proteins"]).frame
    test = frame[frame["split"] == "test"]
    model.card.calibration["temperature"] = 1.0
    table = model.predict(dict(zip(test["id"], test["sequence"], strict=True))).set_index("id")
    recorded = record.predictions.set_index("id")
    labels = list(model.labels)
    difference = np.abs(table.loc[recorded.index, labels] - recorded[labels]).to_numpy().max()
    assert difference < 2e-3
    right = table.loc[recorded.index, "location"] == recorded["truth"]
    assert right.mean() == pytest.approx(model.card.metrics["accuracy"], abs=0.03)


def test_card_tells_data_scores_and_calibration(released):
    content = json.loads(Path(released["card"]).read_text())
    assert content["data_variant"] == "simulated"
    assert content["task"] == "single-label"
    assert content["calibration"]["temperature"] > 0
    assert content["calibration"]["on"].startswith("test examples")
    assert content["training"]["n"] > 100
    low, high = content["interval"]["accuracy"]
    assert 0 <= low <= content["metrics"]["accuracy"] <= high <= 1 and low < high
    assert Path(released["card"]).with_suffix(".npz").stat().st_size < 20_000_000


def test_standard_input_to_standard_output(released):
    done = reproduce("predict", "-", "--model", released["card"], text=FASTA)
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(io.StringIO(done.stdout), sep="\t")
    assert table["id"].tolist() == ["P1", "P2"]
    assert table["length"].tolist() == [33, 20]


def test_errors_of_the_standard_input_say_so(released):
    done = reproduce("predict", "-", "--model", released["card"], text=f"{FASTA}>P1\nMKL\n")
    assert done.returncode == DataError.exit_code
    assert "standard input, P1: an earlier record has this id" in done.stderr


def test_file_with_plots_and_a_bad_record(released, tmp_path):
    source, out = tmp_path / "in.fasta", tmp_path / "out.jsonl"
    source.write_text(FASTA + ">P/3\nMKT*T\n")
    arguments = ["predict", str(source), "--model", released["card"], "-o", str(out)]
    stopped = reproduce(*arguments)
    assert stopped.returncode == 3
    assert "P/3: 1 letter outside" in stopped.stderr
    assert not out.exists()
    plots = tmp_path / "plots"
    skipped = reproduce(*arguments, "--on-error", "skip", "--plots", str(plots))
    assert skipped.returncode == 3
    assert "bad records: 1, listed in" in skipped.stderr
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["id"] for row in rows] == ["P1", "P2"]
    assert "P/3" in Path(f"{out}.rejected.tsv").read_text()
    assert sorted(p.name for p in plots.iterdir()) == ["P1.png", "P1.svg", "P2.png", "P2.svg"]


def test_figures_are_of_the_records_that_were_predicted(tmp_path, monkeypatch):
    from reproductions.cli_predict import _plot

    drawn = []
    monkeypatch.setattr(
        "common.predict.plots.plot_prediction",
        lambda predictor, name, sequence, folder: drawn.append((name, sequence)),
    )
    source = tmp_path / "in.fasta"
    source.write_text(">a\nMKV\n>a\nMKT\n>a\nMKV\n>b\nMKL\n")
    _plot(None, source, tmp_path, skip_bad=True)
    assert drawn == [("a", "MKV"), ("b", "MKL")]


@pytest.mark.long
def test_printed_command_for_shards_gives_the_same_table(released, tmp_path):
    source, whole, joined = (tmp_path / name for name in ("in.fasta", "whole.tsv", "joined.tsv"))
    source.write_text(FASTA + ">P3\nMKTAYIA\n>bad\nMK1\n>P4\nMSKLLL\n>empty\n")
    arguments = ["predict", str(source), "--model", released["card"]]
    reproduce(*arguments, "-o", str(whole), "--on-error", "skip")
    printed = reproduce(*arguments, "-o", str(joined), "--shards", "2")
    assert printed.returncode == 0, printed.stderr
    command = shlex.split(printed.stdout)
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"{joined}: 4 lines, 2 bad records: {joined}.rejected.tsv" in done.stderr
    assert [path.name for path in Path(f"{joined}.parts").glob("0????.tsv")] == []
    first, second = (pd.read_csv(path, sep="\t") for path in (whole, joined))
    assert first["id"].tolist() == second["id"].tolist() == ["P1", "P2", "P3", "P4"]
    assert np.allclose(first.select_dtypes(float), second.select_dtypes(float), atol=1e-5)
    listed = Path(f"{joined}.rejected.tsv").read_text()
    assert "bad" in listed and "empty" in listed


@pytest.mark.long
def test_killed_shards_go_on(released, tmp_path):
    source, out = tmp_path / "in.fasta", tmp_path / "out.tsv"
    source.write_text(FASTA + ">P3\nMKTAYIA\n>P4\nMSKLLL\n")
    arguments = ["predict", str(source), "--model", released["card"], "-o", str(out)]
    command = shlex.split(reproduce(*arguments, "--shards", "2").stdout)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=tmp_path, start_new_session=True, **quiet) as first:
        parts = Path(f"{out}.parts")
        while first.poll() is None and not list(parts.glob("*.fasta.gz")):
            time.sleep(0.05)
        os.killpg(first.pid, signal.SIGKILL)
    assert not out.exists() and (tmp_path / ".snakemake").exists()
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert pd.read_csv(out, sep="\t")["id"].tolist() == ["P1", "P2", "P3", "P4"]


@pytest.mark.long
def test_part_of_json_lines_with_bad_records_only(released, tmp_path):
    source, out = tmp_path / "in.fasta", tmp_path / "out.jsonl"
    source.write_text(">P1\nMKTAYIA\n>bad\nMK1\n")
    arguments = ["predict", str(source), "--model", released["card"], "-o", str(out)]
    printed = reproduce(*arguments, "--shards", "2")
    done = subprocess.run(shlex.split(printed.stdout), capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["P1"]


def test_commands_for_shards(tmp_path, capsys, monkeypatch):
    from reproductions.cli_predict import predict

    out = tmp_path / "out.txt"
    source = str(tmp_path / "my.fasta")
    with pytest.raises(DataError, match="no such file"):
        predict(source, model="sonderby", output=out, shards=3)
    Path(source).write_text(FASTA)
    with pytest.raises(UsageError, match="--shards 3: the file has 2 records"):
        predict(source, model="sonderby", output=out, shards=3)
    Path(source).write_text(FASTA + ">P3\nMKL\n")
    predict(source, model="sonderby", output=out, form="jsonl", shards=3)
    found = capsys.readouterr()
    assert "--cores all" in found.out and "form=jsonl" in found.out
    snakefile = Path(shlex.split(found.out)[4])
    assert snakefile.is_file() and snakefile.parent == ROOT / "common" / "predict"
    assert "--executor slurm --jobs 3" in found.err
    assert {"--nolock", "--keep-incomplete", "--ignore-incomplete"} <= set(shlex.split(found.out))
    for name in ("my #1.fasta", "007", "a{b}.fasta"):
        (tmp_path / name).write_text(FASTA + ">P3\nMKL\n")
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError, match="Snakemake would not read the name"):
            predict(name, model="sonderby", output=out, shards=3)
    with pytest.raises(UsageError, match="--plots: shards draw nothing"):
        predict(source, model="sonderby", output=out, shards=3, plots=tmp_path)
    with pytest.raises(UsageError, match="model 'deploc'.*Did you mean deeploc"):
        predict(source, model="deploc", output=out, shards=3)
    with pytest.raises(UsageError, match="this output is a folder"):
        predict(source, model="sonderby", output=tmp_path)


def test_list_shows_every_model():
    done = reproduce("predict", "--list")
    assert done.returncode == 0
    assert "sonderby" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ([], "FASTA is missing"),
        (["x.fasta"], "--model is missing"),
        (["x.fasta", "--model", "deploc"], "model 'deploc'"),
        (["x.fasta", "--model", "sonderby", "--on-error", "cry"], "--on-error cry"),
    ],
)
def test_mistakes_are_one_line(arguments, fault):
    done = reproduce("predict", *arguments)
    assert done.returncode == 2
    assert fault in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_nothing_to_release(tmp_path):
    from common.predict.release import release
    from reproductions.sonderby.experiments import PAPER

    with pytest.raises(DataError, match="no finished full run of sonderby/a-lstm-60"):
        release(PAPER, PAPER.models[0], tmp_path, tmp_path)


def test_unknown_model():
    from reproductions import load_model

    with pytest.raises(UsageError, match="Known: light_attention, sonderby, deeploc, rna"):
        load_model("unknown")
