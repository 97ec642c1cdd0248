"""Figures are drawn where what they show changed, and left where they cannot be."""

import json
from pathlib import Path

import pytest

from common.data.registry import VARIANTS
from common.harness.drawn import Drawing, draw_figures, run_name
from common.harness.groups import RunGroup
from common.harness.record import Record, read_records
from common.harness.run_key import RunKey


@pytest.fixture
def drawing(tmp_path):
    """A figure in `tmp_path` that notes each time it is drawn."""

    def make(name, shows, **more):
        def draw():
            path = tmp_path / f"{name}.png"
            path.write_text(path.read_text() + "x" if path.exists() else "x")
            return path

        return Drawing(name, {"shows": shows}, draw, **more)

    return make


def times(folder, name):
    return len((folder / f"{name}.png").read_text())


def test_only_what_changed_is_drawn_anew(tmp_path, drawing):
    assert len(draw_figures(tmp_path, [drawing("a", 1), drawing("b", 1)])) == 2
    assert draw_figures(tmp_path, [drawing("a", 1), drawing("b", 1)]) == []
    assert draw_figures(tmp_path, [drawing("a", 1), drawing("b", 2)]) == [tmp_path / "b.png"]
    assert (times(tmp_path, "a"), times(tmp_path, "b")) == (1, 2)


def test_what_is_missing_is_drawn(tmp_path, drawing):
    draw_figures(tmp_path, [drawing("a", 1)])
    (tmp_path / "a.png").unlink()
    assert draw_figures(tmp_path, [drawing("a", 1)])


def test_the_note_keeps_figures_whose_runs_are_elsewhere(tmp_path, drawing):
    draw_figures(tmp_path, [drawing("a", 1), drawing("b", 1)])
    draw_figures(tmp_path, [drawing("b", 2)])
    noted = json.loads((tmp_path / "sources.json").read_text())
    assert noted == {"a": {"shows": 1}, "b": {"shows": 2}}


def test_the_note_is_left_alone_where_nothing_is_drawn(tmp_path, drawing):
    draw_figures(tmp_path, [drawing("a", 1)])
    before = (tmp_path / "sources.json").stat().st_mtime_ns
    draw_figures(tmp_path, [drawing("a", 1)])
    assert (tmp_path / "sources.json").stat().st_mtime_ns == before


def test_a_figure_waits_for_what_its_networks_read(tmp_path, drawing, run, results, capsys):
    run(1, 90)
    records = read_records(results)
    waits = drawing("a", 1, asks=records, at_hand=lambda record: record.key.seed != 1)
    assert draw_figures(tmp_path, [waits, drawing("b", 1)]) == [tmp_path / "b.png"]
    told = capsys.readouterr().err
    assert "figure a left as it is" in told and records[0].key.command in told
    assert list(json.loads((tmp_path / "sources.json").read_text())) == ["b"]
    ready = drawing("a", 1, asks=records, at_hand=lambda record: record.key.seed == 1)
    assert draw_figures(tmp_path, [ready]) == [tmp_path / "a.png"]


def test_a_title_names_profile_and_data_of_a_record_and_of_a_group(run, results):
    run(1, profile="smoke", data_variant="simulated")
    run(1, data_variant="exact")
    run(2, extra={"cut_short": "4 of at most 50 epochs"})
    run(3, variant="best", data_variant="partial data")
    records = read_records(results)
    names = {
        "smoke run on simulated data",
        "full run on exact data",
        "full run, cut short, on exact data",
        "full run of variant best on partial data",
    }
    assert {run_name(record) for record in records} == names
    assert {run_name(RunGroup({1: (record,)})) for record in records} == names


@pytest.mark.parametrize("data", VARIANTS)
def test_every_kind_of_data_reads_well_in_a_title(data):
    content = {"data_variant": data, "extra": {}}
    record = Record(RunKey("quick", "toy", "net", "paper", 1), Path("r.json"), content)
    assert run_name(record) == f"quick run on {data.replace(' data', '')} data"
