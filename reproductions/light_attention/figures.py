"""The paper's figures, drawn from the fullest runs there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from common.data.fetch import SIMULATED
from common.embedders.models import find_model
from common.harness.drawn import Drawing, draw_figures, fullest, run_name, source_of
from common.harness.experiment import weights_path
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.reported import Reported, read_reported
from common.interpret.figures import PALETTE, confusion_heat_map, location_scatter, save_figure
from common.interpret.projection import tsne, umap
from common.metrics.classification import confusion, most_likely
from reproductions.light_attention.data import LOCATIONS, NAMES, load_table
from reproductions.light_attention.features import has_features
from reproductions.light_attention.leakage import (
    LEAST_PROTEINS,
    SEARCHED,
    TITLES,
    accuracy_by_identity,
    audit_path,
    identity_class,
    summary,
)
from reproductions.light_attention.reported import DEEPLOC, OTHERS
from reproductions.light_attention.search import SEARCHES, write_search

BARS = (
    *("majority", "at-unirep256", "ffn-unirep256", "la-unirep256", "at-unirep1900"),
    *("ffn-unirep1900", "la-unirep1900", "la-onehot"),
)
SHADES = {"setDeepLoc": "#B8C4D6", "setHARD": "#4A5A73"}
COLOURS = PALETTE[:3]
"""Of the methods in `SEARCHED`."""
MOST_POINTS = 2768


def draw(results: Path) -> list[Path]:
    """Draw every figure whose run is there, unless it was drawn from the same records before.

    Returns
    -------
    list of Path
        The PNG files that were drawn now.
    """
    folder = results / "figures" / "light_attention"
    return draw_figures(folder, _drawings(results, folder))


def _drawings(results: Path, folder: Path) -> Iterator[Drawing]:
    """Figures of the fullest groups of runs there are."""
    records = read_records(results, paper="light_attention")
    groups = {name: choose_group(records, name, "paper") for name in BARS}
    found = {name: group for name, group in groups.items() if group is not None}
    sources = {name: [source_of(one) for one in group.records] for name, group in found.items()}
    if found:
        yield Drawing("accuracy", sources, lambda: draw_accuracy(found, folder))
        audit = audit_path(results)
        if audit.exists():
            shown = {name: sources[name] for name in SEARCHED if name in sources}
            shown["audit"] = hashlib.sha256(audit.read_bytes()).hexdigest()
            yield Drawing("leakage", shown, lambda: draw_leakage(found, pd.read_csv(audit), folder))
    search = [source_of(one) for one in records if one.key.experiment in SEARCHES]
    if search:
        yield Drawing("search", {"draws": search}, lambda: _draw_search(records, results, folder))
    if "la-unirep256" in found:
        shown = {"la-unirep256": sources["la-unirep256"]}
        yield Drawing("confusion", shown, lambda: draw_confusion(found["la-unirep256"], folder))
    network = fullest(
        results, "light_attention", ("la-unirep256",), variant="paper", with_weights=True
    )
    if network and _as_wide_as_its_input(network):
        yield Drawing(
            "umap",
            {"la-unirep256": source_of(network)},
            lambda: draw_maps(network, *explained(network, results), folder),
            [network],
            _at_hand,
        )


def _as_wide_as_its_input(record: Record) -> bool:
    """Whether each channel's attention can weigh one feature of the embeddings."""
    width = find_model(record.settings["embedder"]).width
    return record.settings["channels"] in (0, width)


def _at_hand(record: Record) -> bool:
    """Whether the embeddings that the record's network reads are here, or made in no time."""
    if record.data_variant == "simulated":
        return True
    settings = record.settings
    policy, n = settings["cytoplasm_nucleus"], settings["simulated_proteins"]
    return has_features(settings, load_table(settings["data"], n=n, cytoplasm_nucleus=policy))


def _draw_search(records: Sequence[Record], results: Path, folder: Path) -> Path:
    """Draw the draws of the table that is written, those of the fullest profile."""
    table = write_search(results)
    drawn = [one for one in records if one.key.experiment in SEARCHES]
    names = [run_name(one) for one in drawn if one.key.profile in set(table["profile"])]
    return draw_search(table, ", ".join(dict.fromkeys(names)), folder)


