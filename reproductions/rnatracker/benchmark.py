"""Speed of training and scanning on CeFra-Seq: about five minutes on two cores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from common.backend import load_backend
from common.batching import make_dataset, padding_share, plan_batches
from common.harness.bench import Measurement, timed
from common.harness.record import Record, read_records
from common.interpret.masking import mask_windows, masked_copies
from common.paths import results_folder
from common.sources import Examples
from reproductions.rnatracker.experiments import PAPER
from reproductions.rnatracker.inputs import base_tokens
from reproductions.rnatracker.scanning import Scanner

if TYPE_CHECKING:
    import keras

LEAST_GAIN = LEAST_SCAN_GAIN = 10
MOST_SCAN_SECONDS = 15
SAMPLED, ALONE, MASKED_ALONE = 640, 64, 200
SCANNED_LENGTH = 3500
PAPER_TIMES = {"full-length": "7 days", "no-lstm": "2 days", "fixed-length": "8 hours"}


def measure() -> list[Measurement]:
    """Batches against one at a time, the scan, and the time of ten folds beside the paper's.

    All in one run, on the released depth with the settings of the full profile. Before each
    figure the same work is done once on a little data, so that no tracing is timed.
    """
    load_backend()
    import keras

    from reproductions.rnatracker.model import build
    from reproductions.rnatracker.training import load_parts

    settings = PAPER.settings.resolve("code", "full", "full-length")
    parts = load_parts(settings, 0)
    keras.utils.set_random_seed(1)
    model = build(settings, len(parts.table.fractions))
    return [
        *_training(model, parts.training, settings),
        *_scanning(model, parts.table.frame["sequence"].tolist(), settings),
        *_all_folds(),
    ]


def _training(
    model: keras.Model, training: Examples, settings: dict[str, Any]
) -> list[Measurement]:
    """Transcripts a second: random ones in batches, and the first of them one at a time.

    Batches need many transcripts to be of like lengths, and one at a time takes long: the gain is
    that in nucleotides a second, which few and many transcripts can be compared by.
    """
    generator = np.random.default_rng(0)
    chosen = generator.permutation(len(training))[:SAMPLED]
    lengths = training.lengths[chosen]
    batched = plan_batches(
        lengths,
        settings["whole_batch_size"],
        max_positions=settings["max_positions"],
        generator=generator,
        jitter=settings["length_jitter"],
    )
    batches = list(make_dataset(training, [chosen[rows] for rows in batched]))
    single = list(make_dataset(training, [chosen[row : row + 1] for row in range(ALONE)]))
    for data in (batches, single):
        _train(model, data[:2])
    together = timed(lambda: _train(model, batches))
    alone = timed(lambda: _train(model, single))
    read = int(lengths.sum()), int(lengths[:ALONE].sum())
    plan = plan_batches(
        training.lengths,
        settings["whole_batch_size"],
        max_positions=settings["max_positions"],
        generator=generator,
        jitter=settings["length_jitter"],
    )
    share, gain = padding_share(training.lengths, plan), (read[0] / together) / (read[1] / alone)
    notes = [
        f"{count} transcripts of {total / count:,.0f} nucleotides, {total / seconds:,.0f} a second"
        for count, total, seconds in zip((len(chosen), ALONE), read, (together, alone), strict=True)
    ]
    return [
        Measurement("padding of all positions, batch 32", 100 * share, "%"),
        Measurement("training in batches", len(chosen) / together, "transcripts/s", note=notes[0]),
        Measurement("training one at a time", ALONE / alone, "transcripts/s", note=notes[1]),
        Measurement(
            "gain of batches",
            gain,
            "times",
            f"at least {LEAST_GAIN}",
            gain >= LEAST_GAIN,
            note="in nucleotides a second",
        ),
    ]


def _train(model: keras.Model, batches: list[Any]) -> None:
    """One step a batch; the batches are in memory, so that their making is not timed."""
    for inputs, targets in batches:
        model.train_on_batch(inputs, targets)


def _scanning(
    model: keras.Model, sequences: list[str], settings: dict[str, Any]
) -> list[Measurement]:
    """Forward passes a second of a scan at stride 1, against masking and predicting one by one."""
    import tensorflow as tf

    sequence = min(sequences, key=lambda text: abs(len(text) - SCANNED_LENGTH))
    tokens, width = base_tokens(sequence), settings["mask_width"]
    starts, ends = mask_windows(len(tokens), width)

    def predict(rows: np.ndarray) -> np.ndarray:
        inputs = {
            "tokens": tf.RaggedTensor.from_tensor(tf.constant(rows)),
            "length": tf.fill([len(rows)], rows.shape[1]),
        }
        return model.predict_on_batch(inputs)

    def one_by_one(n: int) -> None:
        for place in range(n):
            predict(masked_copies(tokens, starts[place : place + 1], ends[place : place + 1]))

    scanner = Scanner.of(model, settings["pool"])
    one_by_one(2)
    scanner.scan(sequence, width=width, stride=50)
    alone = timed(lambda: one_by_one(MASKED_ALONE)) / MASKED_ALONE
    together = timed(lambda: scanner.scan(sequence, width=width)) / len(starts)
    gain, seconds = alone / together, together * len(starts)
    return [
        Measurement("masking and predicting one by one", 1 / alone, "passes/s"),
        Measurement(
            "scan that recomputes near the mask",
            1 / together,
            "passes/s",
            note=f"{len(starts):,} masks on {len(tokens):,} nucleotides",
        ),
        Measurement(
            "scan of one transcript",
            seconds,
            "s",
            f"at most {MOST_SCAN_SECONDS}",
            seconds <= MOST_SCAN_SECONDS,
        ),
        Measurement(
            "gain of the scan",
            gain,
            "times",
            f"at least {LEAST_SCAN_GAIN}",
            gain >= LEAST_SCAN_GAIN,
        ),
    ]


def _all_folds() -> list[Measurement]:
    """Time that the recorded full runs took for all their folds, ten of most, beside the paper's.

    A row for each seed that has them all.
    """
    rows = []
    folded = [e.name for e in PAPER.experiments if e.folds_of("full") > 1]
    for name in folded:
        for variant in ("code", "paper", "best"):
            records = read_records(results_folder(), "full", PAPER.name, name, variant)
            folds = PAPER.folds_of(name, "full")
            for seed, own in _by_seed(records, folds).items():
                hours = sum(record.content["seconds"] for record in own) / 3600
                devices = {record.content["provenance"]["device"] for record in own}
                told = PAPER_TIMES.get(name)
                note = f"on {', '.join(sorted(devices))}" + (
                    f"; the paper's {told} on a GTX 1080 Ti" if told else ""
                )
                about = f"{folds} folds, {name} ({variant}, seed {seed})"
                rows.append(Measurement(about, hours, "h", note=note))
    return rows


def _by_seed(records: Sequence[Record], folds: int) -> dict[int, list[Record]]:
    """Records of each seed that has so many folds."""
    seeds: dict[int, list[Record]] = {}
    for record in records:
        seeds.setdefault(record.key.seed, []).append(record)
    return {
        seed: own
        for seed, own in sorted(seeds.items())
        if len({record.key.fold for record in own}) >= folds
    }
