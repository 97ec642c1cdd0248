"""All figures: DeepLoc 1.0's here, the report's in `report_figures`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from common.backend import load_backend
from common.harness.drawn import Drawing, draw_figures, fullest, run_name, source_of
from common.harness.experiment import weights_path
from common.harness.record import Record
from common.harness.settings import PROFILES
from common.interpret.attention import align_termini
from common.interpret.figures import attention_heat_map, confusion_heat_map, save_figure
from common.metrics.classification import confusion, most_likely
from reproductions.deeploc.ablations import ablation_table
from reproductions.deeploc.report_figures import draw_ablations, draw_cells, draw_matrices
from reproductions.deeploc.tree import LOCATIONS, TREE, node_accuracy

NAME = "deeploc"
SHOWN_LOCATION, SHOWN_LENGTHS = "Extracellular", (60, 400)


@dataclass(frozen=True)
class Explained:
    """What a trained network pays attention to in the test proteins.

    Parameters
    ----------
    attention : (n, length, steps)
    probabilities : (n, 10)
    frame : DataFrame
        ``id`` and ``location``.
    lengths : (n,) int
        Residues after long proteins were cut.
    """

    record: Record
    attention: np.ndarray
    probabilities: np.ndarray
    frame: pd.DataFrame
    lengths: np.ndarray


def draw(results: Path) -> list[Path]:
    """Draw every figure whose run is there, unless it was drawn from the same records before.

    Returns
    -------
    list of Path
        The PNG files that were drawn now.
    """
    folder = results / "figures" / NAME
    return draw_figures(folder, _drawings(results, folder))


def _drawings(results: Path, folder: Path) -> Iterator[Drawing]:
    """Figures of the fullest runs there are; the networks that are asked again read letters."""
    ensemble = _largest_ensemble(results)
    tree = fullest(results, NAME, ("blosum-tree",), variant="paper")
    network = fullest(results, NAME, ("blosum-softmax",), variant="paper", with_weights=True)
    report = fullest(results, NAME, ("report",), variant="paper")
    if ensemble:
        sources = source_of(ensemble)
        yield Drawing("confusion", sources, lambda: draw_confusion(ensemble, folder))
    if tree:
        yield Drawing("tree", source_of(tree), lambda: draw_tree_figure(tree, folder))
    if network:
        sources, look = source_of(network), cache(lambda: explained(network, results))
        yield Drawing("attention", sources, lambda: draw_attention(look(), folder))
        yield Drawing("decoding", sources, lambda: draw_decoding(look(), folder))
    if report:
        sources = source_of(report)
        yield Drawing("report-matrices", sources, lambda: draw_cells(report, folder))
        yield Drawing("report-confusion", sources, lambda: draw_matrices(report, folder))
    table = ablation_table(results)
    if len(table):
        rows = json.loads(
            table.drop(columns="groups").to_json(orient="records", double_precision=15)
        )
        yield Drawing("ablations", {"rows": rows}, lambda: draw_ablations(table, folder))


def _largest_ensemble(results: Path) -> Record | None:
    """Of the fullest profile that has one; on profiles where both have as many members."""
    found = [
        fullest(results, NAME, (name,), variant="paper")
        for name in ("profile-ensemble", "blosum-ensemble")
    ]
    return max(
        filter(None, found),
        key=lambda one: (PROFILES.index(one.key.profile), len(one.content["extra"]["members"])),
        default=None,
    )


def draw_confusion(record: Record, folder: Path) -> Path:
    """Confusion matrix of an ensemble."""
    truth = record.predictions["truth"].to_numpy(dtype=str)
    predicted = most_likely(record.predictions[list(LOCATIONS)].to_numpy(), LOCATIONS)
    figure, axes = plt.subplots(figsize=(7, 6.6), layout="constrained")
    confusion_heat_map(axes, confusion(truth, predicted, LOCATIONS))
    right = float(np.mean(truth == predicted))
    name = f"{record.key.experiment} of {len(record.content['extra']['members'])}"
    axes.set_title(f"{name}: {right:.3f} of {len(truth):,} ({run_name(record)})")
    return save_figure(figure, folder, "confusion")[0]


def draw_tree_figure(record: Record, folder: Path) -> Path:
    """The sorting tree with the share of right decisions at each node, of a network with one."""
    truth = record.predictions["truth"].to_numpy(dtype=str)
    table = node_accuracy(truth, record.predictions[list(LOCATIONS)].to_numpy())
    figure, axes = plt.subplots(figsize=(10, 6), layout="constrained")
    _branch(axes, next(iter(TREE)), 0, [0], table)
    axes.set_xlim(-0.3, 5.2)
    axes.invert_yaxis()
    axes.axis("off")
    axes.set_title(f"Right decisions at each node, {record.key.experiment} ({run_name(record)})")
    return save_figure(figure, folder, "tree")[0]


def _branch(axes: Axes, name: str, depth: int, rows: list[int], table: pd.DataFrame) -> float:
    """Draw what lies below a name and return its height; `rows` counts the leaves drawn."""
    if name not in TREE:
        place = float(rows[0])
        rows[0] += 1
        axes.text(depth + 0.06, place, name, va="center", fontsize=9)
        return place
    places = [_branch(axes, child, depth + 1, rows, table) for child in TREE[name]]
    middle = sum(places) / 2
    for place, answer in zip(places, ("yes", "no"), strict=True):
        axes.plot([depth, depth, depth + 1], [middle, place, place], color="#888888", linewidth=1)
        axes.text(depth + 0.5, place - 0.08, answer, fontsize=7, color="#666666")
    n, share = table.loc[name, "n"], table.loc[name, "accuracy"]
    said = f"{name} {share:.1%}\nof {n:,}" if n else f"{name}\nnone passes"
    box = {"boxstyle": "round", "facecolor": "#E8F0F8", "edgecolor": "#6699CC"}
    axes.text(depth, middle, said, ha="center", va="center", fontsize=8, bbox=box)
    return middle


def draw_attention(seen: Explained, folder: Path) -> Path:
    """Attention of the last step for each test protein, termini aligned."""
    width = seen.record.settings["max_length"]
    aligned = align_termini(seen.attention[:, :, -1], seen.lengths, width)
    figure, axes = plt.subplots(figsize=(10, 7.5))
    figure.subplots_adjust(left=0.2, right=0.98)
    attention_heat_map(axes, aligned, seen.frame["location"].to_numpy(dtype=str), LOCATIONS)
    axes.set_title(f"Last decoding step, {seen.record.key.experiment} ({run_name(seen.record)})")
    return save_figure(figure, folder, "attention")[0]


def draw_decoding(seen: Explained, folder: Path) -> Path:
    """Attention of one protein at every decoding step."""
    row = shown_protein(seen)
    length = int(seen.lengths[row])
    weights = seen.attention[row, :length].T
    figure, axes = plt.subplots(figsize=(10, 3.4), layout="constrained")
    edges = (0.5, length + 0.5, len(weights) + 0.5, 0.5)
    image = axes.imshow(
        weights, aspect="auto", cmap="viridis", interpolation="nearest", extent=edges
    )
    axes.set_yticks(range(1, len(weights) + 1))
    axes.set_xlabel("residue, long proteins without their middle")
    axes.set_ylabel("decoding step")
    figure.colorbar(image, ax=axes, label="attention")
    name, location = seen.frame.loc[row, "id"], seen.frame.loc[row, "location"]
    axes.set_title(f"{name}, {location}, {length} residues ({run_name(seen.record)})")
    return save_figure(figure, folder, "decoding")[0]


def shown_protein(seen: Explained) -> int:
    """Row of the protein of `SHOWN_LOCATION` that the network is surest of, not too long."""
    at = LOCATIONS.index(SHOWN_LOCATION)
    locations = seen.frame["location"].to_numpy(dtype=str)
    fits = (seen.lengths >= SHOWN_LENGTHS[0]) & (seen.lengths <= SHOWN_LENGTHS[1])
    rank = seen.probabilities[:, at] + (locations == SHOWN_LOCATION) + fits
    return int(rank.argmax())


def explained(record: Record, results: Path) -> Explained:
    """Load the weights that a run left and look at its test proteins.

    Raises
    ------
    DataError
        The weights are missing.
    """
    load_backend()
    import keras

    from common.training.checkpoint import load_weights
    from common.training.fit import predict
    from reproductions.deeploc.model import build, explain
    from reproductions.deeploc.training import MOST_POSITIONS, load_split

    simulated = record.data_variant == "simulated"
    split = load_split(dict(record.settings), record.key.seed, simulate=simulated)
    keras.config.set_dtype_policy("float32")
    model = build(record.settings)
    load_weights(weights_path(record.key, results), model)
    outputs = predict(explain(model), split.test, max_positions=MOST_POSITIONS)
    lengths = np.asarray(split.test.lengths)
    return Explained(record, outputs["attention"], outputs["location"], split.test_frame, lengths)
