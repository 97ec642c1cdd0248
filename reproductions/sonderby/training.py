"""One run of the paper: table, batches, network, training, predictions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.alphabet import PROTEIN
from common.features.per_residue import PerResidueStore
from common.features.table_profiles import data_variant, profile_key, profile_remark
from common.features.truncation import cut_middle
from common.harness.experiment import Context
from common.harness.outcome import count_trainable, prediction_table, scores
from common.harness.record import RunResult
from common.harness.run_key import data_digest
from common.sources import Examples, ResidueSource, TokenSource
from common.training.fit import FitResult, predict
from common.training.recipe import Recipe
from common.training.seeds import set_seed
from reproductions.sonderby.data import LOCATIONS, Table, load_table
from reproductions.sonderby.explain import attention_summary
from reproductions.sonderby.profiles import multiloc_profiles

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Split:
    """The table and its two parts as examples."""

    table: Table
    train: Examples
    test: Examples
    test_frame: pd.DataFrame
    profiles: PerResidueStore | None

    @property
    def variant(self) -> str:
        """Data variant of a result: profiles of our own make exact proteins `reconstructed`."""
        return data_variant(self.table.variant, self.profiles)

    @property
    def digest(self) -> str:
        """Short name of the data, so that a run on other data has other checkpoints."""
        return data_digest(self.variant, self.table.sha256, profile_key(self.profiles))

    @property
    def remark(self) -> str:
        """What a reader of the number must know of its inputs."""
        return profile_remark(self.profiles)


def load_split(settings: dict, *, simulate: bool = False) -> Split:
    """Read the table that the settings name and make its parts ready for a network.

    Parameters
    ----------
    settings : dict
        Resolved `settings.toml`.
    simulate : bool
        Simulated proteins may stand in for a data set that is nowhere.

    Raises
    ------
    DataError
        A file is missing or damaged, or a profile does not fit its sequence.
    """
    table = load_table(settings["data"], n=settings["simulated_proteins"], simulate=simulate)
    store = multiloc_profiles(settings, table) if settings["profiles"] else None
    if store is not None:
        lengths = table.frame["sequence"].str.len().tolist()
        store.check(table.frame["id"].tolist(), lengths, values=True)
    parts = {
        part: table.frame[table.frame["split"] == part].reset_index(drop=True)
        for part in ("train", "test")
    }
    examples = {part: make_examples(frame, settings, store) for part, frame in parts.items()}
    return Split(table, examples["train"], examples["test"], parts["test"], store)


def make_examples(
    frame: pd.DataFrame, settings: dict, store: PerResidueStore | None = None
) -> Examples:
    """Proteins as a network reads them: cut in the middle, with profiles where there are some.

    Parameters
    ----------
    frame : DataFrame
        ``id``, ``sequence`` and, for training, ``location``.
    settings : dict
        ``max_length`` in residues.
    store : PerResidueStore, optional
        Profiles of the whole sequences.
    """
    ids = frame["id"].to_numpy(dtype=str)
    cut = [cut_middle(sequence, settings["max_length"]) for sequence in frame["sequence"]]
    sources: dict = {"tokens": TokenSource(cut, PROTEIN)}
    if store is not None:
        sources["profile"] = ResidueSource(store, ids.tolist(), settings["max_length"])
    targets = None
    if "location" in frame:
        targets = np.array([LOCATIONS.index(name) for name in frame["location"]], dtype=np.int32)
    return Examples(ids, np.array([len(sequence) for sequence in cut]), sources, targets)


@dataclass(frozen=True)
class Trained:
    """A trained network and what it says of the test proteins.

    Parameters
    ----------
    model : keras.Model
        From `model.build`.
    outputs : dict of str to array
        Of `model.explain`, one row a test protein.
    """

    context: Context
    split: Split
    model: keras.Model
    fit: FitResult
    outputs: dict[str, np.ndarray]
    seconds: float


def run(context: Context) -> RunResult:
    """Train one network and score it on the test proteins."""
    return result_of(train(context))


def train(context: Context) -> Trained:
    """Train the network of an experiment, going on from its checkpoint where there is one.

    The paper has no validation set: training runs for its epochs and the last weights count. The
    test scores of each epoch are in the history for information and choose nothing.
    """
    import keras

    from reproductions.sonderby.model import build, explain

    settings, seed = context.settings, context.key.seed
    split = load_split(settings, simulate=context.may_simulate)
    recipe = Recipe.from_settings(settings)
    keras.config.set_dtype_policy(recipe.dtype)
    set_seed(seed)
    model = build(settings, len(LOCATIONS))
    fitted = context.fit(model, split.train, recipe, split.test, split.digest)
    context.keep_weights(model)
    started = time.monotonic()
    outputs = predict(explain(model), split.test)
    return Trained(context, split, model, fitted, outputs, time.monotonic() - started)


def result_of(trained: Trained) -> RunResult:
    """Scores, predictions and attention of a trained network, ready to be recorded."""
    split, fitted, settings = trained.split, trained.fit, trained.context.settings
    test = split.test_frame
    predictions = prediction_table(
        test["id"], test["location"], trained.outputs["location"], LOCATIONS
    )
    history = fitted.history.rename(columns=lambda name: name.replace("val_", "test_"))
    extra: dict[str, Any] = {
        "features_per_residue": 20 * len(settings["matrices"]) + 20 * settings["profiles"],
        "n_train": len(split.train),
        "profiles": split.profiles.provenance if split.profiles is not None else {},
        "remark": split.remark,
        "best_test_accuracy_of_any_epoch": float(history["test_accuracy"].max()),
    }
    if "attention" in trained.outputs:
        extra["attention"] = attention_summary(trained.outputs["attention"], split.test.lengths)
    return RunResult(
        metrics=scores(predictions),
        predictions=predictions,
        history=history,
        n_original=len(test),
        n_effective=len(predictions),
        data_variant=split.variant,
        data_sha256=split.table.sha256,
        n_parameters=count_trainable(trained.model),
        padding_share=fitted.padding_share,
        epochs=fitted.epochs,
        seconds=round(fitted.seconds + trained.seconds, 1),
        extra=extra,
    )
