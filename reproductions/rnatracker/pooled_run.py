"""The run that pools all folds: areas under curves, DeLong's test, and the missing genes."""

from __future__ import annotations

from common.errors import DataError
from common.harness.ensemble import read_from
from common.harness.experiment import Context
from common.harness.groups import check_alike
from common.harness.outcome import scores
from common.harness.record import RunResult
from reproductions.rnatracker.curves import compare_curves, curve_areas, sampling_errors
from reproductions.rnatracker.missing_genes import predominance, reweighted
from reproductions.rnatracker.networks import members
from reproductions.rnatracker.pooled import pool

HEADLINE = "full-length"
NEEDS = ("full-length", "no-lstm", "fixed-length", "no-attention", "nn-5mer", "dnn-5mer")
ON_APEX = "apex-"
"""How the names of the same networks on APEX begin."""
APEX_NEEDS = tuple(f"{ON_APEX}{name}" for name in NEEDS)
PAIRS = (
    ("full-length", "fixed-length"),
    ("full-length", "no-lstm"),
    ("fixed-length", "no-attention"),
)
"""Networks whose curves are compared, the one that is said to be better first."""


def run(context: Context) -> RunResult:
    """Pool the recorded folds of the networks of Table 1; nothing is trained.

    The record's metrics are areas under the full-length network's curves, ``auc:FRACTION`` and
    ``auc:precision-recall FRACTION``, and its Pearson correlations as they would be with the
    predominance of all 11,373 genes, ``weighted:FRACTION``. ``extra`` has the same areas of every
    network and DeLong's test of every pair. An experiment whose name begins with `ON_APEX` pools
    the networks on APEX.

    Raises
    ------
    DataError
        The full-length network has no record, or folds of one network have other settings or data.
    """
    prefix = ON_APEX if context.key.experiment.startswith(ON_APEX) else ""
    records = members(context, tuple(f"{prefix}{name}" for name in NEEDS))
    by_name = {
        name: [record for record in records if record.key.experiment == f"{prefix}{name}"]
        for name in NEEDS
    }
    if not by_name[HEADLINE]:
        command = f"reproduce run {context.key.paper}/{prefix}{HEADLINE}"
        remedy = f"Run it first: {command} --profile {context.key.profile}"
        raise DataError(context.key.experiment, f"no run of {prefix}{HEADLINE}", remedy)
    for found in filter(None, by_name.values()):
        check_alike(found)
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
        n_original=len(headline),
        n_effective=len(headline),
        data_variant=first.data_variant,
        data_sha256=first.content["data_sha256"],
        n_parameters=first.content["n_parameters"],
        padding_share=first.content["padding_share"],
        epochs=first.content["epochs"],
        seconds=sum(record.content["seconds"] for record in records),
        extra={
            **read_from(records),
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
