"""How far the choice of genes explains a number: all genes' predominance, and parts of the set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from common.data.fetch import SIMULATED, locate
from common.harness.cells import Cell, ResultTable, fixed, number_cell, signed
from common.harness.groups import RunGroup
from common.harness.reported import read_reported
from common.harness.scores import TRUTH, label_columns
from common.metrics.distribution import pearson
from reproductions.rnatracker import cefra
from reproductions.rnatracker.missing_genes import predominance, weighing
from reproductions.rnatracker.pooled import pool
from reproductions.rnatracker.targets import COMPARTMENTS, TABLE_1


def missing_genes_table(groups: Sequence[RunGroup]) -> ResultTable:
    """How much of a difference the genes without a sequence explain; no rows for other data."""
    printed = {
        (TABLE_1[one.row], COMPARTMENTS[one.column.split()[1]]): one.value
        for one in read_reported(Path(__file__).with_name("reported.csv"))
        if one.source == "Table 1" and one.column.startswith("CeFra-Seq")
    }
    rows, runs = [], []
    for group in groups:
        key = group.records[0].key
        weighed = weighing(pool(group.records), predominance(group.records[0]))
        for fraction, found in weighed.iterrows():
            told = printed.get((key.experiment, str(fraction)))
            if told is None:
                continue
            here, change = float(found["here"]), float(found["change"])
            ends = [told - found["high"], told - found["low"]]
            expected = f"{fixed(told - change, 3)} ({' … '.join(fixed(one, 3) for one in ends)})"
            rows.append(
                [
                    *(key.experiment, key.variant, str(fraction)),
                    *(number_cell(one, 3) for one in (told, here, float(found["weighted"]))),
                    *(number_cell(one, 3, signed) for one in (here - told, change)),
                    Cell(expected, told - change),
                    *(group.data, group.profile),
                ]
            )
            runs.append([group.name])
    columns = ["Network", "Variant", "Fraction", "Printed", "Here", "As for all genes"]
    changes = ["Difference", "Change by the weights", "Printed, expected on these genes"]
    return ResultTable(
        "missing-genes",
        "What the missing genes explain",
        "The sequences here are a biased 61 % of the genes. As for all genes: r of these with each "
        "transcript weighted so that the fractions predominate as often as among all 11,373. "
        "Printed, expected on these genes: the printed r less that change, with a 90 % interval "
        "over transcripts (paired). What stands between it and the r here is not explained by "
        "which fraction predominates: the model, or what the weights cannot know.",
        [*columns, *changes, "Data", "Profile"],
        rows,
        runs,
    )


def parts_table(groups: Sequence[RunGroup]) -> ResultTable:
    """Pearson's r by certainty of the isoform, from the predictions that there are.

    No rows for data sets other than the part of CeFra-Seq, nor where its index is not here.
    """
    parts = _parts() if any(predominance(group.records[0]) for group in groups) else {}
    rows, runs = [], []
    fractions: list[str] = []
    for group in groups:
        if not parts or not predominance(group.records[0]):
            continue
        table, key = pool(group.records), group.records[0].key
        fractions = label_columns(table)
        for name, ids in parts.items():
            own = table[table["id"].isin(ids)]
            values = [number_cell(_r(own, fraction), 3) for fraction in fractions]
            count = Cell(f"{len(own):,}", len(own))
            about = [key.experiment, key.variant, name]
            rows.append([*about, count, *values, group.data, group.profile])
            runs.append([group.name])
    return ResultTable(
        "parts",
        "Pearson's r by certainty of the isoform",
        "The same predictions on parts of the set. Tier A: the very longest protein-coding "
        "isoform; B: Ensembl or GENCODE, the isoform may be another; C: RefSeq and others. Strict: "
        "the coding sequence starts where the canonical protein does.",
        ["Network", "Variant", "Transcripts", "Number", *fractions, "Data", "Profile"],
        rows,
        runs,
    )


def _parts() -> dict[str, set[str]]:
    """Ids by part of the set; empty where its index is not here."""
    found = locate("cefra-sequences", simulate=True)
    if found.origin == SIMULATED:
        return {}
    index = cefra.read_index(found)
    parts = {f"tier {str(tier)[:1]}": own for tier, own in index.groupby("tier")}
    parts["strict"], parts["not strict"] = index[index["strict"]], index[~index["strict"]]
    return {name: set(own["id"]) for name, own in {"all": index, **parts}.items()}


def _r(table: pd.DataFrame, fraction: str) -> float:
    """NaN where there are too few transcripts."""
    few = len(table) < 2
    return float("nan") if few else pearson(table[TRUTH + fraction], table[fraction])
