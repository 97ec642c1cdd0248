"""The paper's figures, drawn from the records of the fullest runs there are.

Figure 3 is drawn from the data set, and Figure 8 from made data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from common.harness.drawn import Drawing, draw_figures, run_name, source_of
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.scores import TRUTH, label_columns
from common.interpret.figures import MARKERS, PALETTE, save_figure
from common.interpret.zipcodes import ENHANCING, REPRESSIVE
from common.metrics.distribution import pearson
from common.metrics.ranking import MICRO, pr_curve, roc_curve
from reproductions.rnatracker.conservation_figure import draw_conservation
from reproductions.rnatracker.cutoffs import PAPERS_CUTOFF
from reproductions.rnatracker.kinds import ANSWERED_BY
from reproductions.rnatracker.made_track import SOURCE, made_scans
from reproductions.rnatracker.motif_figures import draw_clusters, draw_motifs
from reproductions.rnatracker.pooled import pool, predominant
from reproductions.rnatracker.pooled_run import NEEDS
from reproductions.rnatracker.shades import colour
from reproductions.rnatracker.summary_figure import draw_summary, summary_source

CURVES = (*NEEDS, "seq-and-struct", "seq-by-struct")
ON_APEX = tuple(f"apex-{name}" for name in CURVES)
DRAWN = (*CURVES, *ON_APEX, "filters", "zipcodes", "planted")
POINTS = 400
EFFECT_SHADES = {ENHANCING: PALETTE[2], REPRESSIVE: PALETTE[6]}


def draw(results: Path) -> list[Path]:
    """Draw every figure whose runs are there, unless it was drawn from the same records before.

    Returns
    -------
    list of Path
        The PNG files that were drawn now.
    """
    folder = results / "figures" / "rnatracker"
    return draw_figures(folder, _drawings(results, folder))


def _drawings(results: Path, folder: Path) -> Iterator[Drawing]:
    """Figures of the fullest groups of runs there are."""
    records = read_records(results, paper="rnatracker")
    groups = {
        name: group
        for name in DRAWN
        if (group := choose_group(records, name, ANSWERED_BY)) is not None
    }
    sources = {name: [source_of(one) for one in group.records] for name, group in groups.items()}
    on_cefra, on_apex = ([name for name in one if name in groups] for one in (CURVES, ON_APEX))
    steps: tuple[tuple[str, str, Callable[[dict[str, RunGroup], Path], Path]], ...] = (
        ("scatter", "full-length", draw_scatter),
        ("attention", "fixed-length", draw_attention),
        ("motifs", "filters", lambda g, f: draw_motifs(*_filters(g), f)),
        ("clusters", "filters", lambda g, f: draw_clusters(*_filters(g), f)),
        ("zipcodes", "zipcodes", draw_zipcodes),
        ("planted", "planted", draw_planted),
    )
    for figure, name, draw_one in steps:
        if name in groups:
            source = {name: sources[name]}
            yield Drawing(figure, source, lambda draw_one=draw_one: draw_one(groups, folder))
    yield Drawing("summary", summary_source(), lambda: draw_summary(folder))
    if find_spec("pyBigWig"):
        yield Drawing("conservation", SOURCE, lambda: _draw_made(folder))
    for figure, names in (("curves", on_cefra), ("curves-apex", on_apex)):
        if names:
            source = {one: sources[one] for one in names}
            shown = {one: groups[one] for one in names}
            yield Drawing(
                figure,
                source,
                lambda figure=figure, shown=shown: draw_curves(shown, folder, figure),
            )


def _draw_made(folder: Path) -> Path:
    """Figure 8 on made data; a user's own track has `conserved`."""
    related, unrelated = made_scans()
    return draw_conservation(related, "made data, not phyloP", folder, unrelated)


def _filters(groups: dict[str, RunGroup]) -> tuple[Record, str]:
    return groups["filters"].records[0], run_name(groups["filters"])


