"""Precision and recall of planted zipcodes, as the report shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from common.harness.cells import Cell, ResultTable, fixed, number_cell
from common.harness.groups import choose_group
from common.harness.record import Record

NUCLEOTIDES = (
    "Of the nucleotides with the highest weight, how many lie in a planted zipcode, and how many "
    "of those that do are among them. The area is that under the ROC curve of all weights, a mean "
    "over {n} simulated transcripts with its 90 % interval."
)
STRETCHES = (
    "Candidates of the masking scan by the divergence that they must reach. One is right where it "
    "overlaps a planted zipcode; {n} simulated transcripts."
)


def planted_tables(records: Sequence[Record]) -> list[ResultTable]:
    """Tables of the first seed of the run on simulated transcripts; none without it."""
    group = choose_group(records, "planted", "code")
    if group is None:
        return []
    planted = group.records[0].content["extra"]["planted"]
    n, run = planted["transcripts"], [group.name]
    weights = [row for name in ("scan", "attention") for row in _weights(name, planted[name])]
    zipcodes = [
        [
            f"{row['cutoff']:g} nats",
            *(_score(row[name]) for name in ("precision", "recall")),
            *(Cell(f"{row[name]:,}", row[name]) for name in ("found", "planted")),
            group.profile,
        ]
        for row in planted["zipcodes"]
    ]
    return [
        ResultTable(
            "planted-nucleotides",
            "Planted zipcodes: nucleotides",
            NUCLEOTIDES.format(n=n),
            ["Weights", "Area", "Highest", "Precision", "Recall", "Chance", "Profile"],
            [[*row, group.profile] for row in weights],
            [run] * len(weights),
        ),
        ResultTable(
            "planted-stretches",
            "Planted zipcodes: candidates of the scan",
            STRETCHES.format(n=n),
            ["Cutoff", "Precision", "Recall", "Candidates", "Planted", "Profile"],
            zipcodes,
            [run] * len(zipcodes),
        ),
    ]


def _weights(name: str, found: Mapping[str, Any]) -> list[list[str | Cell]]:
    low, high = fixed(found["low"], 3), fixed(found["high"], 3)
    area = Cell(f"{fixed(found['auc'], 3)} ({low} … {high})", found["auc"])
    return [
        [
            name,
            area,
            Cell(f"{row['share']:.0%}", row["share"]),
            *(_score(row[one]) for one in ("precision", "recall", "chance")),
        ]
        for row in found["top"]
    ]


def _score(value: float | None) -> Cell:
    """Empty where nothing was found."""
    return Cell("") if value is None else number_cell(value, 3)
