"""The paper's orderings and statements, each with how it is measured."""

from __future__ import annotations

from common.harness.claims import Claim
from common.harness.targets import NotAttempted
from reproductions.rnatracker.attention import three_prime_claim
from reproductions.rnatracker.correlations import easiest, ordering
from reproductions.rnatracker.curves import curve_claim
from reproductions.rnatracker.kinds import NAME
from reproductions.rnatracker.planted_tables import found_above_chance

ORDERINGS = (
    (
        "full-length above fixed-length",
        "Table 1: whole transcripts give higher correlations than the last 4,000 nucleotides",
        ("full-length", "fixed-length"),
    ),
    (
        "the LSTM helps",
        "Table 1: RNATracker is above NoLSTM in every fraction, measured as the mean over them; "
        "the released NoLSTM learns by plain gradient descent, here both do by Adam",
        ("full-length", "no-lstm"),
    ),
    (
        "attention helps",
        "Table 1: the fixed-length network is above NoAttention in every fraction, measured as the "
        "mean over them",
        ("fixed-length", "no-attention"),
    ),
    (
        "fixed-length above Seq+Struct",
        "Table 1: loop contexts in a tower of their own do not help, and the fixed-length network "
        "without them is above; the latter is measured",
        ("fixed-length", "seq-and-struct"),
    ),
    (
        "fixed-length above Seq×Struct",
        "Table 1: joint letters of nucleotide and loop context do not help, and the fixed-length "
        "network without them is above; the latter is measured",
        ("fixed-length", "seq-by-struct"),
    ),
    (
        "DNN-5Mer below the full length",
        "Table 1: k-mer baselines are below RNATracker on whole transcripts",
        ("full-length", "dnn-5mer"),
    ),
    (
        "NN-5Mer below the full length",
        "Table 1: k-mer baselines are below RNATracker on whole transcripts",
        ("full-length", "nn-5mer"),
    ),
    (
        "DNN-5Mer below the fixed length",
        "Table 1: the better k-mer baseline is below RNATracker on the last 4,000 nucleotides",
        ("fixed-length", "dnn-5mer"),
    ),
    (
        "NN-5Mer below the fixed length",
        "Table 1: k-mer baselines are below RNATracker on the last 4,000 nucleotides",
        ("fixed-length", "nn-5mer"),
    ),
    (
        "DNN-5Mer below NoLSTM",
        "Table 1: the better k-mer baseline is below convolutions and attention without an LSTM",
        ("no-lstm", "dnn-5mer"),
    ),
    (
        "NN-5Mer below NoLSTM",
        "Table 1: k-mer baselines are below convolutions and attention without an LSTM",
        ("no-lstm", "nn-5mer"),
    ),
    (
        "DNN-5Mer below Seq+Struct",
        "Table 1: the better k-mer baseline is below the network with loop contexts in a tower",
        ("seq-and-struct", "dnn-5mer"),
    ),
    (
        "NN-5Mer below Seq+Struct",
        "Table 1: k-mer baselines are below the network with loop contexts in a tower",
        ("seq-and-struct", "nn-5mer"),
    ),
    (
        "NN-5Mer below Seq×Struct",
        "Table 1: without hidden layers the k-mers are below the network with joint letters (means "
        "over the fractions .463 and .525; DNN-5Mer has .524)",
        ("seq-by-struct", "nn-5mer"),
    ),
    (
        "DNN-5Mer above NoAttention",
        "Table 1: the better k-mer baseline is above the fixed-length network without attention "
        "(means over the fractions .524 and .467)",
        ("dnn-5mer", "no-attention"),
    ),
    (
        "NN-5Mer below NoAttention",
        "Table 1: without hidden layers the k-mers are no better than the fixed-length network "
        "without attention (means over the fractions .463 and .467)",
        ("no-attention", "nn-5mer"),
    ),
    (
        "NN-5Mer below DNN-5Mer",
        "Table 1: hidden layers help the k-mer baselines",
        ("dnn-5mer", "nn-5mer"),
    ),
    (
        "four blocks above two",
        "not tested in the paper: the released depth against the printed one, all else as released",
        ("full-length", "two-blocks"),
    ),
    (
        "APEX: full-length above fixed-length",
        "Table 1, APEX-RIP: whole transcripts give higher correlations than the last 4,000",
        ("apex-full-length", "apex-fixed-length"),
    ),
    (
        "APEX: attention helps",
        "Table 1, APEX-RIP: the fixed-length network is above NoAttention in every fraction, "
        "measured as the mean over them",
        ("apex-fixed-length", "apex-no-attention"),
    ),
    (
        "APEX: the LSTM helps",
        "Table 1, APEX-RIP: RNATracker is above NoLSTM, measured as the mean over the fractions",
        ("apex-full-length", "apex-no-lstm"),
    ),
    (
        "APEX: DNN-5Mer below NoLSTM",
        "Table 1, APEX-RIP: the better k-mer baseline is below convolutions and attention without "
        "an LSTM",
        ("apex-no-lstm", "apex-dnn-5mer"),
    ),
    (
        "APEX: DNN-5Mer below the fixed length",
        "Table 1, APEX-RIP: the better k-mer baseline is below RNATracker on the last 4,000",
        ("apex-fixed-length", "apex-dnn-5mer"),
    ),
    (
        "APEX: NN-5Mer below the fixed length",
        "Table 1, APEX-RIP: k-mer baselines are below RNATracker on the last 4,000",
        ("apex-fixed-length", "apex-nn-5mer"),
    ),
    (
        "APEX: NN-5Mer above NoAttention",
        "Table 1, APEX-RIP: both k-mer baselines are above the fixed-length network without "
        "attention (means over the fractions: NN-5Mer .298, NoAttention .196)",
        ("apex-nn-5mer", "apex-no-attention"),
    ),
    (
        "APEX: DNN-5Mer below the full length",
        "Table 1, APEX-RIP: k-mer baselines are below RNATracker on whole transcripts",
        ("apex-full-length", "apex-dnn-5mer"),
    ),
    (
        "APEX: NN-5Mer below the full length",
        "Table 1, APEX-RIP: k-mer baselines are below RNATracker on whole transcripts",
        ("apex-full-length", "apex-nn-5mer"),
    ),
    (
        "APEX: NN-5Mer below DNN-5Mer",
        "Table 1, APEX-RIP: hidden layers help the k-mer baselines",
        ("apex-dnn-5mer", "apex-nn-5mer"),
    ),
)
"""Name, what the paper says, and the experiments: the one that is said to be better first."""

CLAIMS = (
    *(Claim(name, said, NAME, measure=ordering(*pair)) for name, said, pair in ORDERINGS),
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
