"""One experiment for each row of Tables 1 and 2, and the same rows on UniRep."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.harness.cells import ResultTable
from common.harness.experiment import Context, Cost, Experiment, Paper
from common.harness.record import RunResult
from common.harness.report import FigureInfo
from reproductions.light_attention.claims import CLAIMS
from reproductions.light_attention.data import DATASETS
from reproductions.light_attention.predictor import MODEL
from reproductions.light_attention.reported import reported_target
from reproductions.light_attention.trainable import TRAINABLE

NAME = "light_attention"


def _train(context: Context) -> RunResult:
    from reproductions.light_attention.training import run

    return run(context)


def _transfer(context: Context) -> RunResult:
    from reproductions.light_attention.training import run_transfer

    return run_transfer(context)


def _majority(context: Context) -> RunResult:
    from reproductions.light_attention.training import run_majority

    return run_majority(context)


def _search(context: Context) -> RunResult:
    from reproductions.light_attention.search import run

    return run(context)


def _draw_settings(settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    from reproductions.light_attention.search import draw_settings

    return draw_settings(settings["network"], seed)


def _tabulate(results: Path) -> list[ResultTable]:
    from reproductions.light_attention.tables import tabulate

    return tabulate(results)


def _draw(results: Path) -> list[Path]:
    from reproductions.light_attention.figures import draw

    return draw(results)


FIVE, TEN = tuple(range(1, 6)), tuple(range(1, 11))
MINUTES = {
    "smoke": Cost(minutes=2, memory_gb=3),
    "quick": Cost(minutes=5, memory_gb=4),
    "full": Cost(minutes=60, memory_gb=4),
}
HOURS = MINUTES | {"full": Cost(minutes=300, memory_gb=8, gpu=True)}
LARGE = MINUTES | {"full": Cost(minutes=1200, memory_gb=16, gpu=True)}


def _experiment(
    name: str,
    title: str,
    full: tuple[int, ...] = (),
    *,
    quick: bool = False,
    smoke: bool = False,
    costs: Mapping[str, Cost] = MINUTES,
    **options: Any,
) -> Experiment:
    """An experiment on the four sets; `full` are its seeds at the paper's scale."""
    head = name.split("-")[0]
    run = {"at": _transfer, "majority": _majority, "search": _search}.get(head, _train)
    seeds = {"smoke": (1,) if quick or smoke else (), "quick": (1,) if quick else (), "full": full}
    draws = _draw_settings if head == "search" else None
    chosen = {"datasets": DATASETS, "costs": costs, "draws": draws, **options}
    return Experiment(NAME, name, title, run, seeds=seeds, **chosen)


ON_UNIREP = (
    _experiment(
        "majority",
        "The most common class of each set; the counts of Table 4",
        (1,),
        quick=True,
        datasets=(*DATASETS, "deeploc1"),
    ),
    _experiment(
        "at-unirep256",
        "Annotation transfer on UniRep-256 (quick: UniRep-64 on cut proteins)",
        (1,),
        quick=True,
    ),
    _experiment(
        "ffn-unirep256",
        "Feed-forward network on the mean of UniRep-256 (quick: UniRep-64, cut)",
        TEN,
        quick=True,
    ),
    _experiment(
        "la-unirep256",
        "Light Attention on UniRep-256 (quick: UniRep-64, cut)",
        (1, 2, 3),
        quick=True,
        costs=HOURS,
        variants={"smoke": ("paper", "code"), "quick": ("paper",), "full": ("paper",)},
    ),
    _experiment(
        "la-mean-unirep256",
        "The same with the mean of the coefficients in place of softmax attention",
        (1, 2, 3),
        quick=True,
        costs=HOURS,
    ),
    _experiment(
        "la-no-max-unirep256",
        "The same without the maximum of the values",
        (1, 2, 3),
        quick=True,
        costs=HOURS,
    ),
    *(
        _experiment(f"{name}-unirep64", f"{title} UniRep-64", seeds, costs=costs)
        for name, title, seeds, costs in (
            ("at", "Annotation transfer on", (1,), MINUTES),
            ("ffn", "Feed-forward network on the mean of", TEN, MINUTES),
            ("la", "Light Attention on", FIVE, HOURS),
            ("la-mean", "Mean of the coefficients in place of softmax attention, on", FIVE, HOURS),
            ("la-no-max", "Light Attention without the maximum, on", FIVE, HOURS),
        )
    ),
    _experiment(
        "la-bfloat16-unirep64",
        "Light Attention on UniRep-64, trained in mixed_bfloat16: what half the bits cost",
        (1, 2, 3),
        smoke=True,
        costs=HOURS,
    ),
    _experiment(
        "la-onehot",
        "Light Attention on one-hot letters",
        FIVE,
        quick=True,
        costs=HOURS,
        variants={"smoke": ("paper",), "quick": ("paper",), "full": ("code", "paper")},
    ),
    _experiment("at-unirep1900", "Annotation transfer on UniRep-1900", (1,), costs=HOURS),
    _experiment(
        "ffn-unirep1900", "Feed-forward network on the mean of UniRep-1900", TEN, costs=HOURS
    ),
    _experiment(
        "membrane-unirep256",
        "Membrane or soluble: Light Attention on UniRep-256; setHARD has no such labels",
        (1,),
        smoke=True,
        costs=HOURS,
    ),
    _experiment(
        "at-membrane-unirep256",
        "Membrane or soluble: annotation transfer on UniRep-256",
        (1,),
    ),
    _experiment(
        "ffn-membrane-unirep256",
        "Membrane or soluble: feed-forward network on the mean of UniRep-256",
        FIVE,
    ),
    _experiment(
        "search-la",
        "Appendix C: one draw of the random search for LA, on UniRep-64; each seed is a draw",
        tuple(range(1, 9)),
        smoke=True,
        costs=HOURS,
    ),
    _experiment(
        "search-ffn",
        "Appendix C: one draw of the random search for the FFN, on UniRep-256",
        tuple(range(1, 17)),
    ),
    _experiment(
        "la-unirep1900",
        "Light Attention on UniRep-1900 (needs 29 GB for the embeddings, and a GPU)",
        (1,),
        costs=LARGE,
    ),
)

