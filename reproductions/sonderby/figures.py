"""The paper's figures, drawn from the weights of the fullest run there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from common.backend import load_backend
from common.errors import DataError
from common.harness.drawn import Drawing, draw_figures, fullest, run_name, source_of
from common.harness.experiment import weights_path
from common.harness.record import Record
from common.interpret.attention import align_termini
from common.interpret.figures import (
    attention_heat_map,
    confusion_heat_map,
    location_scatter,
    save_figure,
)
from common.interpret.logos import draw_filter_logo, filter_pssm
from common.interpret.projection import tsne
from common.metrics.classification import confusion, most_likely
from reproductions.sonderby.data import LOCATIONS, load_table
from reproductions.sonderby.profiles import has_multiloc_profiles

if TYPE_CHECKING:
    import keras

PAPER_ORDER = (
    "ER",
    "Golgi",
    "Extracellular",
    "Lysosomal",
    "Plasma membrane",
    "Vacuolar",
    "Chloroplast",
    "Mitochondrial",
    "Cytoplasmic",
    "Nuclear",
    "Peroxisomal",
)
LOGO_WIDTHS, LOGOS_EACH = 4, 3
ENSEMBLE = "r-lstm-ensemble"


@dataclass(frozen=True)
class Explained:
    """A trained network and its outputs for the test proteins."""

    record: Record
    model: keras.Model
    outputs: Mapping[str, np.ndarray]
    locations: np.ndarray
    lengths: np.ndarray


def draw(results: Path) -> list[Path]:
    """Draw every figure whose run is there, unless it was drawn from the same records before.

    Returns
    -------
    list of Path
        The PNG files that were drawn now.
    """
    folder = results / "figures" / "sonderby"
    return draw_figures(folder, _drawings(results, folder))


def _drawings(results: Path, folder: Path) -> Iterator[Drawing]:
    """Figures of the fullest runs there are."""
    ensemble = fullest(results, "sonderby", (ENSEMBLE,))
    if ensemble:
        yield Drawing(
            "confusion",
            {ENSEMBLE: source_of(ensemble)},
            lambda: draw_confusion(ensemble, folder),
        )
    networks = {
        name: record
        for name in ("a-lstm", "r-lstm")
        if (record := fullest(results, "sonderby", (name,), with_weights=True))
    }
    look = cache(lambda name: explained(networks[name], results))
    for figure, draw_one, names in (
        ("attention", draw_attention, ("a-lstm",)),
        ("filters", draw_filters, ("a-lstm",)),
        ("tsne", draw_tsne, ("r-lstm", "a-lstm")),
    ):
        if networks.keys() >= set(names):
            yield Drawing(
                figure,
                {name: source_of(networks[name]) for name in names},
                lambda names=names, draw_one=draw_one: draw_one(*map(look, names), folder),
                [networks[name] for name in names],
                _at_hand,
            )


def _at_hand(record: Record) -> bool:
    """Whether what the record's network reads is here, or made in no time."""
    settings = record.settings
    if not settings["profiles"]:
        return True
    try:
        table = load_table(settings["data"], n=settings["simulated_proteins"], simulate=False)
    except DataError:
        return False
    return has_multiloc_profiles(settings, table)


def draw_confusion(record: Record, folder: Path) -> Path:
    """Table 2: the ensemble's confusion matrix."""
    truth = record.predictions["truth"].to_numpy(dtype=str)
    predicted = most_likely(record.predictions[list(LOCATIONS)].to_numpy(), LOCATIONS)
    figure, axes = plt.subplots(figsize=(7, 6.6), layout="constrained")
    confusion_heat_map(axes, confusion(truth, predicted, LOCATIONS))
    members = len(record.content["extra"]["members"])
    right = float(np.mean(truth == predicted))
    axes.set_title(
        f"Ensemble of {members} R-LSTMs: {right:.3f} of {len(truth):,} ({run_name(record)})"
    )
    return save_figure(figure, folder, "confusion")[0]


def draw_attention(network: Explained, folder: Path) -> Path:
    """Figure 5: attention of each test protein, termini aligned."""
    width = network.record.settings["max_length"]
    aligned = align_termini(network.outputs["attention"], network.lengths, width)
    figure, axes = plt.subplots(figsize=(10, 7.5))
    figure.subplots_adjust(left=0.2, right=0.98)
    attention_heat_map(axes, aligned, network.locations, PAPER_ORDER)
    axes.set_title(f"A-LSTM ({run_name(network.record)})")
    return save_figure(figure, folder, "attention")[0]


def draw_tsne(r_lstm: Explained, a_lstm: Explained, folder: Path) -> Path:
    """Figure 6: maps of the R-LSTM's forward and backward states and the A-LSTM's context."""
    panels = (
        ("R-LSTM, forward state", r_lstm, "forward"),
        ("R-LSTM, backward state", r_lstm, "backward"),
        ("A-LSTM, context", a_lstm, "context"),
    )
    figure, axes = plt.subplots(1, 3, figsize=(15, 5.4), layout="constrained")
    for place, (ax, (title, network, output)) in enumerate(zip(axes, panels, strict=True)):
        points = tsne(network.outputs[output], seed=0)
        location_scatter(ax, points, network.locations, PAPER_ORDER, legend=place == 2)
        ax.set_title(f"{title} ({run_name(network.record)})")
    return save_figure(figure, folder, "tsne")[0]


def draw_filters(network: Explained, folder: Path) -> Path:
    """Figure 7: the strongest filters of short and long widths, logos of their one-hot columns."""
    layer = network.model.get_layer("convolutions")
    kernels = {int(width): np.array(kernel) for width, kernel in layer.kernels.items()}
    chosen = logo_widths(kernels)
    size = (4 * LOGOS_EACH, 2.1 * len(chosen))
    figure, axes = plt.subplots(
        len(chosen), LOGOS_EACH, figsize=size, squeeze=False, layout="constrained"
    )
    figure.suptitle(f"Filters of the A-LSTM ({run_name(network.record)})")
    for row, width in zip(axes, chosen, strict=True):
        strength = np.abs(kernels[width][:, :20]).sum(axis=(0, 1))
        pssms = filter_pssm(kernels[width])
        for ax, place in zip(row, np.argsort(-strength), strict=False):
            draw_filter_logo(ax, pssms[place], f"width {width}, filter {place + 1}")
    return save_figure(figure, folder, "filters")[0]


def logo_widths(widths: Iterable[int]) -> list[int]:
    """The shortest and the longest width and those evenly between, `LOGO_WIDTHS` at most."""
    every = sorted(widths)
    places = np.linspace(0, len(every) - 1, min(LOGO_WIDTHS, len(every)))
    return [every[place] for place in places.round().astype(int)]


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
    from reproductions.sonderby.model import build, explain
    from reproductions.sonderby.training import load_split

    split = load_split(record.settings, simulate=record.data_variant == "simulated")
    keras.config.set_dtype_policy("float32")
    model = build(record.settings, len(LOCATIONS))
    load_weights(weights_path(record.key, results), model)
    outputs = predict(explain(model), split.test)
    locations = split.test_frame["location"].to_numpy(dtype=str)
    return Explained(record, model, outputs, locations, split.test.lengths)