def draw_scatter(groups: dict[str, RunGroup], folder: Path) -> Path:
    """Figure 4: true and predicted share of each fraction."""
    group = groups["full-length"]
    table = pool(group.records)
    names = label_columns(table)
    figure, axes = plt.subplots(
        1, len(names), figsize=(3.4 * len(names), 3.7), layout="constrained"
    )
    shades = colour(names)
    for ax, name in zip(axes, names, strict=True):
        true, guessed = table[TRUTH + name], table[name]
        ax.scatter(
            true, guessed, s=4, alpha=0.35, color=shades[name], linewidths=0, rasterized=True
        )
        ax.plot([0, 1], [0, 1], color="0.6", linewidth=0.8, linestyle="--")
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="true share", ylabel="predicted share")
        ax.set_title(f"{name}: r = {pearson(true, guessed):.3f}")
    figure.suptitle(f"Full-length network, {len(table):,} transcripts ({run_name(group)})")
    return save_figure(figure, folder, "scatter")[0]


def draw_curves(groups: dict[str, RunGroup], folder: Path, stem: str) -> Path:
    """Supplementary figures 6 and 7: curves of all networks, and of each fraction by the first."""
    figure, axes = plt.subplots(2, 2, figsize=(10, 9), layout="constrained")
    several = len({run_name(group) for group in groups.values()}) > 1
    for place, (name, group) in enumerate(groups.items()):
        table = pool(group.records)
        told = f"{name} ({run_name(group)})" if several else name
        _curves(axes[:, 0], table, [MICRO], {MICRO: (told, PALETTE[place])})
    first, group = next(iter(groups.items()))
    table = pool(group.records)
    names = label_columns(table)
    labels = {name: (name, shade) for name, shade in colour(names).items()}
    _curves(axes[:, 1], table, names, labels)
    axes[0, 0].set_title("micro average, each network")
    axes[0, 1].set_title(f"{first}, each fraction")
    for ax in axes.flat:
        ax.set(xlim=(0, 1), ylim=(0, 1.02))
        ax.legend(frameon=False, fontsize=8)
    figure.suptitle(f"Predominant fraction ({run_name(group)})")
    return save_figure(figure, folder, stem)[0]


def _curves(
    axes: np.ndarray, table: pd.DataFrame, wanted: list[str], labels: dict[str, Any]
) -> None:
    names = label_columns(table)
    arguments = predominant(table), table[names].to_numpy(), names
    pairs = (
        (axes[0], roc_curve(*arguments), ("false_positive_rate", "true_positive_rate")),
        (axes[1], pr_curve(*arguments), ("recall", "precision")),
    )
    for ax, curves, (x, y) in pairs:
        for key in wanted:
            own = thinned(curves[curves["label"] == key])
            ax.plot(own[x], own[y], label=labels[key][0], color=labels[key][1], linewidth=1.3)
        ax.set(xlabel=x.replace("_", " "), ylabel=y.replace("_", " "))


def thinned(curve: pd.DataFrame, most: int = 4000) -> pd.DataFrame:
    """At most about so many points of a curve, both ends among them."""
    step = max(1, len(curve) // most)
    return curve.iloc[sorted({*range(0, len(curve), step), len(curve) - 1})]


def draw_attention(groups: dict[str, RunGroup], folder: Path) -> Path:
    """Figure 5: mean attention by predominant fraction, in bins from the 5' to the 3' end."""
    group = groups["fixed-length"]
    found = [record.content["extra"]["attention"] for record in group.records]
    names = label_columns(group.records[0].predictions)
    figure, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
    for (name, shade), marker in zip(colour(names).items(), MARKERS, strict=False):
        weights = [one["transcripts"].get(name, 0) for one in found]
        profiles = [one["profiles"][name] for one, n in zip(found, weights, strict=True) if n]
        if not profiles:
            continue
        mean = np.average(profiles, axis=0, weights=[n for n in weights if n])
        places = -100 * (np.arange(len(mean)) + 0.5)
        ax.plot(places, mean, label=name, color=shade, marker=marker, markersize=3)
    ax.set(xlabel="nucleotides from the 3' end", ylabel="attention in a bin of 100")
    ax.legend(frameon=False)
    share = np.mean(np.concatenate([one["three_prime"] for one in found]))
    ax.set_title(f"Fixed-length network ({run_name(group)}): {share:.0%} in the last 400")
    return save_figure(figure, folder, "attention")[0]


def draw_zipcodes(groups: dict[str, RunGroup], folder: Path) -> Path:
    """Figure 7: zipcodes by cutoff and by fraction; and the scan with the clearest one."""
    record = groups["zipcodes"].records[0]
    extra = record.content["extra"]
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4), layout="constrained")
    by_fraction = pd.DataFrame(extra.get("by_fraction", []))
    _draw_counts(left, pd.DataFrame(extra["counts"]), by_fraction)
    scanned = int(record.metrics["count:scanned"])
    left.set_title(f"{scanned:,} transcripts ({run_name(groups['zipcodes'])})")
    if len(by_fraction):
        own = by_fraction[by_fraction["cutoff"] == PAPERS_CUTOFF].set_index("fraction")
        places = np.arange(len(own))
        for shift, (name, shade) in zip((-0.2, 0.2), EFFECT_SHADES.items(), strict=True):
            middle.bar(places + shift, own[name], width=0.4, color=shade, label=name)
        middle.set_xticks(places, [f"{n}\n({t:,})" for n, t in own["transcripts"].items()])
        middle.set(xlabel="predominant fraction (transcripts)", ylabel="zipcodes")
        middle.set_ylim(bottom=0)
        middle.set_title(f"at {PAPERS_CUTOFF:g} nats, not overlapping")
    example = extra["example"]
    if example:
        right.fill_between(example["centres"], example["importance"], color=PALETTE[0], alpha=0.7)
        right.set_title(f"scan of {example['id']}")
        right.set(xlabel="centre of the mask, nucleotide", ylabel="divergence, nats")
    return save_figure(figure, folder, "zipcodes")[0]


