"""One run of the paper: table, fold, network, training, predictions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from common.data.alphabet import RNA
from common.features.kmers import count_kmers
from common.features.rna_structure import Folding
from common.features.structure_cache import cached_contexts
from common.harness.experiment import Context
from common.harness.outcome import count_trainable, prediction_table, scores
from common.harness.record import RunResult
from common.harness.run_key import data_digest
from common.sources import Examples, Source, TokenSource, VectorSource, hold
from common.training.fit import FitResult, predict
from common.training.seeds import set_seed
from reproductions.rnatracker import inputs
from reproductions.rnatracker.attention import attention_summary
from reproductions.rnatracker.data import Table, load_table
from reproductions.rnatracker.folds import split_rows
from reproductions.rnatracker.kinds import ON_COUNTS, WHOLE_LENGTH, WITH_STRUCTURE
from reproductions.rnatracker.remarks import remark

if TYPE_CHECKING:
    import keras

PREDICTED_TOGETHER = 64


@dataclass(frozen=True)
class Parts:
    """A table and one fold's three parts of it as examples."""

    table: Table
    training: Examples
    validation: Examples
    test: Examples
    test_frame: pd.DataFrame
    n_features: int

    @property
    def digest(self) -> str:
        """Short name of the data, so that a run on other data has other checkpoints."""
        return data_digest(self.table.variant, self.table.sha256)


def load_settings_table(settings: Mapping[str, Any], *, simulate: bool = False) -> Table:
    """The table of the settings, shortened where they say so."""
    table = load_table(
        settings["data"],
        n=settings["simulated_transcripts"],
        replicates=settings["replicates"],
        tail=settings["tail"],
        keep_matched=settings["keep_matched"],
        simulate=simulate,
    )
    return table.sample(settings["sample"], settings["longest"])


def load_parts(settings: Mapping[str, Any], fold: int, *, simulate: bool = False) -> Parts:
    """Read the table that the settings name and make one fold's parts ready for a network.

    Parameters
    ----------
    settings : mapping
        Resolved `settings.toml`.
    fold : int
        The tested one, 0 to 9.
    simulate : bool
        Simulated transcripts may stand in for a data set that is nowhere.

    Raises
    ------
    DataError
        A file is missing or damaged, a label is no distribution, or a transcript is too short.
    """
    table = load_settings_table(settings, simulate=simulate)
    frame, rows = table.frame, rows_of(table, settings, fold)
    sources, lengths = make_sources(frame, settings, rows[0])
    examples = [_examples(table, sources, lengths, part) for part in rows]
    width = sources["counts"].values.shape[1] if "counts" in sources else 0
    return Parts(table, *examples, frame.iloc[rows[2]].reset_index(drop=True), width)


