"""A fall is found, and what is not there counts as one."""

import dataclasses
import math

import pandas as pd
import pytest

from common.errors import UsageError
from common.harness import claims, compare
from common.harness.baseline import make_baseline
from common.harness.check import (
    check_claims,
    check_memory,
    check_metrics,
    check_verdicts,
    report_outcomes,
)
from common.harness.record import read_records
from common.harness.tables import as_table


@pytest.fixture
def baseline(run, results):
    """Accuracy .84 with a tolerance of about .13, loss 1 with the floor of .005."""
    for seed, right in enumerate((80, 82, 84, 86, 88), 1):
        run(seed, right, metrics={"accuracy": right / 100, "loss": 1.0})
    table = make_baseline(read_records(results))
    for path in results.rglob("seed*"):
        path.unlink()
    return table


@pytest.fixture
def falls(baseline, results):
    def found(**options):
        outcomes = check_metrics(baseline, read_records(results), **options)
        return {outcome.name.split()[3] for outcome in outcomes if outcome.fell}

    return found


@pytest.mark.parametrize(
    ("right", "loss", "expected"),
    [
        (84, 1.0, set()),
        (99, 0.1, set()),
        (72, 1.0, set()),
        (70, 1.0, {"accuracy"}),
        (84, 1.004, set()),
        (84, 1.006, {"loss"}),
        (84, math.nan, {"loss"}),
    ],
)
def test_falls_beyond_the_tolerance(run, falls, right, loss, expected):
    run(right=right, metrics={"accuracy": right / 100, "loss": loss})
    assert falls() == expected


def test_mean_of_the_seeds_at_hand(run, falls):
    run(1, 60, metrics={"accuracy": 0.6, "loss": 1.0})
    assert falls() == {"accuracy"}
    run(2, 99, metrics={"accuracy": 0.99, "loss": 1.0})
    assert falls() == set()


def test_missing_record_and_missing_metric(run, falls):
    assert falls() == {"accuracy", "loss"}
    run(right=84)
    assert falls() == {"loss"}


def test_data_that_the_baseline_does_not_know(run, falls, baseline, results):
    run(right=84, metrics={"accuracy": 0.84, "loss": 1.0}, data_variant="simulated")
    assert falls() == {"accuracy", "loss"}
    (line, _) = check_metrics(baseline, read_records(results))
    assert "the run used simulated data, the baseline does not" in line.line


def test_baseline_of_two_kinds_of_data(run, baseline, results):
    simulated = baseline.assign(data="simulated", value=baseline["value"] / 2)
    both = pd.concat([baseline, simulated], ignore_index=True)
    run(right=42, metrics={"accuracy": 0.42, "loss": 0.5}, data_variant="simulated")
    outcomes = check_metrics(both, read_records(results))
    assert [outcome.fell for outcome in outcomes] == [False, False]
    run(right=42, seed=2, metrics={"accuracy": 0.42, "loss": 1.0})
    outcomes = check_metrics(both, read_records(results))
    assert [outcome.fell for outcome in outcomes] == [True, False, False, False]


def test_missing_record_of_a_baseline_of_two_kinds_is_one_fall_each(baseline):
    both = pd.concat([baseline, baseline.assign(data="simulated")], ignore_index=True)
    outcomes = check_metrics(both, [])
    assert [outcome.fell for outcome in outcomes] == [True, True]


@pytest.mark.parametrize(("peak", "fell"), [(5.9e9, False), (6.1e9, True)])
def test_a_shortened_run_that_takes_too_much_memory_falls(run, results, peak, fell):
    run(1, profile="quick", provenance={"peak_memory_bytes": 1e9})
    run(2, profile="quick", provenance={"peak_memory_bytes": peak})
    run(3, profile="full", provenance={"peak_memory_bytes": 9e9})
    (outcome,) = check_memory(read_records(results))
    assert outcome.fell is fell
    assert "--seed 2 --fold 0 --profile quick" in outcome.line


def test_profile_limits_the_check(falls):
    assert falls(profile="quick") == set()
    assert falls(profile="full") == {"accuracy", "loss"}


def test_missing_fold(run, results):
    for seed in range(5):
        for fold in range(2):
            run(seed, fold=fold)
    table = make_baseline(read_records(results))
    for path in results.rglob("seed*-fold1*"):
        path.unlink()
    (outcome,) = check_metrics(table, read_records(results))
    assert outcome.fell
    assert outcome.note == "no seed has all the folds"


