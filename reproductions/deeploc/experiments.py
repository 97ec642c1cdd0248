"""The original, the report and its ablations as experiments; what answers each printed number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.harness.cells import ResultTable
from common.harness.claims import Claim
from common.harness.experiment import Context, Cost, Experiment, Paper
from common.harness.record import RunResult
from common.harness.report import FigureInfo
from common.harness.targets import NotAttempted, Target
from reproductions.deeploc import explain
from reproductions.deeploc.ablations import ABLATIONS, TRAINED
from reproductions.deeploc.data import DATASETS as DEEPLOC1
from reproductions.deeploc.predictor import MODEL
from reproductions.deeploc.report_data import DATASETS as DEEPLOC2
from reproductions.deeploc.trainable import TRAINABLE

NAME = "deeploc"
SUPPORTS = {
    "Cell membrane": 287,
    "Cytoplasm": 562,
    "Endoplasmic reticulum": 77,
    "Golgi apparatus": 86,
    "Lysosome/Vacuole": 2,
    "Mitochondrion": 196,
    "Nucleus": 893,
    "Peroxisome": 7,
}
"""Labels of the report's test set; of its 1,717 proteins the rest are negatives."""
PROTEINS = 1717
FIRST_LABELS = {"Nucleus": 664, "Mitochondrion": 180}
"""Proteins whose first location in the report's order is this one."""

HOURS = {
    "smoke": Cost(minutes=2, memory_gb=3),
    "quick": Cost(minutes=3, memory_gb=3),
    "full": Cost(minutes=1200, memory_gb=12, gpu=True),
}
SECONDS = dict.fromkeys(HOURS, Cost(minutes=1, memory_gb=1, threads=1))
ONCE = {"smoke": (1,), "quick": (1,), "full": (1,)}
REAL = {"quick": (1,), "full": (1,)}
"""Seeds of what would tell nothing on simulated proteins."""
ONE_LOCATION = ("ablation-profiles", "ablation-softmax", "ablation-tree")
"""Ablations on DeepLoc 1.0, whose proteins have one location each."""
OTHER_NETWORKS = ("ablation-none", "ablation-masked", "ablation-softmax", "ablation-tree")
"""Ablations that change the network; short runs show that it works, not what a change is worth."""
FOUR = {"smoke": (1, 2), "quick": (1, 2), "full": (1, 2, 3, 4)}
OTHERS = ("code", "best")
CONTRADICTIONS = ("methods", "best")
"""Variants that run only where they are asked for."""


def _train(context: Context) -> RunResult:
    from reproductions.deeploc.training import run

    return run(context)


def _train_report(context: Context) -> RunResult:
    from reproductions.deeploc.report_training import run

    return run(context)


def _blosum_ensemble(context: Context) -> RunResult:
    from reproductions.deeploc.ensemble import run

    return run(context, "blosum-softmax", "blosum-tree", PAPER.settings)


def _profile_ensemble(context: Context) -> RunResult:
    from reproductions.deeploc.ensemble import run

    return run(context, "profile-softmax", "profile-tree", PAPER.settings)


def _member_ensemble(context: Context) -> RunResult:
    from common.harness.ensemble import run_ensemble

    most = context.settings["ensemble"]
    return run_ensemble(context.key, context.results, "report-member", most, PAPER.settings)


def _draw(results: Path) -> list[Path]:
    from reproductions.deeploc.figures import draw

    return draw(results)


def _tabulate(results: Path) -> list[ResultTable]:
    from reproductions.deeploc.tables import tabulate

    return tabulate(results)


def _original(name: str, title: str, seeds: Mapping[str, tuple[int, ...]]) -> Experiment:
    return Experiment(
        NAME, name, title, _train, seeds, DEEPLOC1, optional_variants=OTHERS, costs=HOURS
    )


def _reported(
    name: str,
    title: str,
    seeds: Mapping[str, tuple[int, ...]] = ONCE,
    datasets: tuple[str, ...] = DEEPLOC2,
    optional_variants: tuple[str, ...] = (),
) -> Experiment:
    return Experiment(
        NAME,
        name,
        title,
        _train_report,
        seeds,
        datasets,
        optional_variants=optional_variants,
        costs=HOURS,
    )


