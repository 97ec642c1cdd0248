"""One run of the paper: table, features, network, training, predictions on both test sets."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.harness.experiment import Context
from common.harness.outcome import count_trainable, prediction_table, scores
from common.harness.record import RunResult, no_history
from common.harness.run_key import data_digest
from common.harness.runner import device_name
from common.sources import Examples
from common.training.fit import FitResult, predict
from common.training.recipe import Recipe
from common.training.seeds import set_seed
from reproductions.light_attention.data import (
    LABELS,
    LOCATIONS,
    NAMES,
    UNKNOWN,
    Table,
    load_table,
)
from reproductions.light_attention.features import Features, load_features
from reproductions.light_attention.resampling import RESAMPLED, as_distributed
from reproductions.light_attention.transfer import most_common, transfer

if TYPE_CHECKING:
    import keras

PRINTED_WIDTH = 1024
PRINTED = {"input": "embedding", "channels": 1024, "kernel_sizes": [9], "hidden_units": 32}
"""Size of the network whose parameters the paper counts."""


@dataclass(frozen=True)
class Split:
    """The table, its four parts as examples, and what was left out of them.

    Parameters
    ----------
    frames : dict of str to DataFrame
        ``train``, ``val``, ``test`` and, for locations, ``hard``, as the examples have them.
    examples : dict of str to Examples
    """

    table: Table
    features: Features
    frames: dict[str, pd.DataFrame]
    examples: dict[str, Examples]
    target: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in the order of the outputs."""
        return LABELS[self.target]

    @property
    def digest(self) -> str:
        """Short name of the data, so that a run on other data has other checkpoints."""
        return data_digest(self.table.variant, self.table.sha256, self.features.key)


def load_split(settings: dict, *, simulate: bool = False, stream: Any = None) -> Split:
    """Read the table that the settings name and make its parts ready for a network.

    Parameters
    ----------
    settings : dict
        Resolved `settings.toml`.
    simulate : bool
        Simulated proteins may stand in for a data set that is nowhere.
    stream : file, optional
        Where the progress of the embedding is printed.

    Raises
    ------
    DataError
        A file is missing or damaged, or embeddings do not fit the proteins.
    """
    table = load_table(
        settings["data"],
        n=settings["simulated_proteins"],
        cytoplasm_nucleus=settings["cytoplasm_nucleus"],
        simulate=simulate,
    )
    frames = parts_of(table, settings["target"], settings["longest"])
    features = load_features(settings, table, stream, read=pd.concat(frames.values()))
    per_protein = settings["network"] in ("ffn", "at")
    examples = {
        split: make_examples(frame, features, settings["target"], per_protein)
        for split, frame in frames.items()
    }
    return Split(table, features, frames, examples, settings["target"])


def parts_of(table: Table, target: str, longest: int = 0) -> dict[str, pd.DataFrame]:
    """Proteins of each set whose label is known.

    Parameters
    ----------
    table : Table
    target : {"location", "membrane"}
        setHARD has no membrane labels and is then left out.
    longest : int
        Leave longer training and validation proteins out, as the authors' code does; 0 for none.
    """
    frames = {}
    for split in ("train", "val", *NAMES):
        frame = table.part(split)
        frame = frame[frame[target] != UNKNOWN]
        if longest and split in ("train", "val"):
            frame = frame[frame["sequence"].str.len() <= longest]
        if len(frame):
            frames[split] = frame.reset_index(drop=True)
    return frames


def make_examples(
    frame: pd.DataFrame, features: Features, target: str, per_protein: bool = False
) -> Examples:
    """Proteins as a network reads them.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence``, ``split`` and the target's column.
    features : Features
    target : {"location", "membrane"}
    per_protein : bool
        One mean vector a protein, in place of its residues.
    """
    labels = LABELS[target]
    answers = np.array([labels.index(name) for name in frame[target]], dtype=np.int32)
    ids = frame["id"].to_numpy(dtype=str)
    if per_protein:
        return Examples(ids, np.ones(len(ids), int), features.pooled(frame), answers)
    lengths = np.array([len(sequence) for sequence in features.sequences(frame)])
    return Examples(ids, lengths, features.source(frame), answers)


@dataclass(frozen=True)
class Trained:
    """A trained network and its probabilities for each test set."""

    context: Context
    split: Split
    model: keras.Model
    fit: FitResult
    probabilities: dict[str, np.ndarray]
    seconds: float


def run(context: Context) -> RunResult:
    """Train one network, and score it on setDeepLoc and setHARD."""
    trained = train(context)
    fitted, history = trained.fit, trained.fit.history
    extra = {"n_train": len(trained.split.examples["train"]), "best_epoch": fitted.best_epoch}
    extra["batch_mean"] = round(fitted.batch_mean, 1)
    return result_of(
        trained.split,
        trained.probabilities,
        history=history,
        n_parameters=count_trainable(trained.model),
        padding_share=fitted.padding_share,
        epochs=fitted.epochs,
        seconds=round(fitted.seconds + trained.seconds, 1),
        extra=extra,
    )