def test_one_line_for_each_metric_and_what_fell_last(run, baseline, results):
    run(right=70, metrics={"accuracy": 0.7, "loss": 1.0})
    lines = []
    fallen = report_outcomes(check_metrics(baseline, read_records(results)), lines.append)
    assert len(fallen) == 1
    assert lines[0].startswith("ok    full toy/a paper loss")
    assert lines[1].startswith("FELL  full toy/a paper accuracy on exact  old 0.8400  new 0.7000")
    assert "tolerance 0.1298" in lines[1]
    assert lines[2:] == ["1 of 2 fell"]


def test_nothing_to_check_is_no_success():
    with pytest.raises(UsageError, match="nothing to check"):
        report_outcomes([])


BEFORE = compare.Row(
    *("toy", "Table 1", "a", "b", "accuracy", "", 0.9, math.nan, ""),
    reproduced=0.9,
    verdict="equivalent",
    data="exact",
    profile="full",
)


def verdicts(after, before=BEFORE):
    rows = [as_table([row] if row else [], compare.Row) for row in (before, after)]
    (outcome,) = check_verdicts(*rows)
    return outcome


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({}, ""),
        ({"verdict": "higher"}, ""),
        ({"verdict": "inconclusive"}, "the verdict is worse"),
        ({"verdict": "lower"}, "the verdict is worse"),
        ({"data": "reconstructed"}, "exact data before, reconstructed now"),
        ({"data": "simulated"}, "exact data before, simulated now"),
        ({"profile": "quick"}, "profile full before, quick now"),
        (
            {"verdict": "not attempted", "reproduced": math.nan, "data": "", "profile": ""},
            "the verdict is worse; the number is gone",
        ),
    ],
)
def test_falls_of_a_verdict(changes, note):
    outcome = verdicts(dataclasses.replace(BEFORE, **changes))
    assert (outcome.note, outcome.fell) == (note, bool(note))


@pytest.mark.parametrize(
    ("metric", "before", "after", "fell"),
    [
        ("accuracy", "inconclusive", "lower", True),
        ("accuracy", "lower", "inconclusive", False),
        ("accuracy", "higher", "equivalent", False),
        ("accuracy", "lower", "equivalent", False),
        ("false negatives", "equivalent", "lower", False),
        ("false negatives", "equivalent", "higher", True),
        ("proteins", "equivalent", "higher", True),
        ("proteins", "equivalent", "lower", True),
        ("count", "equivalent", "higher", True),
        ("parameters", "equivalent", "higher", True),
        ("positive zipcodes at KL 0.0075", "equivalent", "higher", True),
        ("pearson r, 10 folds pooled", "equivalent", "higher", False),
        ("roc auc, cytosol", "equivalent", "higher", False),
    ],
)
def test_better_side_of_a_verdict(metric, before, after, fell):
    rows = [dataclasses.replace(BEFORE, metric=metric, verdict=word) for word in (before, after)]
    assert verdicts(rows[1], rows[0]).fell is fell


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({}, ""),
        ({"verdict": "undecided"}, "the verdict is worse"),
        ({"verdict": "does not hold"}, "the verdict is worse"),
        ({"verdict": "not attempted", "data": "", "profile": ""}, "the verdict is worse"),
        ({"data": "stand-in"}, "exact data before, stand-in now"),
        ({"claim": "c above d"}, "the claim is gone"),
    ],
)
def test_falls_of_a_claim(changes, note):
    before = claims.Row("toy", "a above b", "s", 0.1, 0.05, 0.2, "holds", 3, "exact", "full")
    after = dataclasses.replace(before, **changes)
    never = claims.Row("toy", "e above f", "s")
    tables = [as_table(rows, claims.Row) for rows in ([before, never], [after, never])]
    (outcome,) = check_claims(*tables)
    assert (outcome.note, outcome.fell) == (note, bool(note))


def test_row_that_is_gone():
    outcome = verdicts(None)
    assert outcome.fell
    assert outcome.note == "the row is gone"


def test_number_that_never_was_cannot_vanish():
    empty = compare.Row("toy", "Table 1", "a", "b", "accuracy", "", 0.9, math.nan, "")
    tables = [as_table([row], compare.Row) for row in (empty, empty, BEFORE)]
    assert check_verdicts(*tables[:2]) == check_verdicts(*tables[1:]) == []