MODELS = {"seqvec": "SeqVec", "protbert": "ProtBert", "prott5": "ProtT5 (BFD)"}
MODELS["prott5-u50"] = "ProtT5 (UniRef50)"
METHODS = {
    "at": "Annotation transfer on",
    "ffn": "Feed-forward network on the mean of",
    "la": "Light Attention on",
    "la-mean": "Mean of the coefficients in place of softmax attention, on",
    "la-no-max": "Light Attention without the maximum, on",
    "bahdanau": "Bahdanau attention on",
}
BOTH_VARIANTS = {"smoke": ("paper",), "quick": ("paper", "code"), "full": ("paper", "code")}
# Run by hand, where the language models' files are there.
ON_OTHERS = tuple(
    _experiment(
        f"{method}-{model}",
        f"{METHODS[method]} {MODELS[model]}",
        costs=MINUTES if method in ("at", "ffn") else LARGE,
        smoke=method == "bahdanau",
        variants=("paper",) if method == "at" else BOTH_VARIANTS,
    )
    for method, models in (
        ("at", ("seqvec", "protbert", "prott5")),
        ("ffn", ("seqvec", "protbert", "prott5", "prott5-u50")),
        ("la", ("seqvec", "protbert", "prott5", "prott5-u50")),
        ("la-mean", ("prott5", "prott5-u50")),
        ("la-no-max", ("prott5", "prott5-u50")),
        ("bahdanau", ("prott5",)),
    )
    for model in models
)
ON_PROFILES = _experiment(
    "la-profiles",
    "Light Attention on sequence profiles (needs --set embeddings=FILE, 20 features a residue)",
    costs=LARGE,
    variants=("code",),
)
EXPERIMENTS = (*ON_UNIREP, *ON_OTHERS, ON_PROFILES)


FIGURES = (
    FigureInfo(
        "accuracy",
        "Figure 1: accuracy on both test sets",
        "Bars of the ten-class accuracy of eight published methods, AT, FFN and LA on setDeepLoc "
        "(light) and setHARD (dark); dashed lines at the previous best (77.97 and 56.94 %), the "
        "most common class as the baseline. LA on ProtT5 is best on both.",
        "The same bars; printed ones are hatched, our own filled, and named where they are of "
        "shortened runs or simulated data.",
    ),
    FigureInfo(
        "confusion",
        "Figure 2: confusion matrix",
        "LA on ProtT5, setDeepLoc: fractions of the true class. Nucleus and cytoplasm are mixed "
        "up, and the rare classes (Golgi, lysosome/vacuole, peroxisome) are found least.",
        "The same for our LA on UniRep.",
    ),
    FigureInfo(
        "umap",
        "Figure 3: UMAP of the embeddings",
        "setDeepLoc, coloured by location: mean-pooled embeddings overlap; weighted by the "
        "attention of LA and summed, they form clearer clusters.",
        "The same two maps of the embeddings that our LA reads.",
    ),
    FigureInfo(
        "search",
        "Appendix C: random search",
        "The text gives the spaces (learning rate 5e-6 to 5e-3, filter sizes 3 to 21, d_out 32 to "
        "2,048, FFN widths 16 to 1,024) and what was best: 5e-5, 9, 1,024 and 32.",
        "Validation accuracy of each draw that was run, on UniRep, at the epoch whose weights are "
        "kept; several filter sizes share d_out.",
    ),
    FigureInfo(
        "leakage",
        "Identity to the training proteins (not in the paper)",
        "Appendix E: setDeepLoc was reduced to 30 % identity to the training set and setHARD to "
        "20 % to all of DeepLoc; no table or figure shows what is left.",
        "Left: identity of the nearest protein of another set, found with MMseqs2. Right: accuracy "
        "as a function of that of the nearest training protein.",
    ),
)

PAPER = Paper(
    name=NAME,
    title="Light attention predicts protein location from the language of life",
    citation=(
        "Stärk H, Dallago C, Heinzinger M, Rost B. Light attention predicts protein location from "
        "the language of life. Bioinformatics Advances 2021;1(1):vbab035. "
        "doi:10.1093/bioadv/vbab035"
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
