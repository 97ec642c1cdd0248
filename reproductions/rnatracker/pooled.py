"""All folds together: curves by predominant fraction, DeLong's test, and the missing genes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from common.harness.claims import Measured, comparable_groups
from common.harness.ensemble import members_of
from common.harness.experiment import Context
from common.harness.outcome import scores
from common.harness.record import Record, RunResult
from common.harness.targets import NotAttempted
from common.metrics.delong import DeLong, delong_test
from common.metrics.ranking import auc
from reproductions.rnatracker import cefra
from reproductions.rnatracker.networks import members

HEADLINE = "full-length"
NEEDS = ("full-length", "no-lstm", "fixed-length", "no-attention", "nn-5mer", "dnn-5mer")
PAIRS = (
    ("full-length", "fixed-length"),
    ("full-length", "no-lstm"),
    ("fixed-length", "no-attention"),
)
RESAMPLES = 200
NORMAL_90 = 1.6448536269514722


def run(context: Context) -> RunResult:
    """Pool the recorded folds of the networks of Table 1; nothing is trained.

    The record's metrics are areas under the full-length network's curves, ``auc:FRACTION`` and
    ``auc:precision-recall FRACTION``, and its Pearson correlations as they would be with the
    predominance of all 11,373 genes, ``weighted:FRACTION``. ``extra`` has the same areas of every
    network and DeLong's test of every pair.
    """
    records = members(context, NEEDS)
    by_name = {
        name: [record for record in records if record.key.experiment == name] for name in NEEDS
    }
    tables = {name: pool(found) for name, found in by_name.items() if found}
    headline, first = tables[HEADLINE], by_name[HEADLINE][0]
    areas = {name: curve_areas(table) for name, table in tables.items()}
    metrics = scores(headline)
    for fraction, row in areas[HEADLINE].iterrows():
        metrics[f"auc:{fraction}"] = float(row["roc_auc"])
        metrics[f"auc:precision-recall {fraction}"] = float(row["pr_auc"])
    weighted = reweighted(headline, predominance(first))
    metrics |= {f"weighted:{name}": value for name, value in weighted.items()}
    tests = {
        f"{better} over {worse}": vars(compare_curves(tables[better], tables[worse]))
        for better, worse in PAIRS
        if better in tables and worse in tables
    }
    return RunResult(
        metrics=metrics,
        predictions=headline,
        history=pd.DataFrame({"epoch": [], "loss": []}),
        n_original=len(headline),
        n_effective=len(headline),
        data_variant=first.data_variant,
        data_sha256=first.content["data_sha256"],
        n_parameters=first.content["n_parameters"],
        padding_share=first.content["padding_share"],
        epochs=first.content["epochs"],
        seconds=sum(record.content["seconds"] for record in records),
        extra={
            "members": members_of(records),
            "sampling_se": sampling_errors(headline, areas[HEADLINE].index),
            "areas": {name: table.to_dict("index") for name, table in areas.items()},
            "delong": tests,
            "seconds": {
                name: sum(record.content["seconds"] for record in found)
                for name, found in by_name.items()
                if found
            },
        },
    )


def pool(records: Sequence[Record]) -> pd.DataFrame:
    """Predictions of all folds of the first seed, one row a transcript, sorted by id."""
    seed = min(record.key.seed for record in records)
    tables = [record.predictions for record in records if record.key.seed == seed]
    return pd.concat(tables).sort_values("id", ignore_index=True)


def fractions_of(table: pd.DataFrame) -> list[str]:
    """Names of the fractions of a table of predictions."""
    return [str(column)[6:] for column in table.columns if str(column).startswith("truth:")]


def truth_of(table: pd.DataFrame) -> np.ndarray:
    """(n, k) float64: observed shares."""
    return table[[f"truth:{name}" for name in fractions_of(table)]].to_numpy()


def predominant(table: pd.DataFrame) -> np.ndarray:
    """(n,) str: the fraction with the largest observed share."""
    return np.array(fractions_of(table))[truth_of(table).argmax(axis=1)]


def curve_areas(table: pd.DataFrame) -> pd.DataFrame:
    """Areas under both curves of each fraction against the rest, and micro-averaged."""
    names = fractions_of(table)
    return auc(predominant(table), table[names].to_numpy(), names)


def sampling_errors(table: pd.DataFrame, fractions: Iterable[str]) -> dict[str, float]:
    """Bootstrap error over the transcripts of each metric that `run` names ``auc:...``."""
    generator = np.random.default_rng(0)
    drawn = [
        curve_areas(table.iloc[generator.integers(0, len(table), len(table))])
        for _ in range(RESAMPLES)
    ]
    errors = {}
    for fraction in fractions:
        for prefix, column in (("", "roc_auc"), ("precision-recall ", "pr_auc")):
            values = [float(areas.loc[fraction, column]) for areas in drawn]
            errors[f"auc:{prefix}{fraction}"] = float(np.nanstd(values, ddof=1))
    return errors


def compare_curves(better: pd.DataFrame, worse: pd.DataFrame) -> DeLong:
    """DeLong's test of two micro-averaged ROC curves on the transcripts that both predict.

    As in the paper, the entries of all fractions count as independent examples, which they are
    not: the p-values are too small.
    """
    both = better[["id"]].merge(worse[["id"]], on="id")["id"]
    one, two = (table.set_index("id").loc[both].reset_index() for table in (better, worse))
    names = fractions_of(one)
    positive = predominant(one)[:, None] == np.array(names)
    return delong_test(
        positive.ravel(), one[names].to_numpy().ravel(), two[names].to_numpy().ravel()
    )


def predominance(record: Record) -> dict[str, float]:
    """Share of each predominant fraction among all labelled genes, those without a sequence too.

    Empty for other data sets than the part of CeFra-Seq, whose labels are complete.
    """
    if record.settings["data"] != "cefra" or record.data_variant != "partial data":
        return {}
    genes = sum(cefra.PREDOMINANT.values())
    return {name: count / genes for name, count in cefra.PREDOMINANT.items()}


def reweighted(table: pd.DataFrame, shares: Mapping[str, float]) -> dict[str, float]:
    """Pearson's r of each fraction, the transcripts weighted to another predominance.

    Parameters
    ----------
    table : DataFrame
        Predictions.
    shares : mapping of str to float
        Share of each predominant fraction; empty for none known.

    Returns
    -------
    dict of str to float
        Empty where nothing is known.
    """
    if not shares:
        return {}
    own = pd.Series(predominant(table))
    here = own.value_counts(normalize=True)
    weights = own.map(lambda name: shares.get(name, 0.0) / here[name]).to_numpy()
    names = fractions_of(table)
    pairs = zip(truth_of(table).T, table[names].to_numpy().T, strict=True)
    return {name: weighted_pearson(*pair, weights) for name, pair in zip(names, pairs, strict=True)}


def weighted_pearson(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Pearson's r where examples weigh differently; NaN where a side is constant."""
    w = weights / weights.sum()
    x, y = x - w @ x, y - w @ y
    norm = np.sqrt((w @ (x * x)) * (w @ (y * y)))
    return float(w @ (x * y) / norm) if norm > 0 else float("nan")


def curve_claim(better: str, worse: str) -> Any:
    """Claim that one network's micro-averaged ROC curve lies above another's."""

    def measure(records: Sequence[Record]) -> Measured | NotAttempted:
        groups = comparable_groups(records, (better, worse), "code")
        if isinstance(groups, NotAttempted):
            return groups
        tables = [pool(group.records) for group in groups]
        test = compare_curves(*tables)
        half = NORMAL_90 * test.standard_error
        detail = (
            f"{better} {test.first:.4f}, {worse} {test.second:.4f}; DeLong's z {test.z:.2f}, "
            f"p {test.p_value:.2g}"
        )
        ends = test.difference - half, test.difference + half
        return Measured(test.difference, *ends, 1, tuple(groups), detail)

    return measure
