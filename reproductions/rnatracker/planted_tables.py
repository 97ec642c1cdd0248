"""Planted zipcodes in the report: precision and recall, and whether they are above chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from common.harness.cells import Cell, ResultTable, fixed, number_cell
from common.harness.claims import Measured, widened
from common.harness.groups import choose_group
from common.harness.record import Record
from common.harness.targets import NotAttempted, run_command
from reproductions.rnatracker.kinds import ANSWERED_BY, NAME

KINDS = ("scan", "random mask", "attention")
NUCLEOTIDES = (
    "Of the nucleotides with the highest weight, how many lie in a planted zipcode, and how many "
    "of those that do are among them. The area is that under the ROC curve of all weights, a mean "
    "over {n} simulated transcripts with its 90 % interval. The mask blanks its stretch, or fills "
    "it with random letters."
)
STRETCHES = (
    "Candidates of the masking scan by the divergence that they must reach. One is right where it "
    "overlaps a planted zipcode; {n} simulated transcripts with planted zipcodes, {without} "
    "without. Covered: share of the nucleotides within a candidate. By chance: stretches of the "
    "same lengths at random places of the same transcripts. Elsewhere: candidates on transcripts "
    "without a zipcode."
)
SCORES = ("precision", "chance_precision", "recall", "chance_recall", "covered")
COUNTS = ("found", "elsewhere", "planted")
HEADS = (
    *("Precision", "By chance", "Recall", "Recall by chance", "Covered"),
    *("Candidates", "Elsewhere", "Planted"),
)


def planted_tables(records: Sequence[Record]) -> list[ResultTable]:
    """Tables of the first seed of the run on simulated transcripts; none without it."""
    group = choose_group(records, "planted", ANSWERED_BY)
    if group is None:
        return []
    planted = group.records[0].content["extra"]["planted"]
    known = {"n": planted["transcripts"], "without": planted.get("without", 0)}
    run, of_run = [group.name], [group.data, group.profile]
    weights = [row for name in KINDS if name in planted for row in _weights(name, planted[name])]
    zipcodes = [
        [
            f"{row['cutoff']:g} nats",
            *(_score(row.get(name)) for name in SCORES),
            *(_count(row.get(name)) for name in COUNTS),
            *of_run,
        ]
        for row in planted["zipcodes"]
    ]
    return [
        ResultTable(
            "planted-nucleotides",
            "Planted zipcodes: nucleotides",
            NUCLEOTIDES.format(**known),
            ["Weights", "Area", "Highest", "Precision", "Recall", "Chance", "Data", "Profile"],
            [[*row, *of_run] for row in weights],
            [run] * len(weights),
        ),
        ResultTable(
            "planted-stretches",
            "Planted zipcodes: candidates of the scan",
            STRETCHES.format(**known),
            ["Cutoff", *HEADS, "Data", "Profile"],
            zipcodes,
            [run] * len(zipcodes),
        ),
    ]


def found_above_chance(kind: str) -> Callable[[Sequence[Record]], Measured | NotAttempted]:
    """Claim that one of `KINDS` finds planted zipcodes: its area under the ROC curve less .5.

    The interval is the record's own, over transcripts, and that of the seeds on top of it.
    """

    def measure(records: Sequence[Record]) -> Measured | NotAttempted:
        group = choose_group(records, "planted", ANSWERED_BY)
        command = run_command(NAME, "planted", ANSWERED_BY[0])
        if group is None:
            return NotAttempted("no finished run", command)
        planted = [record.content["extra"]["planted"] for record in group.records]
        if any(kind not in one for one in planted):
            return NotAttempted(f"the run has no {kind}", f"{command} --again")
        value, low, high = (
            np.array([one[kind][name] for one in planted]) for name in ("auc", "low", "high")
        )
        ends = widened(value.mean(), low.mean(), high.mean(), [value])
        detail = (
            f"area {value.mean():.3f}, a mean over {planted[0]['transcripts']} simulated "
            "transcripts; .5 is chance"
        )
        ends = ends[0] - 0.5, ends[1] - 0.5
        return Measured(value.mean() - 0.5, *ends, len(planted), (group,), detail)

    return measure


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


def _count(value: int | None) -> Cell:
    return Cell("") if value is None else Cell(f"{value:,}", value)