def train(context: Context) -> Trained:
    """Train the network of an experiment, going on from its checkpoint where there is one.

    The weights of the best validation epoch count; test proteins choose nothing.
    """
    import keras

    from reproductions.light_attention.model import build

    settings, seed = context.settings, context.key.seed
    split = load_split(settings, simulate=context.may_simulate, stream=context.stream)
    set_seed(seed)
    on_cpu = device_name().startswith("CPU")
    keras.config.set_dtype_policy(settings["dtype"])
    model = build(settings, split.features.width, len(split.labels), as_product=on_cpu)
    keras.config.set_dtype_policy("float32")
    recipe = Recipe.from_settings(settings)
    fitted = context.fit(
        model, split.examples["train"], recipe, split.examples["val"], split.digest
    )
    started = time.monotonic()
    found = {
        name: predict(model, split.examples[name], max_positions=recipe.max_positions)
        for name in NAMES
        if name in split.examples
    }
    context.keep_weights(model)
    return Trained(context, split, model, fitted, found, time.monotonic() - started)


def run_transfer(context: Context) -> RunResult:
    """Annotation transfer by the nearest neighbour under L1; nothing is trained."""
    started = time.monotonic()
    split = load_split(
        {**context.settings, "network": "at"},
        simulate=context.may_simulate,
        stream=context.stream,
    )
    train_frame = split.frames["train"]
    known, labels = split.features.vectors(train_frame), train_frame[split.target].tolist()
    found = {
        name: transfer(known, labels, split.features.vectors(split.frames[name]), split.labels)
        for name in NAMES
        if name in split.frames
    }
    distances = {
        NAMES[name]: [float(f"{value:.5g}") for value in one.distance]
        for name, one in found.items()
    }
    return result_of(
        split,
        {name: one.probabilities for name, one in found.items()},
        seconds=round(time.monotonic() - started, 1),
        extra={"n_train": len(train_frame), "distance": distances},
    )


def run_majority(context: Context) -> RunResult:
    """The most common class of each test set, the class counts of Table 4, and the parameters.

    Of these the paper counts the weight matrices alone, of the network on 1,024 features.
    """
    from reproductions.light_attention.model import build
    from reproductions.light_attention.table_4 import table_4

    started = time.monotonic()
    settings = {**context.settings, "input": "tokens"}
    split = load_split(settings, simulate=context.may_simulate)
    found = {}
    for name in NAMES:
        frame = split.frames[name]
        # As in Figure 1, which takes the set's own labels and not those of the training set.
        found[name] = most_common(frame[split.target].tolist(), len(frame), LOCATIONS)
    seconds = round(time.monotonic() - started, 1)
    result = result_of(split, found, seconds=seconds, extra={"remark": ""})
    counts = table_4(split.table, simulated=split.table.variant == "simulated")
    metrics = {f"count:{place}": float(count) for place, count in counts.items()}
    printed = build({**context.settings, **PRINTED}, PRINTED_WIDTH, len(LOCATIONS))
    matrices = [weight for weight in printed.trainable_weights if len(weight.shape) > 1]
    metrics["parameters"] = float(sum(int(np.prod(weight.shape)) for weight in matrices))
    return RunResult(**{**vars(result), "metrics": {**result.metrics, **metrics}})


def result_of(
    split: Split,
    probabilities: dict[str, np.ndarray],
    *,
    seconds: float,
    extra: dict[str, Any],
    history: pd.DataFrame | None = None,
    n_parameters: int = 0,
    padding_share: float = float("nan"),
    epochs: int = 0,
) -> RunResult:
    """Scores and predictions of one method on both test sets, ready to be recorded.

    setDeepLoc is the run's first table of predictions; setHARD, and setHARD drawn with the class
    shares of setDeepLoc (appendix D), are further ones.
    """
    tables = {}
    for name, values in probabilities.items():
        frame = split.frames[name]
        tables[name] = prediction_table(frame["id"], frame[split.target], values, split.labels)
    first = tables.pop("test")
    further = {NAMES[name]: table for name, table in tables.items()}
    if "hard" in tables:
        further[RESAMPLED] = as_distributed(tables["hard"], first["truth"].tolist())
    metrics = scores(first)
    for name, table in further.items():
        metrics |= scores(table, name)
    about = split.features.provenance
    return RunResult(
        metrics=metrics,
        predictions=first,
        history=no_history() if history is None else history,
        n_original=len(split.table.part("test")),
        n_effective=len(first),
        data_variant=split.table.variant,
        data_sha256=split.table.sha256,
        n_parameters=n_parameters,
        padding_share=padding_share,
        epochs=epochs,
        seconds=seconds,
        extra={"embeddings": about, "remark": split.features.remark, **extra},
        tables=further,
    )
