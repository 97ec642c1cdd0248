"""The paper's name, and its networks by what they read."""

from __future__ import annotations

NAME = "rnatracker"

WHOLE_LENGTH = ("full-length", "no-lstm")
"""Whole transcripts, in ragged batches."""

WITH_STRUCTURE = ("seq+struct", "seqxstruct")
"""The 3' end, with loop contexts."""

ON_COUNTS = ("nn-5mer", "dnn-5mer")
"""Counts of k-mers."""

FIXED_LENGTH = ("fixed-length", "no-attention", *WITH_STRUCTURE)
"""The 3' end at a fixed length."""

NETWORKS = (*WHOLE_LENGTH, *FIXED_LENGTH, *ON_COUNTS)
ANSWERED_BY = ("code", "best")
"""Variants that answer the paper's numbers: the released code, and where that has fewer folds the
one that stops early, since 100 epochs of every network in ten folds take days."""

STRUCTURE_FOLDS = 3
"""Folds in which the networks with structure are tried."""
