"""What came out of a study: scores with intervals, the claims, figures, one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from common.files import written_whole
from common.harness.claims import evaluate_claims
from common.harness.experiment import Paper
from common.harness.groups import RunGroup, choose_group
from common.harness.page import Run, run_of, value_text
from common.harness.record import read_records
from common.harness.scores import SeedScores
from common.harness.tables import write_table
from common.harness.tasks import Distribution, SingleLabel
from common.interpret.figures import confusion_heat_map, save_figure
from common.metrics.classification import confusion, most_likely
from common.own.final import CROSS_VALIDATED
from common.predict.calibration import calibrate
from common.predict.reliability import draw_reliability

FOLDER = Path(__file__).parent / "templates"


def score_table(study: Paper, results: Path, profile: str) -> pd.DataFrame:
    """Every score of every method in the runs of a profile, on all folds pooled.

    Returns
    -------
    DataFrame
        ``method``, ``metric``, ``value`` (mean over the seeds), ``low`` and ``high`` (95 %
        bootstrap interval over the sequences), ``seed_sd``, ``n``, ``n_seeds``.
    """
    rows = []
    for experiment in study.experiments:
        group = _group(study, experiment.name, results, profile)
        if group is None:
            continue
        for metric in group.records[0].metrics:
            found = group.estimate(metric)
            row = (experiment.name, metric, found.value, *found.bootstrap, found.seed_sd)
            rows.append((*row, found.n_test, len(group.seeds)))
    columns = ["method", "metric", "value", "low", "high", "seed_sd", "n", "n_seeds"]
    return pd.DataFrame(rows, columns=columns)


def write_summary(
    study: Paper, results: Path, profile: str, about: Sequence[tuple[str, str]]
) -> Path:
    """Write `scores.csv`, `claims.csv`, figures and the page of a study.

    Parameters
    ----------
    study : Paper
        From `common.own.study.make_study`, its runs done.
    results : Path
        Folder of its records.
    profile : str
        Whose records are summed up.
    about : sequence of (str, str)
        What the page says of the data and the network, in lines.

    Returns
    -------
    Path
        ``report/index.html`` under `results`.
    """
    table = score_table(study, results, profile)
    write_table(table, results / "scores.csv")
    claims = evaluate_claims([study], results, profile)
    write_table(claims, results / "claims.csv")
    names = [experiment.name for experiment in study.experiments]
    groups = [_group(study, name, results, profile) for name in names]
    network = groups[0]
    figures = (
        [] if network is None else draw_figures(next(iter(network.scores().values())), results)
    )
    # a study's command is the user's own, and no record knows it
    runs = [
        replace(run_of(group, name), title=_title(study, name), commands=())
        for name, group in zip(names, groups, strict=True)
        if group
    ]
    settings = {} if network is None else network.records[0].settings
    page = _page(study, table, claims, about, figures, runs, settings)
    path = results / "report" / "index.html"
    with written_whole(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def draw_figures(pooled: SeedScores, results: Path) -> list[tuple[str, str]]:
    """Draw predictions and their calibration.

    Returns
    -------
    list of (str, str)
        Title and path of each PNG; paths as the page names them.
    """
    found = calibrate(pooled, name=CROSS_VALIDATED)
    title = f"{pooled.n:,} {CROSS_VALIDATED}"
    paths = draw_reliability(pooled, found, title, results / "figures", "reliability")
    figures = [("Predictions", draw_predictions(pooled, results))]
    return figures + [("Do the probabilities hold?", f"../figures/{p.name}") for p in paths[:1]]


def draw_predictions(pooled: SeedScores, results: Path) -> str:
    """Draw the confusion matrix, the scores by label, or predicted against true shares.

    Returns
    -------
    str
        Path of the PNG, as the page names it.
    """
    labels = list(pooled.labels)
    if isinstance(pooled.task, SingleLabel):
        truth = np.array(labels)[pooled.truth]
        figure, ax = plt.subplots(figsize=(1.8 + 0.5 * len(labels),) * 2, layout="constrained")
        confusion_heat_map(ax, confusion(truth, most_likely(pooled.predicted, labels), labels))
    elif isinstance(pooled.task, Distribution):
        figure, axes = plt.subplots(
            1, len(labels), figsize=(2.6 * len(labels), 2.9), layout="constrained", squeeze=False
        )
        for ax, name, x, y in zip(axes[0], labels, pooled.truth.T, pooled.predicted.T, strict=True):
            ax.plot(x, y, ".", markersize=3, alpha=0.5, color="#332288", rasterized=True)
            ax.plot([0, 1], [0, 1], color="#888888", linewidth=0.7)
            ax.set(xlabel="true", ylabel="predicted")
            ax.set_title(name, parse_math=False)
    else:
        from common.metrics.multilabel import multilabel_report

        found = multilabel_report(pooled.truth, pooled.predicted >= 0.5, labels).loc[labels]
        figure, ax = plt.subplots(figsize=(6, 1 + 0.35 * len(labels)), layout="constrained")
        ax.barh(range(len(labels)), found["f1"], color="#332288")
        ax.set_yticks(range(len(labels)), labels, parse_math=False)
        ax.set(xlim=(0, 1), xlabel="F1")
        ax.invert_yaxis()
    path = save_figure(figure, results / "figures", "predictions")[0]
    return f"../figures/{path.name}"


def _group(study: Paper, experiment: str, results: Path, profile: str) -> RunGroup | None:
    return choose_group(read_records(results, profile, study.name), experiment, "paper", profile)


def _page(
    study: Paper,
    table: pd.DataFrame,
    claims: pd.DataFrame,
    about: Sequence[tuple[str, str]],
    figures: Sequence[tuple[str, str]],
    runs: Sequence[Run],
    settings: Mapping[str, Any],
) -> str:
    """HTML; every text in it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    shared = Path(__file__).parents[1] / "harness" / "templates"
    environment = Environment(
        loader=FileSystemLoader([FOLDER, shared]), autoescape=True, undefined=StrictUndefined
    )
    wide = table.assign(
        text=[
            f"{row.value:.3f}"
            + (f" ({row.low:.3f} to {row.high:.3f})" if row.low == row.low else "")
            for row in table.itertuples()
        ]
    )
    methods = list(dict.fromkeys(table["method"]))
    rows = [
        (metric, [_cell(wide, metric, method) for method in methods])
        for metric in dict.fromkeys(table["metric"])
    ]
    return environment.get_template("study.html").render(
        title=study.title,
        about=about,
        methods=[(name, _title(study, name)) for name in methods],
        rows=rows,
        claims=claims.to_dict("records"),
        figures=figures,
        runs=runs,
        settings=[(name, value_text(value)) for name, value in settings.items()],
        n=int(table["n"].max()) if len(table) else 0,
    )


def _cell(table: pd.DataFrame, metric: str, method: str) -> str:
    found = table.loc[(table["metric"] == metric) & (table["method"] == method), "text"]
    return found.iloc[0] if len(found) else ""


def _title(study: Paper, name: str) -> str:
    return study.experiment(name).title
