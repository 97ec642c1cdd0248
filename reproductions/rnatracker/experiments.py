"""One experiment for each column of Table 1, and one for each further question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from common.harness.claims import Claim
from common.harness.experiment import Context, Cost, Experiment, Paper
from common.harness.record import RunResult
from common.harness.report import FigureInfo
from common.harness.settings import load_settings
from common.harness.targets import NotAttempted, Target
from reproductions.rnatracker.attention import three_prime_claim
from reproductions.rnatracker.correlations import easiest, ordering
from reproductions.rnatracker.pooled import NEEDS as POOLED
from reproductions.rnatracker.pooled import curve_claim

NAME = "rnatracker"
SETTINGS = load_settings(Path(__file__).with_name("settings.toml"))


def _run_of(module: str) -> Callable[[Context], RunResult]:
    """The ``run`` of a module, loaded when it is called."""

    def run(context: Context) -> RunResult:
        return import_module(f"reproductions.rnatracker.{module}").run(context)

    return run


def _draw(results: Path) -> list[Path]:
    from reproductions.rnatracker.figures import draw

    return draw(results)


CEFRA = ("cefra-labels", "cefra-sequences")
APEX = ("apexseq",)
BOTH = {"smoke": ("code",), "quick": ("code",), "full": ("code", "paper")}
EVERYWHERE = {"smoke": (1,), "quick": (1,), "full": (1,)}
FULL_ONLY = {"full": (1,)}
SMOKE_AND_FULL = {"smoke": (1,), "full": (1,)}
TEN = {"smoke": 1, "quick": 1, "full": 10}
HOURS = {
    "smoke": Cost(minutes=2, memory_gb=3),
    "quick": Cost(minutes=3, memory_gb=4),
    "full": Cost(minutes=240, memory_gb=8, gpu=True),
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
    variants: Mapping[str, tuple[str, ...]] | tuple[str, ...] = ("code",),
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
        variants=variants,
        folds={**TEN, "full": folds},
        costs=HOURS,
    )


def _reading(
    name: str, title: str, module: str, needs: tuple[str, ...], further: tuple[str, ...] = ()
) -> Experiment:
    """An experiment that reads others' records, and in full further data sets."""
    return Experiment(
        NAME,
        name,
        title,
        _run_of(module),
        datasets={"quick": CEFRA, "full": (*CEFRA, *further)},
        seeds=EVERYWHERE,
        needs=needs,
        variants=("code",),
        costs=READS,
    )


EXPERIMENTS = (
    _trained("full-length", "RNATracker on whole transcripts, in ragged batches", variants=BOTH),
    _trained("no-lstm", "the same without the LSTM"),
    _trained("fixed-length", "RNATracker on the last 4,000 nucleotides", variants=BOTH),
    _trained("no-attention", "the same without attention"),
    _trained(
        "seq-and-struct", "the same with loop contexts in a tower of their own", FULL_ONLY, folds=3
    ),
    _trained(
        "seq-by-struct",
        "the same on joint letters of sequence and structure",
        folds=3,
        seeds=SMOKE_AND_FULL,
    ),
    _trained("nn-5mer", "softmax on counts of 1- to 5-mers", variants=BOTH),
    _trained("dnn-5mer", "two hidden layers on counts of 1- to 5-mers"),
    _trained("apex-full-length", "APEX-seq: whole transcripts", FULL_ONLY, datasets=APEX),
    _trained("apex-fixed-length", "APEX-seq: the last 4,000", FULL_ONLY, datasets=APEX),
    _trained("apex-no-attention", "APEX-seq: without attention", FULL_ONLY, datasets=APEX),
    _trained("apex-nn-5mer", "APEX-seq: counts of k-mers", FULL_ONLY, datasets=APEX),
    _trained(
        "planted",
        "RNATracker on simulated transcripts: do scan and attention find planted zipcodes?",
        datasets=(),
        folds=1,
        module="planted",
    ),
    _reading("pooled", "areas under curves, DeLong's test, the missing genes", "pooled", POOLED),
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
)

