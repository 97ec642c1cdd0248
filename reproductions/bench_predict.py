"""Speed of prediction: sequences a second, the wait before the first answer, memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.data.alphabet import STANDARD
from common.harness.bench import Measurement, timed
from common.paths import code_root

if TYPE_CHECKING:
    from common.predict.predictor import Predictor

SEQUENCES, SIZES = 2768, (10_000, 100_000)
"""Light Attention's setDeepLoc has so many test proteins; records of the memory test's files."""

HELP_SECONDS, FIRST_SECONDS, MOST_GROWTH = 0.5, 10.0, 1.2
TURNS = 3
LENGTHS = {"protein": (30, 60), "RNA": (100, 200)}


def measure(
    models: Sequence[str] = (), sequences: int = SEQUENCES, sizes: Sequence[int] = SIZES
) -> list[Measurement]:
    """Every figure of every model.

    Parameters
    ----------
    models : sequence of str
        Names or paths of cards; by default all that are released.
    sequences : int
        Real ones that are predicted: the test proteins of setDeepLoc, or CeFra-Seq's transcripts.
    sizes : sequence of int
        Records of the files of which the memory is measured, the smallest first.
    """
    from common.backend import load_backend
    from reproductions.models import load_model, released

    chosen = models or [model.name for _, model, path in released() if path.exists()]
    found = [_start()]
    if not chosen:
        note = "no model is released: `reproduce predict --list`"
        found.append(Measurement("prediction", float("nan"), "", note=note))
    load_backend()
    for name in chosen:
        predictor = load_model(name)
        found += [
            first_prediction(name, predictor.card.alphabet),
            throughput(predictor, sequences),
            *memory(name, predictor.card.alphabet, sizes),
        ]
    return found


def _start() -> Measurement:
    """Seconds until the help stands on the screen, the median of three."""
    seconds = statistics.median(timed(lambda: _reproduce("--help")) for _ in range(TURNS))
    goal = f"at most {HELP_SECONDS}"
    return Measurement("reproduce --help", seconds, "s", goal, seconds <= HELP_SECONDS)


def first_prediction(name: str, kind: str) -> Measurement:
    """Seconds from the command to the table of one sequence."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "one.fasta"
        source.write_text("".join(synthetic(1, kind)))
        seconds = timed(lambda: _reproduce("predict", str(source), "--model", name))
    goal = f"at most {FIRST_SECONDS:.0f}"
    return Measurement(
        f"{Path(name).stem}: first prediction", seconds, "s", goal, seconds <= FIRST_SECONDS
    )


def throughput(predictor: Predictor, sequences: int) -> Measurement:
    """Sequences a second, once the network was traced on a few."""
    from common.predict.stream import WINDOW

    texts, origin = real_sequences(predictor.card.alphabet, sequences)
    least = predictor.network.least
    clean = [predictor.clean("a real sequence", text) for text in texts if len(text) >= least]
    ids = [f"S{number}" for number in range(len(clean))]

    def predict() -> None:
        for start in range(0, len(ids), WINDOW):
            predictor.answer(ids[start : start + WINDOW], clean[start : start + WINDOW])

    predictor.answer(ids[:2], clean[:2])
    rate = len(clean) / timed(predict)
    unit = "proteins/s" if predictor.card.alphabet == "protein" else "transcripts/s"
    letters = np.mean([len(text) for text in clean])
    note = f"{len(clean):,} of {origin}, {letters:,.0f} letters on average"
    return Measurement(f"{predictor.card.model}: prediction", rate, unit, note=note)


def real_sequences(kind: str, most: int) -> tuple[list[str], str]:
    """The test proteins of setDeepLoc or CeFra-Seq's transcripts, and what they are."""
    if kind == "protein":
        from reproductions.light_attention.data import load_table as load_proteins

        table = load_proteins("light-attention", n=most, simulate=True)
        frame = table.frame[table.frame["split"] == "test"]
        return frame["sequence"].tolist()[:most], f"setDeepLoc's test proteins ({table.variant})"
    from reproductions.rnatracker.data import load_table as load_transcripts

    transcripts = load_transcripts("cefra", n=most, simulate=True)
    known = transcripts.frame["sequence"].tolist()[:most]
    return known, f"CeFra-Seq's transcripts ({transcripts.variant})"


def memory(name: str, kind: str, sizes: Sequence[int]) -> list[Measurement]:
    """Peak memory of processes that predict files of short synthetic sequences."""
    found, peaks = [], []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "many.fasta"
            with source.open("w") as stream:
                stream.writelines(synthetic(size, kind))
            code = (
                "from reproductions.bench_predict import peak_of\n"
                f"print(peak_of({name!r}, {str(source)!r}))"
            )
            done = _python("-c", code)
        peaks.append(int(done.stdout.split()[-1]) / 1e9)
        found.append(Measurement(f"{Path(name).stem}: memory, {size:,} sequences", peaks[-1], "GB"))
    if len(peaks) > 1:
        growth, goal = peaks[-1] / peaks[0], f"at most {MOST_GROWTH}"
        what = f"{Path(name).stem}: memory, {sizes[-1]:,} beside {sizes[0]:,}"
        found.append(Measurement(what, growth, "times", goal, growth <= MOST_GROWTH))
    return found


def peak_of(name: str, source: str) -> int:
    """Predict a file to a table beside it; returns the peak memory of this process in bytes."""
    from common.harness.provenance import peak_memory_bytes
    from common.predict.stream import predict_file
    from reproductions.models import load_model

    predict_file(load_model(name), Path(source), Path(source).with_suffix(".tsv"))
    return peak_memory_bytes()


def synthetic(n: int, kind: str, seed: int = 0) -> Iterator[str]:
    """Records of random letters, as FASTA."""
    rng = np.random.default_rng(seed)
    letters = np.array(list(STANDARD[kind]))
    for number in range(n):
        text = "".join(rng.choice(letters, rng.integers(*LENGTHS[kind])))
        yield f">S{number}\n{text}\n"


def _reproduce(*arguments: str) -> subprocess.CompletedProcess:
    return _python("-m", "reproductions.cli", *arguments)


def _python(*arguments: str) -> subprocess.CompletedProcess:
    """Run this Python where the suite is; a failure is raised with what it said."""
    environment = os.environ | {"PYTHONPATH": str(code_root())}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    return done
