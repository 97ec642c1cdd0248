"""One experiment for each row of Table 1, and the questions that the paper left open."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.features.databases import DATASETS
from common.harness.claims import Claim
from common.harness.experiment import Context, Cost, Experiment, Paper
from common.harness.record import RunResult
from common.harness.report import FigureInfo
from common.harness.targets import NotAttempted, Target
from reproductions.sonderby import explain
from reproductions.sonderby.predictor import MODEL
from reproductions.sonderby.trainable import TRAINABLE

NAME = "sonderby"


def _train(context: Context) -> RunResult:
    from reproductions.sonderby.training import run

    return run(context)


def _ensemble(context: Context) -> RunResult:
    from reproductions.sonderby.ensemble import run

    return run(context)


def _planted(context: Context) -> RunResult:
    from reproductions.sonderby.planted import run

    return run(context)


def _draw(results: Path) -> list[Path]:
    from reproductions.sonderby.figures import draw

    return draw(results)


MULTILOC = ("multiloc",)
WITH_PROFILES = {"quick": MULTILOC, "full": DATASETS}
"""Profiles are searched in the proteins of every benchmark data set."""

HOURS = {
    "smoke": Cost(minutes=2, memory_gb=3),
    "quick": Cost(minutes=5, memory_gb=3),
    "full": Cost(minutes=300, memory_gb=6, gpu=True),
}

EXPERIMENTS = (
    Experiment(
        NAME,
        "r-lstm",
        "R-LSTM on MultiLoc, 80 features a residue (60 in the quick profile)",
        _train,
        datasets=WITH_PROFILES,
        seeds={"smoke": (1, 2), "quick": (1, 2), "full": tuple(range(1, 11))},
        costs=HOURS,
    ),
    Experiment(
        NAME,
        "a-lstm",
        "A-LSTM on MultiLoc, 80 features a residue (60 in the quick profile)",
        _train,
        datasets=WITH_PROFILES,
        seeds={"smoke": (1,), "quick": (1,), "full": (1, 2, 3)},
        costs=HOURS,
    ),
    Experiment(
        NAME,
        "r-lstm-ensemble",
        "Mean of the trained R-LSTMs (10 in the paper)",
        _ensemble,
        seeds={"smoke": (1,), "quick": (1,), "full": (1,)},
        needs=("r-lstm",),
        costs=dict.fromkeys(HOURS, Cost(minutes=1, memory_gb=1, threads=1)),
    ),
    Experiment(
        NAME,
        "r-lstm-60",
        "R-LSTM without profiles: 60 features a residue",
        _train,
        datasets=MULTILOC,
        seeds={"full": (1,)},
        costs=HOURS,
    ),
    Experiment(
        NAME,
        "a-lstm-60",
        "A-LSTM without profiles: 60 features a residue",
        _train,
        datasets=MULTILOC,
        seeds={"full": (1,)},
        costs=HOURS,
    ),
    Experiment(
        NAME,
        "a-lstm-planted",
        "A-LSTM on simulated proteins: does attention find the planted signals?",
        _planted,
        seeds={"smoke": (1,), "quick": (1,), "full": (1,)},
        costs=HOURS,
    ),
)

TABLE_1 = {
    "R-LSTM": "r-lstm",
    "A-LSTM": "a-lstm",
    "R-LSTM ensemble of 10": "r-lstm-ensemble",
}


def reported_target(row: Mapping[str, Any]) -> Target | NotAttempted:
    """The run that answers a printed number.

    Table 2 is the ensemble's: its trace is 1075 of 1192, the ensemble's accuracy.
    """
    if row["source"] == "Table 1":
        if row["row"] in TABLE_1:
            return Target(TABLE_1[row["row"]], "accuracy")
        return NotAttempted("another group's method, which the paper quotes and does not run")
    truth = row["row"].removeprefix("true ")
    predicted = row["column"].removeprefix("predicted ")
    return Target("r-lstm-ensemble", f"proteins:{truth}>{predicted}")


CLAIMS = (
    Claim(
        "R-LSTM above A-LSTM",
        "Table 1: the R-LSTM (.879) is more accurate than the A-LSTM (.854)",
        NAME,
        better="r-lstm",
        worse="a-lstm",
        metric="accuracy",
    ),
    Claim(
        "ensemble above R-LSTM",
        "Table 1: the ensemble (.902) is more accurate than one R-LSTM (.879)",
        NAME,
        better="r-lstm-ensemble",
        worse="r-lstm",
        metric="accuracy",
    ),
    Claim(
        "R-LSTM above MultiLoc",
        "Table 1: the R-LSTM is more accurate than MultiLoc (.767)",
        NAME,
        better="r-lstm",
        worse=0.767,
        metric="accuracy",
    ),
    Claim(
        "A-LSTM above MultiLoc",
        "Table 1: the A-LSTM is more accurate than MultiLoc (.767)",
        NAME,
        better="a-lstm",
        worse=0.767,
        metric="accuracy",
    ),
    Claim(
        "profiles help the R-LSTM",
        "not tested in the paper: 80 features against 60",
        NAME,
        better="r-lstm",
        worse="r-lstm-60",
        metric="accuracy",
    ),
    Claim(
        "profiles help the A-LSTM",
        "not tested in the paper: 80 features against 60",
        NAME,
        better="a-lstm",
        worse="a-lstm-60",
        metric="accuracy",
    ),
    Claim(
        "secretory attention at the N terminus",
        "Figure 5: ER, extracellular, lysosomal and vacuolar proteins show bars at the left edge, "
        "their signal peptides; measured as the share of them whose attention peaks within the "
        "first 30 residues, less one half",
        NAME,
        measure=explain.secretory_peak,
    ),
    Claim(
        "chloroplast attention reaches farther than mitochondrial",
        "Figure 5: transit peptides of chloroplasts are longer than those of mitochondria; "
        "measured in residues that hold nine tenths of the attention of the first 100",
        NAME,
        measure=explain.transit_reach,
    ),
    Claim(
        "attention finds planted signals",
        "not tested in the paper: on simulated proteins, the area under the ROC curve of attention "
        "against the planted positions, less one half",
        NAME,
        measure=explain.planted_auc,
    ),
)

FIGURES = (
    FigureInfo(
        "confusion",
        "Table 2: confusion matrix",
        "Rows are true locations; 1,075 of 1,192 lie on the diagonal. Nuclear and cytoplasmic "
        "proteins are confused most.",
        "The ensemble's confusion matrix on our test proteins.",
    ),
    FigureInfo(
        "attention",
        "Figure 5: attention along the sequence",
        "Each row is a protein, grouped by location, termini aligned and the middle padded with "
        "zeros. Secretory proteins show bars at the N terminus, chloroplast proteins longer ones "
        "than mitochondrial; cytoplasmic and nuclear attention is scattered.",
        "The same drawing for our A-LSTM and test proteins, in the paper's order.",
    ),
    FigureInfo(
        "tsne",
        "Figure 6: t-SNE of the hidden states",
        "The forward and backward states of the R-LSTM and the context of the A-LSTM, one point "
        "a protein, form clusters by location.",
        "The same three maps for our networks and test proteins.",
    ),
    FigureInfo(
        "filters",
        "Figure 7: convolution filters as logos",
        "Short filters pick residues of one kind, such as charge; long ones patterns such as an "
        "arginine-rich stretch or the end of a transmembrane helix.",
        "Filters of our A-LSTM on the 20 one-hot columns, the highest column rescaled to 1.",
    ),
)

PAPER = Paper(
    name=NAME,
    title="Convolutional LSTM networks for subcellular localization of proteins",
    citation=(
        "Sønderby SK, Sønderby CK, Nielsen H, Winther O. Convolutional LSTM Networks for "
        "Subcellular Localization of Proteins. AlCoB 2015, LNCS 9199. "
        "doi:10.1007/978-3-319-21233-3_6"
    ),
    folder=Path(__file__).parent,
    experiments=EXPERIMENTS,
    reported_target=reported_target,
    claims=CLAIMS,
    figures=FIGURES,
    draw=_draw,
    models=(MODEL,),
    trainable=TRAINABLE,
)
