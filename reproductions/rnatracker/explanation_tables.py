"""Zipcodes by fraction and cutoff, and what each filter carries alone, as the report shows them."""

from __future__ import annotations

from collections.abc import Sequence

from common.harness.cells import Cell, ResultTable, number_cell
from common.harness.groups import choose_group
from common.harness.record import Record
from common.harness.scores import label_columns
from reproductions.rnatracker.kinds import ANSWERED_BY

COUNTS = ("transcripts", "enhancing", "repressive", "merged_enhancing", "merged_repressive")


def zipcodes_table(records: Sequence[Record]) -> ResultTable:
    """Zipcodes of each predominant fraction at each cutoff; no rows without a run."""
    group = choose_group(records, "zipcodes", ANSWERED_BY)
    found = group.records[0].content["extra"].get("by_fraction", []) if group else []
    rows = [
        [
            f"{row['cutoff']:g} nats",
            row["fraction"],
            *(Cell(f"{row[name]:,}", row[name]) for name in COUNTS),
            *((group.data, group.profile) if group else ()),
        ]
        for row in found
    ]
    heads = [name.replace("_", " ").capitalize() for name in COUNTS]
    return ResultTable(
        "zipcodes-by-fraction",
        "Zipcodes by fraction and cutoff",
        "Candidate zipcodes of strongly localised transcripts by their predominant fraction, whose "
        "share masking lowers (enhancing) or raises (repressive). Counted as in the paper, without "
        "overlap; merged: overlapping or touching masks of one effect are one.",
        ["Cutoff", "Fraction", *heads, "Data", "Profile"],
        rows,
        [[group.name] if group else []] * len(rows),
    )


def filters_table(records: Sequence[Record]) -> ResultTable:
    """What each filter carries alone, and the motif that it is like; no rows without a run."""
    group = choose_group(records, "filters", ANSWERED_BY)
    if group is None:
        return ResultTable("filters-alone", "", "", [], [], [])
    record = group.records[0]
    extra, fractions = record.content["extra"], label_columns(record.predictions)
    matches = {int(match["filter"]): match for match in extra["matches"]}
    rows = []
    for number, alone in enumerate(extra["isolated"]):
        match = matches.get(number, {})
        sites = extra["sites"].get(str(number), 0)
        rows.append(
            [
                f"filter {number + 1}",
                *(Cell("") if value is None else number_cell(value, 3) for value in alone),
                Cell(f"{sites:,}", sites),
                str(match.get("motif", "")),
                number_cell(match["q_value"], 3) if "q_value" in match else Cell(""),
                *(group.data, group.profile),
            ]
        )
    return ResultTable(
        "filters-alone",
        "What each filter carries alone",
        "Pearson's r, by fraction, of the prediction with all filters of the first convolution but "
        "one silenced with that of the whole network, over strongly localised transcripts; empty "
        "where a filter alone predicts the same for all. Beside it the best match among the known "
        "motifs.",
        ["Filter", *fractions, "Sites", "Best match", "q", "Data", "Profile"],
        rows,
        [[group.name]] * len(rows),
    )
