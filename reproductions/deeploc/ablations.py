"""What each "future direction" of the report is worth: one table (report, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from common.harness.cells import Cell, ResultTable, number_cell, signed
from common.harness.claims import Claim, Measured, ordering
from common.harness.groups import RunGroup
from common.harness.record import read_records
from common.harness.settings import PROFILES
from common.harness.shortfall import group_ran_on
from common.harness.targets import PaperTables

NAME = "deeploc"
CAPTION = (
    "Each “future direction” tested: the same network with and without it. The runs of the "
    "report's own network are shortened alike, with fewer proteins and epochs, and cut to 400 "
    "residues: padding is a sixth of what they read, a half in the report. The interval draws test "
    "proteins; with fewer than 3 seeds the spread over training runs is not in it."
)


@dataclass(frozen=True)
class Ablation:
    """One change, and what it is compared with.

    Parameters
    ----------
    title : str
        The change.
    proposed : str
        What the report says of it.
    experiment, base : str
        With and without the change.
    metric : str
        As in `common.harness.measures`. Micro-averaged F1 would tell little: naming nucleus and
        cytoplasm for every protein of the report's test set gives .525, more than it prints.
    """

    title: str
    proposed: str
    experiment: str
    base: str = "ablation-none"
    metric: str = "f1_macro"


ABLATIONS = (
    Ablation(
        "profiles as input",
        "incorporate evolutionary profiles",
        "ablation-profiles",
        "ablation-softmax",
        "accuracy",
    ),
    Ablation(
        "the explicit tree, in the report's network",
        "implement the hierarchical decision tree explicitly",
        "ablation-tree",
        "ablation-softmax",
        "accuracy",
    ),
    Ablation(
        "the explicit tree, in DeepLoc 1.0",
        "implement the hierarchical decision tree explicitly",
        "blosum-tree",
        "blosum-softmax",
        "accuracy",
    ),
    Ablation("class-balanced weights", "class-balanced loss functions", "ablation-balanced"),
    Ablation("focal loss", "class-balanced loss functions, such as focal loss", "ablation-focal"),
    Ablation(
        "cutting the middle, not the end",
        "revisit sequence cropping to preserve signal at both termini",
        "ablation-none",
        "ablation-cut-end",
    ),
    Ablation(
        "hiding random residues",
        "aggressive data augmentation can boost robustness",
        "ablation-hidden-residues",
    ),
    Ablation(
        "a fold ensemble",
        "ensemble averaging can boost robustness",
        "ablation-ensemble",
        "report-member",
    ),
    Ablation(
        "a mask in the attention",
        "padding schemes impact performance",
        "ablation-masked-attention",
    ),
    Ablation(
        "masks everywhere",
        "padding schemes impact performance",
        "ablation-masked",
    ),
)

TRAINED = tuple(
    dict.fromkeys(
        name
        for ablation in ABLATIONS
        for name in (ablation.experiment, ablation.base)
        if name.startswith("ablation-") and name != "ablation-ensemble"
    )
)
"""Experiments that are there for an ablation alone."""


def ablation_table(results: Path, ablations: Sequence[Ablation] = ABLATIONS) -> pd.DataFrame:
    """Score with and without each change, of the fullest profile that has both runs.

    Parameters
    ----------
    results : Path
        Folder of the records.

    Returns
    -------
    DataFrame
        ``title``, ``metric``, ``base``, ``without``, ``with``, ``difference``, ``low``, ``high``
        (90 % interval), ``seeds`` (fewest of both), ``profile``, ``data`` and ``groups`` (with the
        change, without it); a row for each change whose runs are there.
    """
    records = read_records(results, paper=NAME)
    rows = []
    for ablation in ablations:
        claim = Claim(
            ablation.title,
            ablation.proposed,
            NAME,
            better=ablation.experiment,
            worse=ablation.base,
            metric=ablation.metric,
        )
        for profile in reversed(PROFILES):
            found = ordering(claim, records, profile)
            if not isinstance(found, Measured):
                continue
            with_it, without = (one.estimate(ablation.metric).value for one in found.groups)
            rows.append(
                {
                    "title": ablation.title,
                    "metric": ablation.metric,
                    "base": ablation.base,
                    "without": without,
                    "with": with_it,
                    "difference": found.difference,
                    "low": found.low,
                    "high": found.high,
                    "seeds": found.n_seeds,
                    "profile": found.profile,
                    "data": found.data,
                    "groups": found.groups,
                }
            )
            break
    columns = ["title", "metric", "base", "without", "with", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "seeds", "profile", "data", "groups"])


def ablations_shown(results: Path, paper: PaperTables) -> ResultTable:
    """What each change is worth, as the page shows it; no row where nothing was compared."""
    table = ablation_table(results)
    rows = [
        [
            row["title"],
            row["metric"],
            *(number_cell(row[name], 3) for name in ("without", "with")),
            number_cell(row["difference"], 3, signed),
            f"{signed(row['low'], 3)} … {signed(row['high'], 3)}",
            Cell(str(row["seeds"]), row["seeds"]),
            ", ".join(_epochs(group) for group in row["groups"][::-1]),
            " / ".join(dict.fromkeys(group_ran_on(paper, group) for group in row["groups"][::-1])),
        ]
        for row in table.to_dict("records")
    ]
    columns = ["Change", "Score", "Without", "With", "Difference", "90 % interval"]
    columns += ["Seeds", "Epochs without, with", "Runs here"]
    title = "What each proposal of the report is worth"
    runs = [[group.name for group in groups] for groups in table["groups"]]
    return ResultTable("ablations", title, CAPTION, columns, rows, runs)


def _epochs(group: RunGroup) -> str:
    """Epochs of a group's runs; of an ensemble, which trains nothing, a dash."""
    found = [record.content["epochs"] for record in group.records]
    return " and ".join(str(n) for n in dict.fromkeys(found)) if any(found) else "-"