def _draw_counts(ax: Axes, counts: pd.DataFrame, by_fraction: pd.DataFrame) -> None:
    """Zipcodes of all transcripts by cutoff; dotted, with overlapping masks merged."""
    for (name, shade), marker in zip(EFFECT_SHADES.items(), "os", strict=True):
        style: dict[str, Any] = {"color": shade, "marker": marker}
        ax.plot(counts["cutoff"], counts[name], label=name, **style)
        if len(by_fraction):
            merged = by_fraction.groupby("cutoff")[f"merged_{name}"].sum()
            style |= {"linestyle": ":", "markersize": 3}
            ax.plot(merged.index, merged, label=f"{name}, merged", **style)
    ax.axvline(PAPERS_CUTOFF, color="0.6", linestyle="--", linewidth=0.8)
    top = 1.5 * max(1, counts[list(EFFECT_SHADES)].to_numpy().max())
    ax.set(xlabel="cutoff, nats", ylabel="zipcodes", yscale="symlog", ylim=(0, top))
    ax.legend(frameon=False)


def draw_planted(groups: dict[str, RunGroup], folder: Path) -> Path:
    """Precision and recall of planted nucleotides and of candidate zipcodes."""
    planted = groups["planted"].records[0].content["extra"]["planted"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    kinds = (("scan", "o", PALETTE[2]), ("random mask", "^", PALETTE[3]))
    for name, marker, shade in (*kinds, ("attention", "s", PALETTE[6])):
        if name not in planted:
            continue
        top = pd.DataFrame(planted[name]["top"])
        label = f"{name}, area {planted[name]['auc']:.2f}"
        left.plot(top["recall"], top["precision"], marker=marker, color=shade, label=label)
        for row in top.itertuples():
            left.annotate(f"{row.share:.0%}", (row.recall, row.precision), fontsize=7)
    left.axhline(top["chance"].iloc[0], color="0.6", linestyle="--", linewidth=0.8, label="chance")
    left.set(xlabel="recall", ylabel="precision", title="nucleotides with the highest weight")
    left.legend(frameon=False)
    table = pd.DataFrame(planted["zipcodes"])
    for name, marker, shade in (("precision", "o", PALETTE[0]), ("recall", "s", PALETTE[4])):
        style = {"marker": marker, "color": shade}
        right.plot(table["cutoff"], table[name].astype(float), label=name, **style)
        if f"chance_{name}" in table:
            chance, style = table[f"chance_{name}"].astype(float), {**style, "markersize": 3}
            right.plot(table["cutoff"], chance, label=f"{name} by chance", linestyle=":", **style)
    right.set(xlabel="cutoff, nats", xscale="log", ylim=(0, 1.02), title="candidate zipcodes")
    right.set_xticks(table["cutoff"], [f"{cutoff:g}" for cutoff in table["cutoff"]])
    right.minorticks_off()
    right.legend(frameon=False)
    n = planted["transcripts"]
    figure.suptitle(f"{n} transcripts with planted zipcodes ({run_name(groups['planted'])})")
    return save_figure(figure, folder, "planted")[0]
