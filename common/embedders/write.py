"""FASTA to a file of embeddings: in batches of similar length, resumable, with an estimate first.

Proteins are taken in the order of their length, the longest first, in parts of some thousand
residues. Each part is a file of its own that is written whole or not at all; at the end they are
joined. A command that was stopped finds its parts again, if language model, weights, sequences and
precision are the same.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.batching import plan_batches
from common.embedders.models import Embedder
from common.errors import DataError, UsageError
from common.features.per_residue import PerResidueStore, write_store
from common.training.progress import readable

BATCH, BATCH_RESIDUES, PART_RESIDUES = 128, 32_768, 200_000


@dataclass(frozen=True)
class Protein:
    """What is embedded: an id and a clean sequence."""

    id: str
    sequence: str


@dataclass(frozen=True)
class Estimate:
    """What embedding a set of proteins will take.

    Parameters
    ----------
    proteins, residues, longest : int
    disk : int
        Bytes of the finished file; while it is joined there is room needed for two.
    memory : int
        Bytes of the largest batch.
    """

    proteins: int
    residues: int
    longest: int
    disk: int
    memory: int

    def __str__(self) -> str:
        return (
            f"{self.proteins:,} proteins, {self.residues:,} residues, longest {self.longest:,}; "
            f"about {self.memory / 1e9:.2f} GB of memory beside the model, "
            f"{self.disk / 1e9:.2f} GB on disk (twice that while it is joined)"
        )


def write_embeddings(
    embedder: Embedder,
    proteins: Sequence[Protein],
    path: Path,
    *,
    dtype: str = "float16",
    per_protein: bool = False,
    most_memory: int | None = None,
    batch_residues: int = BATCH_RESIDUES,
    stream: Any = None,
) -> Path:
    """Embed proteins and write a file in the flat layout of `PerResidueStore`.

    Parameters
    ----------
    embedder : Embedder
    proteins : sequence of Protein
    path : Path
        The finished file. Parts lie in ``<path>.parts`` until then.
    dtype : {"float16", "float32"}
    per_protein : bool
        Write the mean over the residues alone, one row a protein.
    most_memory : int, optional
        Bytes that a batch may take; more is refused before anything is computed.
    batch_residues : int
        Residues of a batch, padding included; a longer protein has a batch of its own.
    stream : file, optional
        Where the estimate and the progress are printed.

    Returns
    -------
    Path
        The file; an existing one of the same proteins, model and precision is kept.

    Raises
    ------
    DataError
        An id comes twice, or the file there was made of something else.
    UsageError
        A batch would take more than `most_memory`.
    """
    kept = f"{dtype}, mean over the residues" if per_protein else dtype
    key = _key(embedder, proteins, kept)
    if path.exists():
        if PerResidueStore(path).provenance.get("key") == key:
            return path
        fault = "made of other sequences, weights or precision"
        raise DataError(str(path), fault, "Name another file, or delete this one")
    plan = _plan(proteins, batch_residues)
    expected = estimate(
        embedder, proteins, dtype, per_protein=per_protein, batch_residues=batch_residues
    )
    if stream is not None:
        print(f"{embedder.model.name}: {expected}", file=stream)
    if most_memory is not None and expected.memory > most_memory:
        raise UsageError(
            embedder.model.name,
            f"a batch takes about {expected.memory / 1e9:.1f} GB, more than the "
            f"{most_memory / 1e9:.1f} GB that are free (longest protein {expected.longest:,})",
            "Leave the longest proteins out, give a smaller --batch-residues, or more memory",
        )
    folder = path.with_name(f"{path.name}.parts")
    about = _provenance(embedder, kept, key)
    task = _Task(embedder, proteins, about, dtype, per_protein)
    parts = _write_parts(task, plan, folder / f"{key[:16]}-{PART_RESIDUES}", stream)
    write_store(path, _joined(parts), about, dtype)
    shutil.rmtree(folder)
    return path


def estimate(
    embedder: Embedder,
    proteins: Sequence[Protein],
    dtype: str = "float16",
    *,
    per_protein: bool = False,
    batch_residues: int = BATCH_RESIDUES,
) -> Estimate:
    """What `write_embeddings` will take, without computing anything."""
    lengths = np.array([len(protein.sequence) for protein in proteins])
    batches = [batch for part in _plan(proteins, batch_residues) for batch in part]
    memory = max(embedder.memory(len(batch), int(lengths[batch].max())) for batch in batches)
    residues, size = int(lengths.sum()), np.dtype(dtype).itemsize
    disk = (len(proteins) if per_protein else residues) * embedder.model.width * size
    return Estimate(len(proteins), residues, int(lengths.max()), disk, memory)


@dataclass(frozen=True)
class _Task:
    """What every part is made from."""

    embedder: Embedder
    proteins: Sequence[Protein]
    about: dict[str, Any]
    dtype: str
    per_protein: bool


def _plan(proteins: Sequence[Protein], batch_residues: int) -> list[list[np.ndarray]]:
    """Batches of each part of about `PART_RESIDUES`, the longest proteins first.

    Which proteins are a part does not depend on the batches, so that a command that goes on with
    smaller ones takes the parts that there are.
    """
    lengths = np.array([len(protein.sequence) for protein in proteins])
    longest_first = np.argsort(-lengths, kind="stable")
    part_of = np.maximum(np.cumsum(lengths[longest_first]) - 1, 0) // PART_RESIDUES
    parts = [longest_first[part_of == number] for number in np.unique(part_of)]
    return [
        [
            part[batch]
            for batch in reversed(plan_batches(lengths[part], BATCH, max_positions=batch_residues))
        ]
        for part in parts
    ]


def _write_parts(
    task: _Task, plan: list[list[np.ndarray]], folder: Path, stream: Any
) -> list[Path]:
    """Write every part that is not there yet."""
    paths = [folder / f"{number:05d}.h5" for number in range(len(plan))]
    sizes = [sum(len(task.proteins[i].sequence) for b in part for i in b) for part in plan]
    todo = [number for number, path in enumerate(paths) if not path.exists()]
    if stream is not None and len(todo) < len(paths):
        print(f"going on: {len(paths) - len(todo)} of {len(paths)} parts are there", file=stream)
    left, done, started = sum(sizes[number] for number in todo), 0, time.monotonic()
    for number in todo:
        write_store(paths[number], _embedded(task, plan[number]), task.about, task.dtype)
        done += sizes[number]
        if stream is not None:
            spent = time.monotonic() - started
            rest = readable(spent * (left - done) / done)
            print(
                f"part {number + 1}/{len(paths)}: {done:,} of {left:,} residues, "
                f"{done / spent:,.0f} a second, {rest} left",
                file=stream,
                flush=True,
            )
    return paths


def _embedded(task: _Task, part: list[np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    for batch in part:
        chosen = [task.proteins[index] for index in batch]
        found = task.embedder.embed([protein.sequence for protein in chosen])
        for protein, values in zip(chosen, found, strict=True):
            if len(values) != len(protein.sequence):
                fault = f"{len(values)} rows for {len(protein.sequence)} residues"
                raise DataError(protein.id, fault, "The language model's files do not fit together")
            mean = values.mean(axis=0, keepdims=True, dtype=np.float64)
            yield protein.id, mean if task.per_protein else values


def _joined(parts: Sequence[Path]) -> Iterator[tuple[str, np.ndarray]]:
    for path in parts:
        store = PerResidueStore(path)
        for identifier in store.ids:
            yield identifier, store.read(identifier)


def _key(embedder: Embedder, proteins: Sequence[Protein], dtype: str) -> str:
    """What the embeddings depend on."""
    ids = [protein.id for protein in proteins]
    if len(set(ids)) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise DataError(twice, "the id comes twice", "Give every protein an id of its own")
    if not ids:
        raise DataError("embeddings", "no protein to embed", "Give at least one")
    content = [embedder.model.name, embedder.revision, dtype]
    content += [f"{protein.id}\t{protein.sequence}" for protein in proteins]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()


def _provenance(embedder: Embedder, dtype: str, key: str) -> dict[str, Any]:
    model = embedder.model
    return {
        "language_model": model.name,
        "source": model.source,
        "revision": embedder.revision,
        "layer": model.layer,
        "side": model.side,
        "width": model.width,
        "dtype": dtype,
        "key": key,
    }
