"""The paper's orderings and statements, tested on our own runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from common.harness.claims import Claim, Measured, interval_of, ordering
from common.harness.groups import choose_group
from common.harness.record import Record
from common.harness.targets import NotAttempted

NAME = "light_attention"


LATER = "ProtT5 (UniRef50), the authors' later results: "


def _above(
    better: str, worse: str, statement: str, table: str = "", variant: str = "paper"
) -> Claim:
    where = table or "setDeepLoc"
    metric = f"{table}/accuracy" if table else "accuracy"
    return Claim(
        f"{better} above {worse} on {where}",
        statement,
        NAME,
        better=better,
        worse=worse,
        metric=metric,
        variant=variant,
    )


def _orderings(model: str, tables: Sequence[str] = ("", "setHARD")) -> list[Claim]:
    """LA above FFN above AT on both sets, or on those that are named."""
    said = "Tables 1 and 2: for each language model LA is above FFN, and FFN above AT"
    return [
        _above(f"{better}-{model}", f"{worse}-{model}", said, table)
        for better, worse in (("la", "ffn"), ("ffn", "at"))
        for table in tables
    ]


def _ablations(model: str) -> list[Claim]:
    return [
        _above(
            f"la-{model}",
            f"la-mean-{model}",
            "Section 4: softmax attention is better than the mean of the coefficients",
        ),
        _above(
            f"la-{model}",
            f"la-no-max-{model}",
            "Section 4: with the maximum of the values it is better than without",
        ),
    ]


def _falls(
    experiment: str, variant: str = "paper"
) -> Callable[[Sequence[Record]], Measured | NotAttempted]:
    """Accuracy on setDeepLoc less that on setHARD; the two sets share no protein."""

    def measure(records: Sequence[Record]) -> Measured | NotAttempted:
        group = choose_group(records, experiment, variant)
        if group is None:
            which = "" if variant == "paper" else f" --variant {variant}"
            command = f"reproduce run {NAME}/{experiment}{which} --profile full"
            return NotAttempted("no finished run", command)
        one, other = group.estimate("accuracy"), group.estimate("setHARD/accuracy")
        value = one.value - other.value
        shuffled = np.random.default_rng(0).permutation(other.drawn)
        parts = [one.by_seed - other.by_seed] if group.is_trained else []
        low, high = interval_of(value, one.drawn - shuffled, parts)
        detail = f"setDeepLoc {one.value:.3f}, setHARD {other.value:.3f}"
        return Measured(value, low, high, len(group.seeds), (group,), detail)

    return measure


def _unchanged(
    experiment: str, other: str, margin: float
) -> Callable[[Sequence[Record]], Measured | NotAttempted]:
    """What the paired difference in accuracy leaves of a margin, on its nearer side.

    Above 0 with its whole interval where the interval of the difference lies within the margin.
    """
    pair = Claim("", "", NAME, better=experiment, worse=other, metric="accuracy")

    def measure(records: Sequence[Record]) -> Measured | NotAttempted:
        found = ordering(pair, records, None)
        if isinstance(found, NotAttempted):
            return found
        low, high = found.low, found.high
        nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
        interval = f"{low:+.4f} to {high:+.4f}"
        detail = f"{found.detail}; difference {found.difference:+.4f} ({interval})"
        return replace(
            found,
            difference=margin - abs(found.difference),
            low=margin - max(abs(low), abs(high)),
            high=margin - nearest,
            detail=detail,
        )

    return measure


CLAIMS = (
    *(claim for model in ("unirep256", "unirep64") for claim in _orderings(model)),
    *(claim for model in ("unirep256", "unirep64") for claim in _ablations(model)),
    *_orderings("unirep1900"),
    _above(
        "la-unirep256",
        "la-onehot",
        "Not in the paper: embeddings are better than one-hot letters",
    ),
    Claim(
        "la-bfloat16-unirep64 within 2 points of la-unirep64 on setDeepLoc",
        "Not in the paper: training in mixed_bfloat16 leaves the accuracy as it is (what is shown "
        "is the rest of the 2 points)",
        NAME,
        measure=_unchanged("la-bfloat16-unirep64", "la-unirep64", 0.02),
    ),
    *(
        Claim(
            f"{name} falls from setDeepLoc to setHARD",
            "Tables 1 and 2: on setHARD every method is less accurate, LA on ProtT5 by 22 points",
            NAME,
            measure=_falls(name),
        )
        for model in ("unirep256", "unirep64", "unirep1900", "protbert", "prott5")
        for name in (f"at-{model}", f"ffn-{model}", f"la-{model}")
    ),
    *(
        Claim(
            f"{name} falls from setDeepLoc to setHARD",
            f"{LATER}LA falls by 21 points and FFN by 21",
            NAME,
            measure=_falls(name, "code"),
        )
        for name in ("ffn-prott5-u50", "la-prott5-u50")
    ),
    *_orderings("seqvec", ("",)),
    *(claim for model in ("protbert", "prott5") for claim in _orderings(model)),
    *_ablations("prott5"),
    *(
        _above("la-prott5-u50", "ffn-prott5-u50", f"{LATER}LA is above FFN", table, "code")
        for table in ("", "setHARD")
    ),
)
