"""Which run answers each printed number, or why none does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.harness.targets import NotAttempted, Target, run_command
from reproductions.rnatracker.kinds import ANSWERED_BY, NAME

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
WITHOUT_APEX = ("seq-and-struct", "seq-by-struct")
ANSWERS = (ANSWERED_BY[0], ANSWERED_BY[1:])
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
    "strongly localised transcripts (max fraction > 0.5)": ("zipcodes", "count:scanned"),
    "positive zipcodes at KL 0.0075": ("zipcodes", "count:enhancing"),
    "negative zipcodes at KL 0.0075": ("zipcodes", "count:repressive"),
    "zipcodes at KL 0.0076 compared for conservation": ("zipcodes", "count:zipcodes"),
    "first-layer filters matching a known RBP (p < 0.05)": ("filters", "count:matched filters"),
}


def reported_target(row: Mapping[str, Any]) -> Target | NotAttempted:
    """The run that answers a printed number.

    The printed numbers come from the released code: the variant ``code`` answers them, or the one
    that stops early where that has more folds.
    """
    if row["source"] == "Table 1":
        data, _, compartment = str(row["column"]).partition(" ")
        name = TABLE_1[str(row["row"])]
        metric = f"pearson:{COMPARTMENTS[compartment]}"
        if data == "CeFra-Seq":
            return Target(name, metric, *ANSWERS)
        if name not in WITHOUT_APEX:
            return Target(f"apex-{name}", metric, *ANSWERS)
        return NotAttempted(
            "the APEX-RIP data are not here, and structure is not tried on their stand-in; with "
            "the authors' files the command leaves its record under runs/, not in this table",
            f"{run_command(NAME, name, ANSWERED_BY[0])} --set data=apex-authors",
        )
    if row["metric"] in TEXT:
        return Target(*TEXT[str(row["metric"])], *ANSWERS)
    if row["metric"] == "p value":
        return NotAttempted(
            "a p-value has no margin, and this one takes the four fractions of a transcript for "
            "independent; the same test of our networks is a claim",
            run_command(NAME, "pooled", ANSWERED_BY[0]),
        )
    return NotAttempted(
        "about 400 nucleotides, read off Figure 5; tested as a claim",
        run_command(NAME, "fixed-length", ANSWERED_BY[0]),
    )
