"""Every figure, with what the paper's shows and what ours does."""

from __future__ import annotations

from common.harness.report import FigureInfo

FIGURES = (
    FigureInfo(
        "summary",
        "Figure 3: distributions, predominance, lengths",
        "The cytosolic, nuclear and insoluble fractions have more strongly localised transcripts "
        "than the membrane fraction; cytosolic transcripts are shorter.",
        "Shares and number of all labelled genes; mean length of those whose sequence is here.",
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
        "The same curves of our networks; by fraction, those of the first one named.",
    ),
    FigureInfo(
        "curves-apex",
        "Supplementary figure 7: ROC and precision-recall curves, APEX",
        "The same on APEX-RIP.",
        "The same on APEX-seq, which stands in for it.",
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
        "The same clustering with its tree, and the r of each filter's own prediction with the "
        "whole network's.",
    ),
    FigureInfo(
        "zipcodes",
        "Figure 7: zipcodes by cutoff",
        "374 enhancing and 167 repressive zipcodes at 0.0075 nats; fewer at stricter cutoffs.",
        "Zipcodes of our full-length network, apart and with overlapping masks merged, by "
        "predominant fraction too; and the scan of one transcript.",
    ),
    FigureInfo(
        "planted",
        "Not in the paper: planted zipcodes",
        "The paper has no truth to score the scan against.",
        "Precision and recall of planted nucleotides, scan and attention.",
    ),
    FigureInfo(
        "conservation",
        "Figure 8 on made data: conservation of zipcodes",
        "Zipcodes have higher phyloP scores than other stretches of 3' UTRs; the statistic of the "
        "Kolmogorov-Smirnov test is higher at stricter cutoffs (Figure 7, right).",
        "Made data: the phyloP track is not here. On made transcripts, a network of known filters "
        "and a track that is conserved about what they read, zipcodes come out above the rest; on "
        "a track that is conserved elsewhere they do not.",
    ),
)