def rows_of(
    table: Table, settings: Mapping[str, Any], fold: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the training, validation and test parts, as the network of the settings has them."""
    network = settings["network"]
    names = ("kmer_fold", "kmer_position") if network in ON_COUNTS else ("fold", "position")
    first = network in WHOLE_LENGTH or network in ON_COUNTS
    validation = settings["whole_validation"] if first else settings["validation"]
    fold_of, order = (table.frame[name].to_numpy() for name in names)
    return split_rows(fold_of, order, fold, validation)


@dataclass(frozen=True)
class _Of:
    """A source of some examples of another one."""

    source: Source
    rows: np.ndarray

    def batch(self, indices: Any) -> Any:
        import tensorflow as tf

        return self.source.batch(tf.gather(hold(self.rows), indices))


def _examples(
    table: Table, sources: Mapping[str, Source], lengths: np.ndarray, rows: np.ndarray
) -> Examples:
    ids = table.frame["id"].to_numpy(dtype=str)[rows]
    own = {name: _Of(source, rows) for name, source in sources.items()}
    return Examples(ids, lengths[rows], own, table.shares[rows])


def make_sources(
    frame: pd.DataFrame, settings: Mapping[str, Any], training: np.ndarray | None = None
) -> tuple[dict[str, Any], np.ndarray]:
    """Transcripts as the network of the settings reads them.

    Parameters
    ----------
    frame : DataFrame
        ``id`` and ``sequence``.
    settings : mapping
        Resolved `settings.toml`.
    training : (m,) int, optional
        Rows whose k-mer counts give mean and deviation; by default all.

    Returns
    -------
    sources : dict of str to Source
    lengths : (n,) int64
        Of what the sources give: nucleotides, the fixed length, or 1 for counts.
    """
    sequences, ids = frame["sequence"].tolist(), frame["id"].astype(str).tolist()
    network = settings["network"]
    if network in ON_COUNTS:
        counts = count_kmers(sequences, settings["longest_kmer"]).astype(np.float64)
        known = counts if training is None else counts[training]
        deviation = known.std(axis=0)
        scaled = (counts - known.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
        return {"counts": VectorSource(scaled.astype(np.float32))}, np.ones(len(frame), int)
    if network in WHOLE_LENGTH:
        lengths = np.array([len(sequence) for sequence in sequences])
        least = inputs.least_length(settings["blocks"], settings["pool"])
        inputs.check_lengths(ids, lengths, least)
        return {"tokens": TokenSource(sequences, RNA)}, lengths
    length = settings["length"]

    def fixed(rows: Iterable[np.ndarray]) -> VectorSource:
        return VectorSource(np.stack([inputs.three_prime(row, length) for row in rows]))

    bases = [inputs.base_tokens(sequence) for sequence in sequences]
    sources = {"tokens": fixed(bases)}
    if network in WITH_STRUCTURE:
        contexts = _context_tokens(ids, sequences, settings)
        if network == "seqxstruct":
            pairs = zip(bases, contexts, strict=True)
            sources = {"tokens": fixed(inputs.joint_tokens(*pair) for pair in pairs)}
        else:
            sources["contexts"] = fixed(contexts)
    return sources, np.full(len(frame), length)


def examples_of(frame: pd.DataFrame, settings: Mapping[str, Any]) -> Examples:
    """Transcripts without labels, as the network of the settings reads them; see `make_sources`."""
    sources, lengths = make_sources(frame, settings)
    return Examples(frame["id"].to_numpy(str), lengths, sources)


def _context_tokens(
    ids: list[str], sequences: list[str], settings: Mapping[str, Any]
) -> list[np.ndarray]:
    folding = Folding(settings["fold_window"], settings["fold_span"], settings["fold_cutoff"])
    contexts = cached_contexts(sequences, folding)
    triples = zip(ids, sequences, contexts, strict=True)
    return [inputs.context_tokens(*triple) for triple in triples]


@dataclass(frozen=True)
class Trained:
    """A trained network and what it says of the test transcripts.

    Parameters
    ----------
    outputs : dict of str to array
        Of `model.explain`, one row a test transcript.
    """

    context: Context
    parts: Parts
    model: keras.Model
    fit: FitResult
    outputs: dict[str, np.ndarray]
    seconds: float


def run(context: Context) -> RunResult:
    """Train one network on one fold and score it on the fold's test transcripts."""
    return result_of(train(context))


def train(context: Context) -> Trained:
    """Train the network of an experiment, going on from its checkpoint where there is one.

    The weights with the lowest validation loss are kept; test transcripts choose nothing.
    """
    import keras

    from reproductions.rnatracker.model import build, explain, recipe_of

    settings = context.settings
    parts = load_parts(settings, context.key.fold, simulate=context.may_simulate)
    recipe = recipe_of(settings)
    keras.config.set_dtype_policy(recipe.dtype)
    set_seed(context.key.training_seed)
    model = build(settings, len(parts.table.fractions), parts.n_features)
    fitted = context.fit(model, parts.training, recipe, parts.validation, parts.digest)
    context.keep_weights(model)
    started = time.monotonic()
    outputs = predict(
        explain(model),
        parts.test,
        batch_size=PREDICTED_TOGETHER,
        max_positions=settings["max_positions"],
    )
    return Trained(context, parts, model, fitted, outputs, time.monotonic() - started)


def result_of(trained: Trained) -> RunResult:
    """Scores, predictions and attention of a trained network, ready to be recorded."""
    parts, fitted, settings = trained.parts, trained.fit, trained.context.settings
    fractions = parts.table.fractions
    truth = parts.test_frame[list(fractions)].to_numpy()
    predictions = prediction_table(
        parts.test_frame["id"], truth, normalised(trained.outputs["shares"]), fractions
    )
    extra: dict[str, Any] = {
        "n_train": len(parts.training),
        "n_validation": len(parts.validation),
        "best_epoch": fitted.best_epoch,
        "remark": remark(
            settings,
            trained.context.key.variant,
            parts.table.variant,
            still_improving=fitted.best_epoch == fitted.epochs,
        ),
    }
    if "attention" in trained.outputs:
        extra["attention"] = attention_summary(
            trained.outputs["attention"],
            parts.test.lengths,
            parts.test_frame["sequence"].str.len().to_numpy(),
            np.array(fractions)[truth.argmax(axis=1)],
            settings,
        )
    return RunResult(
        metrics=scores(predictions),
        predictions=predictions,
        history=fitted.history,
        n_original=len(parts.test_frame),
        n_effective=len(predictions),
        data_variant=parts.table.variant,
        data_sha256=parts.table.sha256,
        n_parameters=count_trainable(trained.model),
        padding_share=fitted.padding_share,
        epochs=fitted.epochs,
        seconds=round(fitted.seconds + trained.seconds, 1),
        extra=extra,
    )


def normalised(shares: np.ndarray) -> np.ndarray:
    """Softmax outputs in float64, each row summing to 1 beyond single precision."""
    values = np.asarray(shares, dtype=np.float64)
    return values / values.sum(axis=1, keepdims=True)