TABLE_1 = {
    "RNATracker full-length": "full-length",
    "NoLSTM full-length": "no-lstm",
    "RNATracker fixed-length": "fixed-length",
    "NoAttention fixed-length": "no-attention",
    "Seq+Struct fixed-length": "seq-and-struct",
    "SeqxStruct fixed-length": "seq-by-struct",
    "DNN-5Mer": "dnn-5mer",
    "NN-5Mer": "nn-5mer",
}
ON_APEX = ("full-length", "fixed-length", "no-attention", "nn-5mer")
COMPARTMENTS = {
    "Cytosol": "cytosol",
    "Insoluble": "insoluble",
    "Membrane": "membrane",
    "Nuclear": "nuclear",
    "ER": "er",
    "Mitochondria": "mitochondria",
}
TEXT = {
    "roc auc, cytosol": ("pooled", "auc:cytosol"),
    "pr auc, cytosol": ("pooled", "auc:precision-recall cytosol"),
    "strongly localised transcripts (max fraction > 0.5)": (
        "zipcodes",
        "count:strongly localised",
    ),
    "positive zipcodes at KL 0.0075": ("zipcodes", "count:enhancing"),
    "negative zipcodes at KL 0.0075": ("zipcodes", "count:repressive"),
    "first-layer filters matching a known RBP (p < 0.05)": ("filters", "count:matched filters"),
}


def reported_target(row: Mapping[str, Any]) -> Target | NotAttempted:
    """The run that answers a printed number.

    The printed numbers come from the released code: the variant ``code`` answers them.
    """
    if row["source"] == "Table 1":
        data, _, compartment = str(row["column"]).partition(" ")
        name = TABLE_1[str(row["row"])]
        metric = f"pearson:{COMPARTMENTS[compartment]}"
        if data == "CeFra-Seq":
            return Target(name, metric, "code")
        if name in ON_APEX:
            return Target(f"apex-{name}", metric, "code")
        return NotAttempted(
            "the APEX-RIP data are not here, and their stand-in has full-length, fixed-length, "
            "NoAttention and NN-5Mer runs only",
            f"reproduce run {NAME}/{name} --variant code --profile full --set data=apex-authors",
        )
    if row["metric"] in TEXT:
        return Target(*TEXT[str(row["metric"])], "code")
    if row["metric"] == "p value":
        return NotAttempted(
            "a p-value has no margin, and this one takes the four fractions of a transcript for "
            "independent; the same test of our networks is a claim",
            f"reproduce run {NAME}/pooled --variant code --profile full",
        )
    if "conservation" in row["metric"]:
        return NotAttempted(
            "the phyloP track and the transcripts' exons are not here; the comparison is tested "
            "on a made track",
            "python -m reproductions.rnatracker.conserved TRACK.bw EXONS.tsv",
        )
    return NotAttempted("about 400 nucleotides, read off Figure 5; tested as a claim")


