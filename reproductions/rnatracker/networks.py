"""Trained networks, loaded from what a run left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import DataError
from common.harness.experiment import Context, weights_path
from common.harness.record import Record, read_records
from common.harness.scores import label_columns

if TYPE_CHECKING:
    import keras

    from reproductions.rnatracker.data import Table


def first_record(context: Context, experiment: str) -> Record:
    """Record of the first seed and fold of another experiment of this profile and variant.

    Raises
    ------
    DataError
        There is none, or its weights are missing.
    """
    key = context.key
    found = [
        record
        for record in read_records(context.results, key.profile, key.paper, experiment, key.variant)
        if record.key.fold == 0 and weights_path(record.key, context.results).exists()
    ]
    if not found:
        command = f"reproduce run {key.paper}/{experiment} --profile {key.profile}"
        raise DataError(
            f"{key.paper}/{experiment}",
            "no finished first fold with weights",
            f"Run it first: {command} --variant {key.variant}",
        )
    return found[0]


def load_network(record: Record, results: Path) -> keras.Model:
    """The network that a run trained.

    Raises
    ------
    DataError
        The weights are missing.
    """
    return network_of(record.settings, n_fractions(record), weights_path(record.key, results))


def network_of(settings: Mapping[str, Any], fractions: int, weights: Path) -> keras.Model:
    """A network of these settings with weights from a file."""
    from common.backend import load_backend

    load_backend()
    import keras

    from common.training.checkpoint import load_weights
    from reproductions.rnatracker.model import build

    keras.config.set_dtype_policy("float32")
    model = build(settings, fractions)
    load_weights(weights, model)
    return model


def n_fractions(record: Record) -> int:
    """Fractions of a record's predictions."""
    return len(label_columns(record.predictions))


def table_of(record: Record) -> Table:
    """The transcripts that a run saw."""
    from reproductions.rnatracker.training import load_settings_table

    return load_settings_table(record.settings, simulate=record.data_variant == "simulated")


def members(context: Context, needs: tuple[str, ...]) -> list[Record]:
    """Every record that an experiment reads, in the order of its needs."""
    key = context.key
    return [
        record
        for name in needs
        for record in read_records(context.results, key.profile, key.paper, name, key.variant)
    ]