def draw_accuracy(groups: dict[str, RunGroup], folder: Path) -> Path:
    """Figure 1: the ten-class accuracy of printed methods and of our own runs, on both sets."""
    printed = read_reported(Path(__file__).with_name("reported.csv"))
    rows = _printed_bars(printed) + _own_bars(groups)
    figure, axes = plt.subplots(figsize=(9, 0.3 * len(rows) + 1.5), layout="constrained")
    for place, row in enumerate(rows):
        for shift, name in ((-0.2, "setDeepLoc"), (0.2, "setHARD")):
            if name not in row:
                continue
            value, error = row[name]
            axes.barh(
                place + shift,
                value,
                0.38,
                color=SHADES[name],
                hatch="" if row["own"] else "////",
                edgecolor="white",
                xerr=error if error > 0 else None,
                ecolor="#E07B00",
            )
    for name, best in previous_best(printed).items():
        axes.axvline(best, color=SHADES[name], linestyle="--", linewidth=1)
    axes.set_yticks(range(len(rows)), [row["label"] for row in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("accuracy in percent; orange: standard deviation over training seeds")
    handles = [plt.Rectangle((0, 0), 1, 1, color=shade) for shade in SHADES.values()]
    handles += [plt.Rectangle((0, 0), 1, 1, fc="white", ec="grey", hatch="////")]
    handles += [plt.Line2D([], [], color="grey", linestyle="--", linewidth=1)]
    titles = [*SHADES, "printed, not run here", "previous best of each set"]
    axes.legend(handles, titles, fontsize=8, loc="upper right")
    axes.set_title("Accuracy on both test sets (our bars: full runs unless named)", fontsize=10)
    return save_figure(figure, folder, "accuracy")[0]


def draw_search(table: pd.DataFrame, about: str, folder: Path) -> Path:
    """Appendix C: validation accuracy of each draw, by learning rate and size.

    Parameters
    ----------
    table : DataFrame
        From `search.write_search`.
    about : str
        Which runs the draws are.
    folder : Path
    """
    figure, axes = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained", sharey=True)
    for ax, (name, column, title) in zip(
        axes,
        (("search-la", "d_out", "LA: d_out"), ("search-ffn", "hidden_units", "FFN: hidden")),
        strict=True,
    ):
        own = table[table["search"] == name]
        if len(own):
            for size, rows in own.groupby(column):
                ax.plot(rows["learning_rate"], 100 * rows["val_accuracy"], "o", label=f"{size:.0f}")
            ax.legend(title=title, fontsize=8)
        ax.set_xscale("log")
        ax.set_xlabel("learning rate")
        ax.set_title(f"{title.split(':')[0]}: {len(own)} draws")
    axes[0].set_ylabel("validation accuracy of the kept epoch in percent")
    figure.suptitle(f"Random search ({about})")
    return save_figure(figure, folder, "search")[0]


def draw_leakage(groups: dict[str, RunGroup], found: pd.DataFrame, folder: Path) -> Path:
    """Identities to the nearest protein of another set, and accuracy as a function of them."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained")
    shares = summary(found)
    shares = shares.drop(columns="proteins").div(shares["proteins"], axis=0).mul(100)
    width = 0.8 / len(shares)
    for place, (search, row) in enumerate(shares.iterrows()):
        offsets = np.arange(len(row)) + width * (place - (len(shares) - 1) / 2)
        left.bar(offsets, row, 0.95 * width, label=TITLES[str(search)])
    left.set_xticks(range(shares.shape[1]), shares.columns, rotation=20)
    left.set_ylabel("percent of the set")
    left.set_xlabel("identity to the nearest protein, of the training set unless named")
    left.legend(fontsize=8)
    _draw_accuracy_by_identity(right, groups, found)
    return save_figure(figure, folder, "leakage")[0]


def _draw_accuracy_by_identity(
    axes: Axes, groups: dict[str, RunGroup], found: pd.DataFrame
) -> None:
    """Lines of the methods whose test proteins were searched: a colour each, setHARD dotted."""
    order = list(identity_class(found["identity"]).categories)
    for name, colour in zip(SEARCHED, COLOURS, strict=True):
        if name not in groups or groups[name].data == "simulated":
            continue
        table = accuracy_by_identity(found, groups[name].records)
        for part, style in (("setDeepLoc", "-"), ("setHARD", ":")):
            own = table[(table["set"] == part) & (table["proteins"] >= LEAST_PROTEINS)]
            places = [order.index(label) for label in own["identity"]]
            label = f"{_label(name, groups[name])}, {part}"
            spread = 100 * own["se"]
            shares = 100 * own["accuracy"]
            axes.errorbar(
                places, shares, spread, ls=style, color=colour, marker="o", ms=3, label=label
            )
    axes.set_xticks(range(len(order)), order, rotation=20)
    axes.set_ylabel("accuracy in percent (± binomial standard error)")
    axes.set_xlabel("identity to the nearest training protein")
    if axes.has_data():
        axes.legend(fontsize=7, loc="lower right")


def draw_confusion(group: RunGroup, folder: Path) -> Path:
    """Figure 2: confusion matrix of LA on setDeepLoc, all seeds together."""
    truth = np.concatenate([r.predictions["truth"].to_numpy(dtype=str) for r in group.records])
    probabilities = np.concatenate(
        [r.predictions[list(LOCATIONS)].to_numpy() for r in group.records]
    )
    counts = confusion(truth, most_likely(probabilities, LOCATIONS), LOCATIONS)
    shares = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)
    figure, axes = plt.subplots(figsize=(7, 6.4), layout="constrained")
    confusion_heat_map(axes, shares)
    seeds = f"{len(group.seeds)} seed{'s' * (len(group.seeds) > 1)}"
    about = f"{NAMES['test']} ({run_name(group)}, {seeds})"
    axes.set_title(f"LA on {_embedder(group.records[0])}, {about}", fontsize=10)
    return save_figure(figure, folder, "confusion")[0]


def draw_maps(
    record: Record, outputs: dict[str, np.ndarray], locations: np.ndarray, folder: Path
) -> Path:
    """Figure 3: maps of mean-pooled and of attention-weighted embeddings.

    UMAP, which compiles itself for 20 s, is not worth it on simulated proteins.
    """
    method, name = (umap, "UMAP") if find_spec("umap") else (tsne, "t-SNE, umap-learn is absent")
    if record.data_variant == SIMULATED:
        method, name = tsne, "t-SNE"
    panels = (("mean over the residues", "mean"), ("weighted by light attention", "weighted"))
    figure, axes = plt.subplots(1, 2, figsize=(12.5, 5.2), layout="constrained")
    for place, (ax, (title, key)) in enumerate(zip(axes, panels, strict=True)):
        points = method(outputs[key][:MOST_POINTS], seed=0)
        chosen = locations[:MOST_POINTS]
        location_scatter(ax, points, chosen, LOCATIONS, legend=place == 1)
        ax.set_title(f"{_embedder(record)}, {title}")
    figure.suptitle(f"{NAMES['test']}, {name} ({run_name(record)})")
    return save_figure(figure, folder, "umap")[0]


def explained(record: Record, results: Path) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Outputs for the test proteins, by the weights that a run left; and their locations.

    Raises
    ------
    DataError
        The weights are missing, or the embeddings are of another language model.
    """
    from common.backend import load_backend

    load_backend()
    import keras

    from common.features.embeddings import provenance_of
    from common.training.checkpoint import load_weights
    from common.training.fit import predict
    from reproductions.light_attention.model import build, explain
    from reproductions.light_attention.training import load_split

    split = load_split(record.settings, simulate=record.data_variant == "simulated")
    if split.features.store is not None:
        _same_model(record, provenance_of(split.features.store))
    keras.config.set_dtype_policy("float32")
    model = build(record.settings, split.features.width, len(split.labels))
    load_weights(weights_path(record.key, results), model)
    budget = record.settings["max_positions"] or None
    outputs = predict(explain(model), split.examples["test"], max_positions=budget)
    return outputs, split.frames["test"]["location"].to_numpy(dtype=str)


def _same_model(record: Record, found: dict[str, Any]) -> None:
    """Refuse embeddings of another language model than the weights were trained on."""
    from common.errors import DataError
    from common.features.embeddings import NOT_TOLD

    trained = record.content["extra"]["embeddings"]
    for name in ("language_model", "revision"):
        before, now = (one.get(name, NOT_TOLD) for one in (trained, found))
        if before != now:
            fault = f"trained on {name} {before}, and not on {now}"
            raise DataError(str(record.path), fault, "Run it again on these embeddings")


def previous_best(printed: Sequence[Reported]) -> dict[str, float]:
    """Highest accuracy that Tables 1 and 2 print for a method of others, by test set."""
    rows = [
        one
        for one in printed
        if one.source in ("Table 1", "Table 2")
        and one.metric == "accuracy"
        and one.row in (*DEEPLOC, *OTHERS)
    ]
    return {
        name: max((one.value for one in rows if one.column == name), default=np.nan)
        for name in SHADES
    }


def _printed_bars(printed: Sequence[Reported]) -> list[dict[str, Any]]:
    """Rows of Tables 1 and 2."""
    bars: dict[str, dict[str, Any]] = {}
    for row in printed:
        if row.source in ("Table 1", "Table 2") and row.metric == "accuracy":
            bar = bars.setdefault(row.row, {"label": row.row, "own": False})
            bar[row.column] = (row.value, 0.0 if np.isnan(row.spread) else row.spread)
    return sorted(bars.values(), key=lambda bar: bar["setDeepLoc"][0])


def _own_bars(groups: dict[str, RunGroup]) -> list[dict[str, Any]]:
    bars = []
    for name, group in groups.items():
        bar: dict[str, Any] = {"label": f"{_label(name, group)} (ours)", "own": True}
        for column, table in (("setDeepLoc", ""), ("setHARD", "setHARD/")):
            estimate = group.estimate(f"{table}accuracy")
            spread = 0.0 if np.isnan(estimate.seed_sd) else estimate.seed_sd
            bar[column] = (100 * estimate.value, 100 * spread)
        bars.append(bar)
    return bars


def _label(name: str, group: RunGroup) -> str:
    """Method and input, and what keeps the runs from being full ones on real data."""
    words = name
    if name != "majority":
        words = f"{name.rsplit('-', 1)[0].upper()} {_embedder(group.records[0])}"
    short = "" if group.profile == "full" else group.profile
    simulated = group.data if group.data == "simulated" else ""
    return ", ".join(filter(None, [words, short, simulated]))


def _embedder(record: Record) -> str:
    about = record.content["extra"]["embeddings"]
    return str(about.get("language_model", "one-hot")) if about else "one-hot"
