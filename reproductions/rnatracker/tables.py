"""Tables that the paper does not print: all networks, genes, areas, zipcodes, filters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common.harness.cells import Cell, ResultTable, number_cell
from common.harness.groups import RunGroup, choose_group
from common.harness.record import Record, read_records
from reproductions.rnatracker.explanation_tables import filters_table, zipcodes_table
from reproductions.rnatracker.gene_tables import missing_genes_table, parts_table
from reproductions.rnatracker.kinds import ANSWERED_BY
from reproductions.rnatracker.planted_tables import planted_tables
from reproductions.rnatracker.targets import NAME, TABLE_1

NETWORKS = (*TABLE_1.values(), "two-blocks")
SETS = {"": "CeFra-Seq", "apex-": "APEX"}
VARIANTS = ("code", "paper", "best")


def tabulate(results: Path) -> list[ResultTable]:
    """Every table for which there are runs."""
    records = read_records(results, paper=NAME)
    found = [_correlations(records, prefix) for prefix in SETS]
    on_cefra = _groups(records, "")
    found += [missing_genes_table(on_cefra), parts_table(on_cefra)]
    found += [_areas(records, prefix) for prefix in SETS]
    found += [zipcodes_table(records), filters_table(records)]
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
        estimates = [group.estimate(f"pearson:{name}") for name in fractions]
        cells = [number_cell(one.value, 3) for one in estimates]
        cells.append(Cell(str(group.folds), group.folds))
        rows.append([*_about(group), *cells, group.data, group.profile])
    return ResultTable(
        f"correlations-{prefix}all",
        f"Pearson's r of every network, {SETS[prefix]}",
        "All folds pooled. Variant paper is the text, code the released repository; best stops "
        "early.",
        ["Network", "Variant", *fractions, "Folds", "Data", "Profile"],
        rows,
        [[group.name] for group in groups],
    )


def _areas(records: Sequence[Record], prefix: str) -> ResultTable:
    """Areas under both curves of every network on one data set, as the pooled run has them."""
    group = choose_group(records, f"{prefix}pooled", ANSWERED_BY)
    areas = group.records[0].content["extra"]["areas"] if group else {}
    names = list(next(iter(areas.values()), {}))
    of_run = [group.data, group.profile] if group else []
    rows = [
        [
            network,
            *(
                number_cell(found[name][kind], 3)
                for kind in ("roc_auc", "pr_auc")
                for name in names
            ),
            *of_run,
        ]
        for network, found in areas.items()
    ]
    heads = [f"{kind}, {name}" for kind in ("ROC", "PR") for name in names]
    return ResultTable(
        f"{prefix}areas",
        f"Areas under the curves of the networks with ten folds, {SETS[prefix]}",
        "Each predominant fraction against the rest, and all together (micro).",
        ["Network", *heads, "Data", "Profile"],
        rows,
        [[group.name] if group else []] * len(rows),
    )
