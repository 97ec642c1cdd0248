"""Figures that need no network: the search's and the audit's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError
from common.harness.groups import RunGroup
from common.harness.record import Record
from common.harness.reported import read_reported
from common.harness.run_key import RunKey
from reproductions.light_attention import figures
from reproductions.light_attention.data import LOCATIONS
from reproductions.light_attention.experiments import PAPER
from reproductions.light_attention.figures import (
    _own_bars,
    _same_model,
    draw_confusion,
    draw_leakage,
    draw_maps,
    draw_search,
)
from reproductions.light_attention.leakage import SEARCHED, SEARCHES


@pytest.fixture
def titles(monkeypatch, tmp_path):
    """Titles of all figures that are drawn, without drawing them."""
    found = []

    def keep(figure, folder, name):
        title = figure.get_suptitle() or figure.axes[0].get_title()
        found.append(title)
        return [tmp_path / f"{name}.png"]

    monkeypatch.setattr(figures, "save_figure", keep)
    return found


def simulated_record(seed: int = 1) -> Record:
    """A smoke run on simulated data, without its files."""
    key = RunKey("smoke", "light_attention", "la-unirep256", "paper", seed)
    embeddings = {"language_model": "unirep-256"}
    content = {"data_variant": "simulated", "extra": {"embeddings": embeddings}}
    record = Record(key, Path("r.json"), content)
    shares = pd.DataFrame(np.eye(len(LOCATIONS)), columns=list(LOCATIONS))
    record.__dict__["predictions"] = shares.assign(truth=LOCATIONS)
    return record


def test_search_is_drawn_from_its_table(tmp_path):
    table = pd.DataFrame(
        {
            "search": ["search-la", "search-la", "search-ffn"],
            "learning_rate": [1e-4, 1e-3, 1e-3],
            "d_out": [32, 64, None],
            "hidden_units": [None, None, 16],
            "val_accuracy": [0.5, 0.6, 0.4],
        }
    )
    path = draw_search(table, "full run", tmp_path)
    assert path.stat().st_size > 5000 and path.with_suffix(".svg").exists()


def test_a_search_of_one_network_alone_is_drawn(tmp_path):
    columns = {"search": ["search-la"], "learning_rate": [1e-4], "d_out": [32]}
    table = pd.DataFrame({**columns, "val_accuracy": [0.5]})
    assert draw_search(table, "full run", tmp_path).exists()


def test_identities_are_drawn_without_any_run(tmp_path):
    found = pd.DataFrame({"set": list(SEARCHES), "identity": [0.5, None, 0.1, 0.28, 0.9, None]})
    path = draw_leakage({}, found, tmp_path)
    assert path.stat().st_size > 5000 and path.with_suffix(".svg").exists()


def searched_group(embedder: str) -> SimpleNamespace:
    """Runs whose answers for twenty proteins of either set are all Nucleus."""
    content = {"extra": {"embeddings": {"language_model": embedder}}}
    tables = {}
    for name, letter in (("", "t"), ("setHARD", "h")):
        table = pd.DataFrame(0.0, range(20), list(LOCATIONS)).assign(Nucleus=1.0, truth="Nucleus")
        tables[name] = table.assign(id=[f"{letter}{number}" for number in range(20)])
    record = SimpleNamespace(content=content, tables=tables)
    return SimpleNamespace(profile="full", data="exact", records=[record])


def test_accuracy_by_identity_has_a_colour_a_method_and_a_style_a_set(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "save_figure", lambda figure, *_: [shown.append(figure)])
    names = [*(f"t{number}" for number in range(20)), *(f"h{number}" for number in range(20))]
    found = pd.DataFrame({"set": ["test"] * 20 + ["hard"] * 20, "id": names, "identity": 0.35})
    draw_leakage({name: searched_group("unirep-256") for name in SEARCHED}, found, tmp_path)
    containers = shown[0].axes[1].containers
    lines = {one.get_label(): one.lines[0] for one in containers}
    assert len(lines) == 2 * len(SEARCHED) == len(shown[0].axes[1].get_legend().get_texts())
    colours = {
        part: [lines[f"{method} unirep-256, {part}"].get_color() for method in ("AT", "FFN", "LA")]
        for part in ("setDeepLoc", "setHARD")
    }
    assert colours["setDeepLoc"] == colours["setHARD"]
    assert len(set(colours["setDeepLoc"])) == 3
    styles = {label.rsplit(", ", 1)[1]: line.get_linestyle() for label, line in lines.items()}
    assert styles == {"setDeepLoc": "-", "setHARD": ":"}


@pytest.mark.parametrize(
    ("profile", "data", "label"),
    [
        ("full", "reconstructed", "FFN unirep-256 (ours)"),
        ("quick", "reconstructed", "FFN unirep-256, quick (ours)"),
        ("smoke", "simulated", "FFN unirep-256, smoke, simulated (ours)"),
    ],
)
def test_bars_of_shortened_runs_say_so(profile, data, label):
    content = {"extra": {"embeddings": {"language_model": "unirep-256"}}}
    group = SimpleNamespace(
        profile=profile,
        data=data,
        records=[SimpleNamespace(content=content)],
        estimate=lambda metric: SimpleNamespace(value=0.5, seed_sd=float("nan")),
    )
    (bar,) = _own_bars({"ffn-unirep256": group})
    assert bar["label"] == label and bar["setHARD"] == (50, 0)


def test_titles_name_profile_data_and_seeds(titles, tmp_path, monkeypatch):
    group = RunGroup({seed: (simulated_record(seed),) for seed in (1, 2)})
    draw_confusion(group, tmp_path)
    monkeypatch.setattr(figures, "find_spec", lambda name: True)
    for method in ("tsne", "umap"):
        monkeypatch.setattr(figures, method, lambda points, seed: points)
    points = dict.fromkeys(("mean", "weighted"), np.random.default_rng(0).normal(size=(20, 2)))
    record = simulated_record()
    exact = replace(record, content={**record.content, "data_variant": "exact"})
    for one in (record, exact):
        draw_maps(one, points, np.array(LOCATIONS * 2), tmp_path)
    assert titles == [
        "LA on unirep-256, setDeepLoc (smoke run on simulated data, 2 seeds)",
        "setDeepLoc, t-SNE (smoke run on simulated data)",
        "setDeepLoc, UMAP (smoke run on exact data)",
    ]


def test_the_search_names_the_runs_that_its_table_holds(titles, tmp_path, monkeypatch):
    table = pd.DataFrame({"search": ["search-la"], "profile": ["full"], "learning_rate": [1e-4]})
    table = table.assign(d_out=32, val_accuracy=0.5)
    monkeypatch.setattr(figures, "write_search", lambda results: table)
    records = [
        Record(
            RunKey(profile, "light_attention", name, "paper", 1),
            Path("r.json"),
            {"data_variant": data, "extra": {}},
        )
        for profile, name, data in (
            ("smoke", "search-la", "simulated"),
            ("full", "search-la", "reconstructed"),
            ("full", "la-unirep256", "exact"),
        )
    ]
    figures._draw_search(records, tmp_path, tmp_path)
    assert titles == ["Random search (full run on reconstructed data)"]


def test_weights_and_embeddings_of_two_models_are_not_put_together():
    trained = {"language_model": "prott5-bfd", "revision": "1"}
    record = SimpleNamespace(path="r.json", content={"extra": {"embeddings": trained}})
    _same_model(record, {"language_model": "prott5-bfd", "revision": "1"})
    with pytest.raises(DataError, match="trained on language_model prott5-bfd, and not on seqvec"):
        _same_model(record, {"language_model": "seqvec", "revision": "1"})
    with pytest.raises(DataError, match="trained on revision 1, and not on 2"):
        _same_model(record, {"language_model": "prott5-bfd", "revision": "2"})


def test_the_previous_best_is_read_from_what_is_printed():
    printed = read_reported(PAPER.folder / "reported.csv")
    assert figures.previous_best(printed) == {"setDeepLoc": 77.97, "setHARD": 56.94}
    less = [one for one in printed if not (one.row == "DeepLoc62" and one.column == "setHARD")]
    assert figures.previous_best(less)["setHARD"] == 51.36


def test_dashed_lines_have_an_entry_in_the_legend(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "save_figure", lambda figure, *_: [shown.append(figure)])
    figures.draw_accuracy({}, tmp_path)
    (axes,) = shown[0].axes
    legend = axes.get_legend()
    titles = [one.get_text() for one in legend.get_texts()]
    assert titles[-1] == "previous best of each set"
    assert legend.get_lines()[-1].get_linestyle() == "--"
    dashed = [line for line in axes.get_lines() if line.get_linestyle() == "--"]
    assert sorted(line.get_xdata()[0] for line in dashed) == [56.94, 77.97]
