"""One experiment for each column of Table 1, and one for each further question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from common.harness.experiment import Context, Cost, Experiment, Paper
from common.harness.record import RunResult
from common.harness.settings import load_settings
from reproductions.rnatracker.captions import FIGURES
from reproductions.rnatracker.claims import CLAIMS
from reproductions.rnatracker.data import DATASETS
from reproductions.rnatracker.kinds import NAME, STRUCTURE_FOLDS
from reproductions.rnatracker.pooled_run import APEX_NEEDS
from reproductions.rnatracker.pooled_run import NEEDS as POOLED
from reproductions.rnatracker.predictor import MODEL
from reproductions.rnatracker.tables import tabulate
from reproductions.rnatracker.targets import reported_target
from reproductions.rnatracker.trainable import TRAINABLE

SETTINGS = load_settings(Path(__file__).with_name("settings.toml"))


def _run_of(module: str) -> Callable[[Context], RunResult]:
    """The ``run`` of a module, loaded when it is called."""

    def run(context: Context) -> RunResult:
        return import_module(f"reproductions.rnatracker.{module}").run(context)

    return run


def _draw(results: Path) -> list[Path]:
    from common.backend import load_backend

    load_backend()  # the scans that are drawn need it, and it is quiet here
    from reproductions.rnatracker.figures import draw

    return draw(results)


CEFRA, APEX = DATASETS["cefra"], DATASETS["apex"]
FURTHER = ("paper", "best")
"""Variants that run where they are asked for."""
EVERYWHERE = {"smoke": (1,), "quick": (1,), "full": (1,)}
FULL_ONLY = {"full": (1,)}
SMOKE_AND_FULL = {"smoke": (1,), "full": (1,)}
TEN = {"smoke": 1, "quick": 1, "full": 10}
HOURS = {
    "smoke": Cost(minutes=2, memory_gb=3),
    "quick": Cost(minutes=3, memory_gb=4),
    "full": Cost(minutes=600, memory_gb=8, gpu=True),
}
READS = {
    "smoke": Cost(minutes=1, memory_gb=2),
    "quick": Cost(minutes=2, memory_gb=3),
    "full": Cost(minutes=120, memory_gb=6),
}


def _trained(
    name: str,
    title: str,
    seeds: Mapping[str, tuple[int, ...]] = EVERYWHERE,
    *,
    optional_variants: tuple[str, ...] = FURTHER,
    datasets: tuple[str, ...] = CEFRA,
    folds: int = 10,
    module: str = "training",
) -> Experiment:
    """An experiment that trains a network."""
    return Experiment(
        NAME,
        name,
        title,
        _run_of(module),
        datasets=datasets,
        seeds=seeds,
        variants=("code",),
        optional_variants=optional_variants,
        folds={**TEN, "full": folds},
        costs=HOURS,
    )


def _reading(
    name: str,
    title: str,
    module: str,
    needs: tuple[str, ...],
    further: tuple[str, ...] = (),
    *,
    datasets: tuple[str, ...] = CEFRA,
    seeds: Mapping[str, tuple[int, ...]] = EVERYWHERE,
) -> Experiment:
    """An experiment that reads others' records, and in full further data sets."""
    return Experiment(
        NAME,
        name,
        title,
        _run_of(module),
        datasets={"quick": datasets, "full": (*datasets, *further)},
        seeds=seeds,
        needs=needs,
        variants=("code",),
        optional_variants=("best",),
        costs=READS,
    )


EXPERIMENTS = (
    _trained("full-length", "RNATracker on whole transcripts, in ragged batches"),
    _trained("no-lstm", "the same without the LSTM"),
    _trained(
        "two-blocks",
        "the same with the printed depth, two blocks",
        FULL_ONLY,
        optional_variants=("best",),  # its paper variant is that of full-length
    ),
    _trained("fixed-length", "RNATracker on the last 4,000 nucleotides"),
    _trained("no-attention", "the same without attention"),
    _trained(
        "seq-and-struct",
        "the same with loop contexts in a tower of their own",
        FULL_ONLY,
        folds=STRUCTURE_FOLDS,
    ),
    _trained(
        "seq-by-struct",
        "the same on joint letters of sequence and structure",
        folds=STRUCTURE_FOLDS,
        seeds=SMOKE_AND_FULL,
    ),
    _trained("nn-5mer", "softmax on counts of 1- to 5-mers"),
    _trained("dnn-5mer", "two hidden layers on counts of 1- to 5-mers"),
    _trained("apex-full-length", "APEX-seq: whole transcripts", FULL_ONLY, datasets=APEX),
    _trained("apex-no-lstm", "APEX-seq: without the LSTM", FULL_ONLY, datasets=APEX),
    _trained("apex-fixed-length", "APEX-seq: the last 4,000", FULL_ONLY, datasets=APEX),
    _trained("apex-no-attention", "APEX-seq: without attention", FULL_ONLY, datasets=APEX),
    _trained("apex-nn-5mer", "APEX-seq: counts of k-mers", FULL_ONLY, datasets=APEX),
    _trained("apex-dnn-5mer", "APEX-seq: two hidden layers", FULL_ONLY, datasets=APEX),
    _trained(
        "planted",
        "RNATracker on simulated transcripts: do scan and attention find planted zipcodes?",
        datasets=(),
        folds=1,
        module="planted",
    ),
    _reading(
        "pooled", "areas under curves, DeLong's test, the missing genes", "pooled_run", POOLED
    ),
    _reading(
        "apex-pooled",
        "APEX-seq: areas under curves, DeLong's test",
        "pooled_run",
        APEX_NEEDS,
        datasets=APEX,
        seeds=FULL_ONLY,
    ),
    _reading(
        "zipcodes", "candidate zipcodes of localised transcripts", "zipcode_run", ("full-length",)
    ),
    _reading(
        "filters", "motifs of the first convolution", "filters", ("full-length",), ("ray2013",)
    ),
    _trained(
        "full-length-one-by-one",
        "RNATracker on whole transcripts, one at a time as in the paper (days)",
        {},
    ),
    _trained(
        "no-lstm-one-by-one",
        "without the LSTM, one transcript at a time by plain descent as released (days)",
        {},
    ),
)

PAPER = Paper(
    name=NAME,
    title="Prediction of mRNA subcellular localization using deep recurrent neural networks",
    citation=(
        "Yan Z, Lécuyer E, Blanchette M. Prediction of mRNA subcellular localization using deep "
        "recurrent neural networks. Bioinformatics 2019, 35(14), i333-i342. "
        "doi:10.1093/bioinformatics/btz337"
    ),
    folder=Path(__file__).parent,
    experiments=EXPERIMENTS,
    reported_target=reported_target,
    claims=CLAIMS,
    figures=FIGURES,
    draw=_draw,
    tabulate=tabulate,
    models=(MODEL,),
    trainable=TRAINABLE,
)