def _ablated(change: str) -> str:
    if change == "none":
        return "The report's network, shortened as those with a change are"
    return f"What a proposal of the report is worth: {change}"


EXPERIMENTS = (
    _original("blosum-softmax", "DeepLoc 1.0 on BLOSUM62, softmax; one seed an inner fold", FOUR),
    _original("blosum-tree", "DeepLoc 1.0 on BLOSUM62, sorting tree; one seed an inner fold", FOUR),
    Experiment(
        NAME,
        "blosum-ensemble",
        "DeepLoc62: trees and softmaxes of all inner folds averaged",
        _blosum_ensemble,
        ONCE,
        needs=("blosum-softmax", "blosum-tree"),
        costs=SECONDS,
    ),
    _original("profile-softmax", "DeepLoc 1.0 on profiles, softmax", {"full": (1, 2, 3, 4)}),
    _original("profile-tree", "DeepLoc 1.0 on profiles, sorting tree", {"full": (1, 2, 3, 4)}),
    Experiment(
        NAME,
        "profile-ensemble",
        "DeepLoc: trees and softmaxes on profiles averaged",
        _profile_ensemble,
        {"full": (1,)},
        needs=("profile-softmax", "profile-tree"),
        costs=SECONDS,
    ),
    _reported(
        "report",
        "The report's network, from DeepLoc 2.0's Swiss-Prot to its HPA set",
        {"smoke": (1,), "quick": (1,), "full": (1, 2, 3)},
        optional_variants=CONTRADICTIONS,
    ),
    _reported(
        "report-deeploc1",
        "The report's network on DeepLoc 1.0, by arg-max",
        REAL,
        DEEPLOC1,
    ),
    _reported(
        "report-member",
        "The report's network without one of five partitions",
        {"full": (1, 2, 3, 4, 5)},
    ),
    Experiment(
        NAME,
        "ablation-ensemble",
        "What a fold ensemble is worth: the mean of the members",
        _member_ensemble,
        {"full": (1,)},
        needs=("report-member",),
        costs=SECONDS,
    ),
    *(
        _reported(
            name,
            _ablated(name.removeprefix("ablation-")),
            REAL if name in OTHER_NETWORKS else {"full": (1,)},
            DEEPLOC1 if name in ONE_LOCATION else DEEPLOC2,
        )
        for name in TRAINED
    ),
)


def reported_target(row: Mapping[str, Any]) -> Target | NotAttempted:
    """The run that answers a printed number."""
    if row["source"].startswith("preprint"):
        table = "sethard/" if row["column"] == "setHARD" else ""
        kind = "profile" if "profiles" in row["row"] else "blosum"
        return Target(f"{kind}-ensemble", table + row["metric"], same_test_set=True)
    if row["source"].endswith("section 1"):
        table = "membrane/" if "membrane" in row["column"] else ""
        return Target("profile-ensemble", f"{table}accuracy", same_test_set=not table)
    if row["source"].endswith("section 3.2"):
        name, _, average = row["row"].rpartition(" ")
        metric = f"{row['metric']}_{name}" if average == "avg" else f"{row['metric']}:{row['row']}"
        return Target("report", metric, same_test_set=True)
    if row["metric"] == "proteins":
        truth = row["row"].removeprefix("true ")
        predicted = row["column"].removeprefix("predicted ")
        metric = f"argmax/proteins:{truth}>{predicted}"
        return Target("report", metric, same_test_set=True, total=FIRST_LABELS[truth])
    kind, positives = row["metric"].replace(" ", "_"), SUPPORTS[row["row"]]
    total = positives if kind in ("true_positives", "false_negatives") else PROTEINS - positives
    return Target("report", f"{kind}:{row['row']}", same_test_set=True, total=total)


