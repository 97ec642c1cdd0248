"""The paper's orderings and statements, each with how it is measured."""

from __future__ import annotations

from common.harness.claims import Claim
from common.harness.targets import NotAttempted
from reproductions.rnatracker.attention import three_prime_claim
from reproductions.rnatracker.correlations import easiest, ordering
from reproductions.rnatracker.curves import curve_claim
from reproductions.rnatracker.planted_tables import found_above_chance

NAME = "rnatracker"

CLAIMS = (
    Claim(
        "full-length above fixed-length",
        "Table 1: whole transcripts give higher correlations than the last 4,000 nucleotides",
        NAME,
        measure=ordering("full-length", "fixed-length"),
    ),
    Claim(
        "the LSTM helps",
        "Table 1: RNATracker is above NoLSTM in every fraction, measured as the mean over them; "
        "the released NoLSTM learns by plain gradient descent, here both do by Adam",
        NAME,
        measure=ordering("full-length", "no-lstm"),
    ),
    Claim(
        "attention helps",
        "Table 1: the fixed-length network is above NoAttention in every fraction, measured as the "
        "mean over them",
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
        "DNN-5Mer below the fixed length",
        "Table 1: the better k-mer baseline is below RNATracker on the last 4,000 nucleotides",
        NAME,
        measure=ordering("fixed-length", "dnn-5mer"),
    ),
    Claim(
        "DNN-5Mer below NoLSTM",
        "Table 1: the better k-mer baseline is below convolutions and attention without an LSTM",
        NAME,
        measure=ordering("no-lstm", "dnn-5mer"),
    ),
    Claim(
        "NN-5Mer below DNN-5Mer",
        "Table 1: hidden layers help the k-mer baselines",
        NAME,
        measure=ordering("dnn-5mer", "nn-5mer"),
    ),
    Claim(
        "four blocks above two",
        "not tested in the paper: the released depth against the printed one, all else as released",
        NAME,
        measure=ordering("full-length", "two-blocks"),
    ),
    Claim(
        "cytosol is the easiest fraction",
        "Table 1: the correlation of the cytosolic fraction (.705) is above all others",
        NAME,
        measure=easiest("full-length", "cytosol"),
    ),
    Claim(
        "zipcodes are conserved",
        "Figure 8: the mean phyloP of candidate zipcodes is above that of the rest of the 3' UTRs",
        NAME,
        measure=lambda records: NotAttempted(
            "the phyloP track and the transcripts' exons are not here; the comparison is tested "
            "on a made track",
            "python -m reproductions.rnatracker.conserved TRACK.bw EXONS.tsv",
        ),
    ),
    Claim(
        "the scan finds planted zipcodes",
        "not tested in the paper: on simulated transcripts, the area under the ROC curve of the "
        "scan against the planted positions, less one half",
        NAME,
        measure=found_above_chance("scan"),
    ),
    Claim(
        "attention finds planted zipcodes",
        "not tested in the paper: on simulated transcripts, the area under the ROC curve of the "
        "full-length network's attention against the planted positions, less one half",
        NAME,
        measure=found_above_chance("attention"),
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