CLAIMS = (
    Claim(
        "full-length above fixed-length",
        "Table 1: whole transcripts give higher correlations than the last 4,000 nucleotides",
        NAME,
        measure=ordering("full-length", "fixed-length"),
    ),
    Claim(
        "the LSTM helps",
        "Table 1: RNATracker is above NoLSTM in every fraction",
        NAME,
        measure=ordering("full-length", "no-lstm"),
    ),
    Claim(
        "attention helps",
        "Table 1: the fixed-length network is above NoAttention in every fraction",
        NAME,
        measure=ordering("fixed-length", "no-attention"),
    ),
    Claim(
        "structure does not help in towers",
        "Table 1: the fixed-length network is above Seq+Struct",
        NAME,
        measure=ordering("fixed-length", "seq-and-struct"),
    ),
    Claim(
        "structure does not help in joint letters",
        "Table 1: the fixed-length network is above Seq x Struct",
        NAME,
        measure=ordering("fixed-length", "seq-by-struct"),
    ),
    Claim(
        "DNN-5Mer below the full length",
        "Table 1: k-mer baselines are below RNATracker on whole transcripts",
        NAME,
        measure=ordering("full-length", "dnn-5mer"),
    ),
    Claim(
        "NN-5Mer below the full length",
        "Table 1: k-mer baselines are below RNATracker on whole transcripts",
        NAME,
        measure=ordering("full-length", "nn-5mer"),
    ),
    Claim(
        "NN-5Mer below DNN-5Mer",
        "Table 1: hidden layers help the k-mer baselines",
        NAME,
        measure=ordering("dnn-5mer", "nn-5mer"),
    ),
    Claim(
        "four blocks above two",
        "not tested in the paper: the released depth (code) against the printed one (paper)",
        NAME,
        measure=ordering("full-length", "full-length", "code", "paper"),
    ),
    Claim(
        "cytosol is the easiest fraction",
        "Table 1: the correlation of the cytosolic fraction (.705) is above all others",
        NAME,
        measure=easiest("full-length", "cytosol"),
    ),
    Claim(
        "attention at the 3' end",
        "Section 3.2: most of the attention lies in about the last 400 nucleotides; measured as "
        "its share there, less one half",
        NAME,
        measure=three_prime_claim,
    ),
    Claim(
        "ROC curve of full-length above fixed-length",
        "Section 3.1: DeLong's test of the micro-averaged curves, p = 6.1e-9",
        NAME,
        measure=curve_claim("full-length", "fixed-length"),
    ),
    Claim(
        "ROC curve with the LSTM above NoLSTM",
        "Section 3.1: DeLong's test of the micro-averaged curves, p < 2.2e-16",
        NAME,
        measure=curve_claim("full-length", "no-lstm"),
    ),
    Claim(
        "ROC curve with attention above NoAttention",
        "Section 3.1: DeLong's test of the micro-averaged curves, p < 2.2e-16",
        NAME,
        measure=curve_claim("fixed-length", "no-attention"),
    ),
)

FIGURES = (
    FigureInfo(
        "summary",
        "Figure 3: distributions, predominance, lengths",
        "The cytosolic, nuclear and insoluble fractions have more strongly localised transcripts "
        "than the membrane fraction; cytosolic transcripts are shorter.",
        "The same for the transcripts that our networks saw.",
    ),
    FigureInfo(
        "scatter",
        "Figure 4: true and predicted shares",
        "One point a transcript, full-length network: r from .54 (nuclear, membrane) to .705 "
        "(cytosol).",
        "The same for our full-length network, its test folds pooled.",
    ),
    FigureInfo(
        "curves",
        "Supplementary figure 6: ROC and precision-recall curves",
        "Micro-averaged, full-length slightly above fixed-length, NoAttention far below; by "
        "fraction, cytosol best (.851 and .716), membrane worst.",
        "The same curves of our networks.",
    ),
    FigureInfo(
        "attention",
        "Figure 5: attention along the transcript",
        "Mean attention of the fixed-length network by predominant fraction: most lies within "
        "about 400 nucleotides of the 3' end.",
        "Mean attention in bins of 100 nucleotides, our fixed-length network.",
    ),
    FigureInfo(
        "motifs",
        "Figure 6A: motifs of filters beside known ones",
        "Filters match TIA1 (p = 7.6e-4) and BRUNOL5 (p = 1.6e-6), among others.",
        "The filters with the best matches to the same catalogue.",
    ),
    FigureInfo(
        "clusters",
        "Figure 6B: filters by the transcripts on which they are active",
        "Two groups: C/G-rich filters on cytosolic transcripts, A/U-rich filters and repeats on "
        "nuclear and insoluble ones.",
        "The same clustering, and what each filter's own prediction shares with the whole.",
    ),
    FigureInfo(
        "zipcodes",
        "Figure 7: zipcodes by cutoff",
        "374 enhancing and 167 repressive zipcodes at 0.0075 nats; fewer at stricter cutoffs.",
        "Zipcodes of our full-length network, and the scan of one transcript.",
    ),
    FigureInfo(
        "planted",
        "Not in the paper: planted zipcodes",
        "The paper has no truth to score the scan against.",
        "Precision and recall of planted nucleotides, scan and attention.",
    ),
    FigureInfo(
        "conservation",
        "Figure 8: conservation of zipcodes",
        "Zipcodes have higher phyloP scores than other stretches of 3' UTRs.",
        "Drawn on made scores: the track is not here.",
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
)
