"""UniProtKB in XML: entries with their locations and the evidence for each.

Biopython's reader of this format drops the evidence of a location, which is what decides here.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from common.errors import DataError

EXPERIMENT = "ECO:0000269"
"""Evidence code of what an experiment in a publication has shown."""


@dataclass(frozen=True)
class Location:
    """One place that an entry names.

    Parameters
    ----------
    name : str
        From the place to its parts, such as ``Cytoplasm, Cytoskeleton``: in the XML these are
        elements side by side.
    evidence : frozenset of str
        Evidence codes; empty where there is none.
    """

    name: str
    evidence: frozenset[str]

    @property
    def experimental(self) -> bool:
        """Whether an experiment stands behind it."""
        return EXPERIMENT in self.evidence


@dataclass(frozen=True)
class Entry:
    """What the suite reads of an entry.

    Parameters
    ----------
    accession : str
        The first, if there are several.
    reviewed : bool
        Of Swiss-Prot.
    lineage : tuple of str
        From the superkingdom on.
    fragment : bool
    sequence : str
    locations : tuple of Location
    """

    accession: str
    reviewed: bool
    lineage: tuple[str, ...]
    fragment: bool
    sequence: str
    locations: tuple[Location, ...]


def read_uniprot(path: Path) -> Iterator[Entry]:
    """Read the entries of a UniProtKB XML file, one at a time.

    Parameters
    ----------
    path : Path
        Plain or gzip, told apart by content.

    Raises
    ------
    DataError
        The file is missing, truncated, no XML, without entries, or an entry lacks its accession
        or sequence.
    """
    path = Path(path)
    number = 0
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream = gzip.GzipFile(fileobj=raw) if packed else raw
            for _, element in iterparse(stream, events=("end",)):
                if _name(element) == "entry":
                    number += 1
                    yield _entry(element, f"{path}, entry {number}")
                    element.clear()
    except FileNotFoundError as error:
        raise DataError(str(path), "no such file", "Check the path") from error
    except (ParseError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        fault = f"not a whole XML file (after {number} entries: {error})"
        raise DataError(str(path), fault, "Download it again, as XML") from error
    if not number:
        raise DataError(str(path), "no entry in it", "Give a file of UniProtKB entries in XML")


def _name(element: Element) -> str:
    """Tag without its namespace."""
    return element.tag.rpartition("}")[2]


def _children(element: Element, *path: str) -> Iterator[Element]:
    """Descendants by the names of each level."""
    found = [element]
    for name in path:
        found = [child for parent in found for child in parent if _name(child) == name]
    yield from found


def _entry(element: Element, where: str) -> Entry:
    accession = next((child.text for child in _children(element, "accession")), None)
    sequence = next(iter(_children(element, "sequence")), None)
    letters = "".join(((sequence.text or "") if sequence is not None else "").split())
    if not accession or not letters or sequence is None:
        raise DataError(where, "no accession or no sequence", "Download it again, as XML")
    codes = {
        child.get("key", ""): child.get("type", "") for child in _children(element, "evidence")
    }
    return Entry(
        accession=accession,
        reviewed=element.get("dataset") == "Swiss-Prot",
        lineage=tuple(
            taxon.text or "" for taxon in _children(element, "organism", "lineage", "taxon")
        ),
        fragment=sequence.get("fragment") is not None,
        sequence=letters,
        locations=tuple(_locations(element, codes)),
    )


def _locations(element: Element, codes: dict[str, str]) -> Iterator[Location]:
    for comment in _children(element, "comment"):
        if comment.get("type") != "subcellular location":
            continue
        for place in _children(comment, "subcellularLocation"):
            parts = list(_children(place, "location"))
            keys = [key for part in parts for key in part.get("evidence", "").split()]
            evidence = frozenset(codes[key] for key in keys if key in codes)
            names = [(part.text or "").strip() for part in parts]
            yield Location(", ".join(names), evidence)