CLAIMS = (
    Claim(
        "profiles above BLOSUM62",
        "light_attention preprint, Table 1: DeepLoc on profiles (77.97 %) is more accurate than on "
        "BLOSUM62 (73.60 %)",
        NAME,
        better="profile-ensemble",
        worse="blosum-ensemble",
        metric="accuracy",
    ),
    Claim(
        "BLOSUM62 above profiles on setHARD",
        "light_attention preprint, Table 2: on setHARD it is the other way round (56.94 % against "
        "51.36 %)",
        NAME,
        better="blosum-ensemble",
        worse="profile-ensemble",
        metric="sethard/accuracy",
    ),
    Claim(
        "ensemble above one network",
        "the released package averages sixteen networks",
        NAME,
        better="blosum-ensemble",
        worse="blosum-softmax",
        metric="accuracy",
    ),
    Claim(
        "original above the report",
        "report, section 4: performance falls short of the original; compared on DeepLoc 1.0's "
        "test set, where the report's own number is not like for like",
        NAME,
        better="blosum-softmax",
        worse="report-deeploc1",
        metric="accuracy",
    ),
    Claim(
        "nucleus, mitochondrion and cytoplasm are the best",
        "report, section 3.2: the best-performing locations; measured as the lowest F1 of the "
        "three less the highest of the other five",
        NAME,
        measure=explain.strong_locations,
    ),
    *(
        Claim(
            f"worth having: {ablation.title}",
            f"report, section 4: {ablation.proposed}",
            NAME,
            better=ablation.experiment,
            worse=ablation.base,
            metric=ablation.metric,
        )
        for ablation in ABLATIONS
    ),
)

FIGURES = (
    FigureInfo(
        "confusion",
        "DeepLoc 1.0: confusion matrix",
        "The original reaches 78 % over ten locations; the report gives no matrix of it.",
        "Rows are true, columns predicted locations of the 2,773 test proteins, by the ensemble "
        "with the most members.",
    ),
    FigureInfo(
        "attention",
        "DeepLoc 1.0: attention along the sequence",
        "Sorting signals lie at the termini, hence sequences are cut in the middle.",
        "Each row is a test protein, grouped by location, termini aligned: the attention of the "
        "last decoding step.",
    ),
    FigureInfo(
        "decoding",
        "DeepLoc 1.0: one protein, step by step",
        "At each of ten steps the decoder weighs all positions anew; the last context is used.",
        "A row for each decoding step, a column for each residue of one extracellular protein.",
    ),
    FigureInfo(
        "tree",
        "DeepLoc 1.0: the sorting tree",
        "Nine binary decisions mirror the sorting pathways.",
        "The tree with the share of right decisions at each node, among the proteins that pass it, "
        "by a network that decides so.",
    ),
    FigureInfo(
        "report-matrices",
        "Figure 1: a matrix for each location",
        "Nucleus 568 true positives and 325 false negatives; cytoplasm 309 and 253; mitochondrion "
        "110 and 86; cell membrane 51 and 236, 44 false positives, 1,386 true negatives; hardly "
        "any true positive of the rest.",
        "The same eight matrices of our run of the report's network on the HPA set.",
    ),
    FigureInfo(
        "report-confusion",
        "Figure 2: 8 × 8 matrix",
        "Nucleus and cytoplasm cluster on the diagonal; 277 nuclear proteins are predicted as "
        "cytoplasmic, 33 mitochondrial as cytoplasmic and 24 as nuclear.",
        "First true location in the report's order against the most likely one.",
    ),
    FigureInfo(
        "ablations",
        "Section 4: what each future direction is worth",
        "The report proposes them and gives no numbers.",
        "Difference of the score with and without, with its 90 % interval.",
    ),
)

PAPER = Paper(
    name=NAME,
    title="DeepLoc, its Lasagne family, and a reimplementation report",
    citation=(
        "Almagro Armenteros JJ, Sønderby CK, Sønderby SK, Nielsen H, Winther O. DeepLoc: "
        "prediction of protein subcellular localization using deep learning. Bioinformatics "
        "33(21), 2017. doi:10.1093/bioinformatics/btx431. Report: Hugo C. DeepLoc "
        "Reimplementation: Predicting Protein Subcellular Localization with Deep Learning"
    ),
    folder=Path(__file__).parent,
    experiments=EXPERIMENTS,
    reported_target=reported_target,
    claims=CLAIMS,
    figures=FIGURES,
    draw=_draw,
    tabulate=_tabulate,
    models=(MODEL,),
    trainable=TRAINABLE,
)
