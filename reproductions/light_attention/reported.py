"""Which run answers a printed number, or why none does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.harness.targets import NotAttempted, Target

QUOTED = NotAttempted("another group's method, which the paper quotes and does not run")
DEEPLOC = {"DeepLoc": "profile-ensemble", "DeepLoc62": "blosum-ensemble"}
"""Methods that have a paper of their own here, by its experiment."""

EMBEDDERS = {
    "seqvec": "seqvec",
    "protbert": "protbert-bfd",
    "prott5": "prott5-bfd",
    "prott5-u50": "prott5-uniref50",
}
CACHE = "data/cache/embeddings"
RESAMPLED = "setHARD resampled to the setDeepLoc class distribution"
TABLES = {"setDeepLoc": "", "setHARD": "setHARD/", RESAMPLED: "setHARD-resampled/"}
OTHERS = ("LocTree2", "MultiLoc2", "SherLoc2", "YLoc", "CELLO", "iLoc-Euk", "WoLF PSORT")
METHODS = {"AT": "at", "FFN": "ffn", "LA": "la", "Bahdanau attention": "bahdanau"}
MODELS = {
    "SeqVec": "seqvec",
    "ProtBert": "protbert",
    "ProtT5": "prott5",
    "ProtT5-BFD": "prott5",
    "ProtT5-U50": "prott5-u50",
}
INPUTS = {"LA one-hot": "la-onehot", "LA profiles": "la-profiles"}
ABLATIONS = {" without softmax attention": "la-mean", " without max pooling": "la-no-max"}
RUNS = {
    ("la-prott5", "setDeepLoc"): 10,
    ("la-prott5", "setHARD"): 9,
    ("ffn-seqvec", "setDeepLoc"): 10,
    ("ffn-protbert", "setDeepLoc"): 10,
    ("ffn-protbert", "setHARD"): 10,
    ("la-seqvec", "setDeepLoc"): 4,
    ("la-protbert", "setDeepLoc"): 5,
    ("la-protbert", "setHARD"): 6,
    ("ffn-prott5", "setDeepLoc"): 8,
    ("ffn-prott5", "setHARD"): 9,
    ("la-mean-prott5", "setDeepLoc"): 5,
    ("la-no-max-prott5", "setDeepLoc"): 4,
}
"""Training runs behind a printed mean.

As the authors' stored results have them for LA, for the FFN on ProtT5 and for the ablations;
assumed for the FFN on SeqVec and ProtBert, since their studies list ten seeds.
"""

LATER_RUNS = {"bahdanau-prott5": 3}
"""The same for the later results, as stored there; all others are means of ten."""

SHORT = {
    "Mem": "Cell.membrane",
    "Cyt": "Cytoplasm",
    "End": "Endoplasmic.reticulum",
    "Gol": "Golgi.apparatus",
    "Lys": "Lysosome/Vacuole",
    "Mit": "Mitochondrion",
    "Nuc": "Nucleus",
    "Per": "Peroxisome",
    "Pla": "Plastid",
    "Ext": "Extracellular",
}
TABLE_4_NAMES = {
    "Cell Membrane": "Cell.membrane",
    "ER": "Endoplasmic.reticulum",
    "Golgi apparatus": "Golgi.apparatus",
}


def reported_target(row: Mapping[str, Any]) -> Target | NotAttempted:
    """The run that answers a printed number.

    Tables and figures are the paper's and compared with the variant ``paper``; the later results
    of the repository are those of the released code and compared with ``code``.
    """
    source, metric = row["source"], row["metric"]
    if row["row"] in DEEPLOC:
        resampled = source == "Appendix D"
        return NotAttempted(
            "a method that has a paper of its own here, "
            + ("which resamples nothing" if resampled else "where the number stands too"),
            f"reproduce run deeploc/{DEEPLOC[row['row']]} --profile full",
        )
    if row["row"] in OTHERS:
        return QUOTED
    if source == "Table 3":
        return NotAttempted(
            "seconds on the authors' GPU; the benchmark measures UniRep's, which stand beside them",
            "reproduce bench light_attention",
        )
    if source == "Table 4":
        location = TABLE_4_NAMES.get(row["row"], row["row"])
        return Target("majority", f"count:{row['column']} {location}", same_test_set=True)
    if metric == "parameters":
        return Target("majority", "parameters")
    if row["row"] == "majority class":
        return Target("majority", TABLES[row["column"]] + metric, same_test_set=True)
    if source == "Figure 2":
        true, predicted = (SHORT[row[name].split()[1]] for name in ("row", "column"))
        metric = f"fraction:{true}>{predicted}"
        before = _features_of("la-prott5")
        return Target("la-prott5", metric, same_test_set=True, before=before)
    return _row_of_a_method(row)


def _row_of_a_method(row: Mapping[str, Any]) -> Target:
    """Accuracy or MCC of one method on one input."""
    later = row["source"].startswith("Later")
    variant = "code" if later else "paper"
    experiment = INPUTS.get(row["row"]) or _experiment_of(row["row"])
    return Target(
        experiment,
        TABLES[row["column"]] + row["metric"],
        variant=variant,
        same_test_set=row["column"] != RESAMPLED,
        reported_runs=LATER_RUNS.get(experiment, 10)
        if later
        else RUNS.get((experiment, row["column"]), 1),
        before=_features_of(experiment),
    )


def _features_of(experiment: str) -> str:
    """The command that makes what an experiment reads, where it is not made on the way."""
    if experiment == "la-profiles":
        return f"profiles of 20 features a residue in {CACHE}/profiles.h5 (see the paper's README)"
    model = EMBEDDERS.get(experiment.split("-", 1)[1].removeprefix("mean-").removeprefix("no-max-"))
    if model is None:
        return ""
    files = " --weights FOLDER" if model == "seqvec" else ""
    return f"reproduce embed {model} FASTA{files} -o {CACHE}/{model}.h5"


def _experiment_of(name: str) -> str:
    """``LA ProtT5 without max pooling`` is ``la-no-max-prott5``."""
    method = None
    for words, ablation in ABLATIONS.items():
        if name.endswith(words):
            name, method = name.removesuffix(words), ablation
    words, model = name.rsplit(" ", 1)
    return f"{method or METHODS[words]}-{MODELS[model]}"
