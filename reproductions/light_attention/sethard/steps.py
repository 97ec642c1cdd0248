"""From UniProt to a test set: filter, map, leave out what is like DeepLoc, cluster."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from common.data.fasta import Record, write_fasta
from common.data.uniprot import Entry, read_uniprot
from common.errors import DataError
from common.features.neighbours import best_hits, representatives
from reproductions.light_attention.data import AMINO_ACIDS, LOCATIONS

SHORTEST = 41
"""Only proteins longer than 40 residues."""

IDENTITY = 0.2
MAPPING_FILE = Path(__file__).with_name("locations.csv")


@dataclass
class Counts:
    """How many proteins each step leaves, and which locations the table does not know."""

    steps: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [f"{count:>8,}  {step}" for step, count in self.steps.items()]
        if self.unknown:
            names = ", ".join(f"{name} ({n})" for name, n in sorted(self.unknown.items()))
            lines.append(f"locations that are not in {MAPPING_FILE.name}: {names}")
        return "\n".join(lines)


def build(
    uniprot: Path,
    deeploc: Sequence[tuple[str, str]],
    out: Path,
    *,
    identity: float = IDENTITY,
    threads: int = 2,
) -> Counts:
    """Make a test set that is unlike DeepLoc and unlike itself.

    Parameters
    ----------
    uniprot : Path
        UniProtKB entries in XML.
    deeploc : sequence of (id, sequence)
        Training and test proteins of DeepLoc.
    out : Path
        FASTA with headers like those of setHARD: ``ACCESSION Location-U new_test_set``.
    identity : float
        Most identity to a protein of DeepLoc, and at which the rest is clustered.
    threads : int

    Returns
    -------
    Counts

    Raises
    ------
    DataError
        The XML cannot be read, or a step leaves nothing.
    UsageError
        MMseqs2 is not installed.
    """
    counts = Counts()
    chosen: dict[str, tuple[str, str]] = {}
    mapping = read_mapping()
    entries = 0
    for entry in read_uniprot(uniprot):
        entries += 1
        location = single_location(entry, mapping, counts.unknown) if eligible(entry) else None
        if location is not None:
            sequence = AMINO_ACIDS.clean(entry.accession, entry.sequence)
            chosen[entry.accession] = (sequence, location)
    counts.steps["entries"] = entries
    counts.steps["with one location, shown by experiment"] = len(chosen)
    proteins = [(name, sequence) for name, (sequence, _) in _some(chosen, uniprot).items()]
    like = set(best_hits(proteins, deeploc, least_identity=identity, threads=threads)["query"])
    proteins = [protein for protein in proteins if protein[0] not in like]
    counts.steps[f"without those of {identity:.0%} identity or more to DeepLoc"] = len(proteins)
    if not proteins:
        raise DataError(str(uniprot), "every protein is like one of DeepLoc", "Give more entries")
    kept = representatives(proteins, identity, threads)
    counts.steps[f"representatives at {identity:.0%} identity"] = len(kept)
    write_fasta(
        (Record(name, f"{chosen[name][1]}-U new_test_set", chosen[name][0]) for name in kept), out
    )
    return counts


def eligible(entry: Entry) -> bool:
    """Reviewed, of a eukaryote, longer than 40 residues, and whole."""
    return (
        entry.reviewed
        and "Eukaryota" in entry.lineage
        and not entry.fragment
        and len(entry.sequence) >= SHORTEST
    )


def single_location(
    entry: Entry, mapping: dict[str, str], unknown: dict[str, int] | None = None
) -> str | None:
    """The one of the ten locations that experiments show; None for none or several.

    Parameters
    ----------
    entry : Entry
    mapping : dict
        From `read_mapping`.
    unknown : dict, optional
        Counts, by name, locations that the mapping does not have.

    Notes
    -----
    UniProt refines a place behind a comma (``Cytoplasm, cytoskeleton``): what stands before it
    is looked up. Places that the table leaves empty belong to none of the ten.
    """
    found = set()
    for location in entry.locations:
        if not location.experimental:
            continue
        name = location.name.split(",")[0].strip()
        if name not in mapping:
            if unknown is not None:
                unknown[name] = unknown.get(name, 0) + 1
        elif mapping[name]:
            found.add(mapping[name])
    return found.pop() if len(found) == 1 else None


def read_mapping(path: Path = MAPPING_FILE) -> dict[str, str]:
    """UniProt's names of places to the ten locations, "" for none of them.

    Raises
    ------
    DataError
        Another location than the ten, or a name twice.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows: Iterable[dict[str, str]] = list(csv.DictReader(lines))
    mapping: dict[str, str] = {}
    for row in rows:
        name, location = row["uniprot"], row["location"]
        if name in mapping or location not in (*LOCATIONS, ""):
            fault = f"{name}: twice, or {location!r} is none of the ten"
            raise DataError(str(path), fault, "Mend the table")
        mapping[name] = location
    return mapping


def _some(chosen: dict[str, tuple[str, str]], uniprot: Path) -> dict[str, tuple[str, str]]:
    """The proteins, or an error where there are none."""
    if not chosen:
        fault = "no eukaryotic, whole, reviewed protein with one location shown by experiment"
        raise DataError(str(uniprot), fault, "Download entries of this kind (appendix E.1)")
    return chosen
