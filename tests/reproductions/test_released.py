"""Weights of the repository give the numbers that their cards print, on the real data."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from common.data.fetch import SIMULATED, locate
from common.errors import DataError
from common.harness.experiment import weights_path
from common.harness.scores import SeedScores
from common.paths import results_folder
from common.predict.calibration import calibrate
from common.predict.card import digest_of, read_card, weights_of
from common.predict.evaluate import TEST, VALIDATION, card_metrics, check_ids, predict_parts
from common.predict.predictor import Predictor
from common.predict.release import MOST_BYTES, best_run, draft_card
from common.predict.released import ReleasedModel
from reproductions.model_list import EXTRAS
from reproductions.models import load_model, released

FEW = 24
"""The shortest test sequences are predicted again: an embedding takes its time."""

RELEASED = [pytest.param(paper, model, path, id=model.name) for paper, model, path in released()]


def skip_without(paper, model: ReleasedModel, experiment: str) -> None:
    """Skip where the data or an extra is not here."""
    for name in paper.experiment(experiment).datasets_of("full"):
        if locate(name, simulate=True).origin == SIMULATED:
            pytest.skip(f"the data set {name} is not here")
    if model.extra and find_spec(EXTRAS[model.extra][0]) is None:
        pytest.skip(f"the extra {model.extra} is not installed")


def must_be_released(model: ReleasedModel, path) -> None:
    if not path.exists():
        pytest.skip(f"no card of {model.name} is released")


@pytest.mark.parametrize(("paper", "model", "path"), RELEASED)
def test_card_is_whole_and_small(paper, model, path):
    must_be_released(model, path)
    card = read_card(path)
    assert (card.model, card.paper, card.profile) == (model.name, paper.name, "full")
    assert card.data_variant != SIMULATED
    assert weights_of(path).stat().st_size <= MOST_BYTES


@pytest.mark.slow
@pytest.mark.mirror
@pytest.mark.parametrize(("paper", "model", "path"), RELEASED)
def test_weights_give_the_numbers_of_their_card(paper, model, path):
    must_be_released(model, path)
    card = read_card(path)
    skip_without(paper, model, card.experiment)
    predictor = load_model(model.name)
    examples = model.examples(card.settings, card.seed, card.fold)
    tables = predict_parts(predictor, examples, (TEST,) if model.extra else ())
    found = card_metrics(tables)
    left_out = {name for name in card.metrics if model.extra and "/" in name}
    assert set(found) == set(card.metrics) - left_out
    for metric, value in found.items():
        loose = ":" in metric and "f1" in metric  # a rare label's F1 hangs on single proteins
        assert value == pytest.approx(card.metrics[metric], abs=0.02 if loose else 0.002), metric
    if card.calibration and not model.extra:
        test, *validation = (
            SeedScores.from_tables([tables[part]], part)
            for part in (TEST, VALIDATION)
            if part in tables
        )
        again = calibrate(test, *validation).summary()
        assert again["on"] == card.calibration["on"]
        for name in ("temperature", "ece_before", "ece_after"):
            assert again[name] == pytest.approx(card.calibration[name], abs=0.002), name


@pytest.mark.parametrize(("paper", "model", "path"), RELEASED)
def test_weights_are_half_precision(paper, model, path):
    must_be_released(model, path)
    with np.load(weights_of(path)) as arrays:
        kinds = {arrays[name].dtype for name in arrays.files if arrays[name].dtype.kind == "f"}
    assert kinds == {np.dtype("float16")}


@pytest.mark.mirror
@pytest.mark.parametrize(("paper", "model", "path"), RELEASED)
def test_kept_weights_of_a_full_run_predict_what_it_recorded(paper, model, path):
    try:
        group, record = best_run(paper, model, results_folder(), "full")
    except DataError as error:
        pytest.skip(error.fault)
    skip_without(paper, model, record.key.experiment)
    weights = weights_path(record.key, results_folder())
    examples = model.examples(record.settings, record.key.seed, record.key.fold)
    check_ids(examples, record.predictions["id"].tolist(), model.name, model.dataset)
    card = draft_card(paper, model, group, record, examples, digest_of(weights))
    predictor = Predictor(card, model.load(card, weights))
    test = examples[examples["part"] == TEST]
    few = test.iloc[test["sequence"].str.len().argsort()[:FEW]]
    found = predictor.outputs(few["id"].tolist(), few["sequence"].tolist())
    recorded = record.predictions.set_index("id").loc[few["id"], list(card.labels)].to_numpy()
    assert np.abs(found - recorded).max() < 0.01  # weights were rounded to half precision
    assert (found.argmax(axis=1) == recorded.argmax(axis=1)).mean() > 0.95
