"""Tables that the paper does not print: all networks, missing genes, areas, planted zipcodes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common.harness.cells import Cell, ResultTable, number_cell, signed
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from common.harness.reported import read_reported
from reproductions.rnatracker.missing_genes import predominance, reweighted
from reproductions.rnatracker.planted_tables import planted_tables
from reproductions.rnatracker.pooled import pool
from reproductions.rnatracker.targets import COMPARTMENTS, NAME, TABLE_1

NETWORKS = (*TABLE_1.values(), "two-blocks")
SETS = {"": "CeFra-Seq", "apex-": "APEX"}
VARIANTS = ("code", "paper", "best")


def tabulate(results: Path) -> list[ResultTable]:
    """Every table for which there are runs."""
    records = read_records(results, paper=NAME)
    found = [_correlations(records, prefix) for prefix in SETS]
    found += [_missing_genes(records), _areas(records)]
    return [*(table for table in found if table.rows), *planted_tables(records)]


def _groups(records: Sequence[Record], prefix: str) -> list[RunGroup]:
    """Runs of every network and variant on one data set."""
    chosen = [
        choose_group(records, f"{prefix}{name}", variant)
        for name in NETWORKS
        for variant in VARIANTS
    ]
    return [group for group in chosen if group]


def _about(group: RunGroup) -> list[str]:
    key = group.records[0].key
    return [key.experiment, key.variant]


def _correlations(records: Sequence[Record], prefix: str) -> ResultTable:
    """Pearson's r of every network, the variants and depths that Table 1 lacks too."""
    groups = _groups(records, prefix)
    fractions = groups[0].scores()[min(groups[0].seeds)].labels if groups else ()
    rows = []
    for group in groups:
        folds = len(group.records) // len(group.seeds)
        estimates = [group.estimate(f"pearson:{name}") for name in fractions]
        cells = [number_cell(one.value, 3) for one in estimates]
        rows.append([*_about(group), *cells, Cell(str(folds), folds), group.data, group.profile])
    return ResultTable(
        f"correlations-{prefix}all",
        f"Pearson's r of every network, {SETS[prefix]}",
        "All folds pooled. Variant paper is the text, code the released repository; best stops "
        "early.",
        ["Network", "Variant", *fractions, "Folds", "Data", "Profile"],
        rows,
        [[group.name] for group in groups],
    )


def _missing_genes(records: Sequence[Record]) -> ResultTable:
    """How much of a difference the genes without a sequence explain."""
    printed = {
        (TABLE_1[one.row], COMPARTMENTS[one.column.split()[1]]): one.value
        for one in read_reported(Path(__file__).with_name("reported.csv"))
        if one.source == "Table 1" and one.column.startswith("CeFra-Seq")
    }
    rows, runs = [], []
    for group in _groups(records, ""):
        first = group.records[0]
        weighted = reweighted(pool(group.records), predominance(first))
        for fraction, value in weighted.items():
            told = printed.get((first.key.experiment, fraction))
            if told is None:
                continue
            here = group.estimate(f"pearson:{fraction}").value
            numbers = [told, here, value]
            changes = [here - told, value - here]
            rows.append(
                [
                    *_about(group),
                    fraction,
                    *(number_cell(one, 3) for one in numbers),
                    *(number_cell(one, 3, signed) for one in changes),
                    group.profile,
                ]
            )
            runs.append([group.name])
    columns = ["Network", "Variant", "Fraction", "Printed", "Here", "As for all genes"]
    return ResultTable(
        "missing-genes",
        "What the missing genes explain",
        "The sequences here are a biased 61 % of the genes. As for all genes: r of these with each "
        "transcript weighted so that the fractions predominate as often as among all 11,373. Where "
        "the last change is far from making up for the difference, the model or what the weights "
        "cannot know explains it.",
        [*columns, "Difference", "Change by the weights", "Profile"],
        rows,
        runs,
    )


def _areas(records: Sequence[Record]) -> ResultTable:
    """Areas under both curves of every network, as the pooled run has them."""
    group = choose_group(records, "pooled", "code")
    areas = group.records[0].content["extra"]["areas"] if group else {}
    names = list(next(iter(areas.values()), {}))
    rows = [
        [
            network,
            *(
                number_cell(found[name][kind], 3)
                for kind in ("roc_auc", "pr_auc")
                for name in names
            ),
        ]
        for network, found in areas.items()
    ]
    heads = [f"{kind}, {name}" for kind in ("ROC", "PR") for name in names]
    return ResultTable(
        "areas",
        "Areas under the curves of every network",
        "Each predominant fraction against the rest, and all together (micro).",
        ["Network", *heads],
        rows,
        [[group.name] if group else []] * len(rows),
    )
