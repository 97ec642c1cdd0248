"""Claims are tested on the same test examples where they can be."""

import dataclasses
import math

import pytest

from common.harness.claims import (
    Claim,
    Measured,
    evaluate_claims,
    ordering,
    read_claims,
    verdict,
    write_claims,
)
from common.harness.groups import choose_group
from common.harness.shortfall import ran_on
from common.harness.targets import NotAttempted

CLAIM = Claim("a above b", "a is better than b", "toy", "a", "b", "accuracy")


@pytest.fixture
def claimed(paper, results):
    def row(claim=CLAIM, **options):
        paper.claims = (claim,)
        return evaluate_claims([paper], results, **options).iloc[0]

    return row


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.01, 0.02, "holds"),
        (-0.01, 0.02, "undecided"),
        (0.0, 0.02, "undecided"),
        (-0.02, -0.01, "does not hold"),
        (math.nan, math.nan, "undecided"),
    ],
)
def test_words(low, high, word):
    assert verdict(low, high) == word


def test_paired_difference(run, claimed):
    run(right=90, experiment="a")
    run(right=80, experiment="b")
    row = claimed()
    assert row["difference"] == pytest.approx(0.1)
    assert row["verdict"] == "holds"
    assert "paired on the same test examples" in row["detail"]
    assert "fewer than 3 seeds" in row["detail"]
    assert (row["n_seeds"], row["data"], row["profile"]) == (1, "exact", "full")
    # Ten examples of 100 differ: the difference is binomial with p = 0.1.
    assert row["high"] - row["low"] == pytest.approx(2 * 1.645 * 0.03, abs=0.02)


def test_pairing_is_by_id_not_by_row(run, claimed, predictions_of):
    run(experiment="a", right=90, table=predictions_of(100, 90))
    table = predictions_of(100, 80).sample(frac=1, random_state=0)
    run(experiment="b", right=80, table=table)
    assert claimed()["low"] == pytest.approx(0.05, abs=0.011)


def test_unpaired_where_the_test_examples_differ(run, claimed, predictions_of):
    run(right=90, experiment="a")
    run(right=80, experiment="b", table=predictions_of(100, 80, first=1000))
    row = claimed()
    assert "unpaired: the test examples differ" in row["detail"]
    assert row["difference"] == pytest.approx(0.1)
    assert row["high"] - row["low"] == pytest.approx(2 * 1.645 * 0.05, abs=0.03)


def test_unpaired_where_the_truth_differs(run, claimed, predictions_of):
    run(right=90, experiment="a")
    table = predictions_of(100, 80)
    table["truth"] = table["truth"].to_numpy()[::-1]
    run(experiment="b", table=table, metrics={})
    assert "unpaired" in claimed()["detail"]


def test_reversed_ordering_does_not_hold(run, claimed):
    run(right=60, experiment="a")
    run(right=90, experiment="b")
    assert claimed()["verdict"] == "does not hold"


def test_seed_spread_widens_the_interval(run, claimed):
    for seed, right in [(1, 90), (2, 99), (3, 81)]:
        run(seed, right, experiment="a")
        run(seed, 80, experiment="b")
    row = claimed()
    assert row["difference"] == pytest.approx(0.1)
    # sd .09 over 3 seeds: 2.92 x .09 / sqrt(3) alone is .15.
    assert row["low"] < -0.05
    assert row["verdict"] == "undecided"
    assert "fewer than" not in row["detail"]


def test_constant(run, claimed):
    run(right=90, experiment="a")
    row = claimed(Claim("a above c", "above .767", "toy", "a", 0.767, "accuracy"))
    assert row["difference"] == pytest.approx(0.133)
    assert row["verdict"] == "holds"
    assert "the constant 0.767" in row["detail"]


def test_lower_is_better(run, claimed):
    for experiment, loss in [("a", 0.3), ("b", 0.5)]:
        for seed in (1, 2, 3):
            run(seed, experiment=experiment, metrics={"loss": loss + seed / 1000})
    row = claimed(Claim("a above b", "lower loss", "toy", "a", "b", "loss"))
    assert row["difference"] == pytest.approx(0.2)
    assert row["verdict"] == "holds"
    assert "without test examples" in row["detail"]


def test_metric_without_examples_or_seeds_is_undecided(run, claimed):
    for experiment, loss in [("a", 0.3), ("b", 0.5)]:
        run(experiment=experiment, metrics={"loss": loss})
    row = claimed(Claim("a above b", "lower loss", "toy", "a", "b", "loss"))
    assert row["verdict"] == "undecided"
    assert math.isnan(row["low"])


def test_missing_run(run, claimed):
    run(experiment="a")
    row = claimed()
    assert row["verdict"] == "not attempted"
    command = "reproduce run toy/b --variant paper --profile full"
    reason = "no finished run, in any one profile, of b"
    assert row["detail"] == f"{reason}; the command would be: {command}"


def test_both_must_come_from_one_profile_and_data(run, claimed):
    run(experiment="a", profile="full", right=90)
    run(experiment="b", profile="quick", right=50)
    assert claimed()["verdict"] == "not attempted"
    run(experiment="a", profile="quick", right=60)
    assert (claimed()["profile"], claimed()["verdict"]) == ("quick", "holds")
    run(experiment="b", profile="full", right=50, data_variant="simulated")
    assert claimed()["profile"] == "quick"
    assert claimed(profile="full")["verdict"] == "not attempted"


@pytest.mark.parametrize(
    ("data", "verdict"), [("reconstructed", "holds"), ("partial data", "not attempted")]
)
def test_exact_and_reconstructed_data_go_together(run, claimed, data, verdict):
    run(experiment="a", right=90, data_variant=data)
    run(experiment="b", right=50, data_variant="exact")
    row = claimed()
    assert row["verdict"] == verdict
    assert row["data"] == (data if verdict == "holds" else "")


def test_a_side_that_nothing_trained_has_no_seed_spread(run, claimed):
    for seed, right in [(1, 92), (2, 88), (3, 90)]:
        run(seed, right, experiment="a")
    run(right=85, experiment="b", n_parameters=0)
    alone = claimed()
    assert alone["n_seeds"] == 3 and "fewer than" not in alone["detail"]
    run(right=85, experiment="b", n_parameters=5)
    trained = claimed()
    assert trained["n_seeds"] == 1 and "fewer than 3 seeds" in trained["detail"]
    assert alone["high"] - alone["low"] > trained["high"] - trained["low"]


def test_real_data_before_a_longer_profile(run, claimed):
    for experiment, right in [("a", 90), ("b", 80)]:
        run(right=right, experiment=experiment, profile="full", data_variant="simulated")
        run(right=right, experiment=experiment, profile="quick")
    assert (claimed()["profile"], claimed()["data"]) == ("quick", "exact")


def test_measured_claims(claimed, run):
    run(profile="quick", data_variant="simulated")
    seen = []

    def measure(records):
        seen.extend(records)
        group = choose_group(records, "a", "paper")
        return Measured(0.2, 0.1, 0.3, 3, (group,), "peaks at residue 22")

    row = claimed(Claim("attention", "peaks early", "toy", measure=measure))
    assert (row["verdict"], row["data"]) == ("holds", "simulated")
    assert row["detail"].startswith("peaks at residue 22; fewer than 3 seeds")
    assert (len(seen), row["profile"], row["runs"]) == (1, "quick", "a/paper/quick")
    row = claimed(Claim("x", "y", "toy", measure=lambda _: NotAttempted("no weights", "run it")))
    assert row["verdict"] == "not attempted"
    assert row["detail"] == "no weights; the command would be: run it"


@pytest.mark.parametrize("measured", [False, True])
def test_what_a_number_is_remarked_with_is_said_of_a_claim_too(run, claimed, paper, measured):
    for experiment, right in (("a", 90), ("b", 80)):
        run(right=right, experiment=experiment)
    path = paper.folder / "settings.toml"
    path.write_text(path.read_text().replace("paper = 100", "paper = 99"))
    paper.folds = 10
    measure = (lambda records: ordering(CLAIM, records, None)) if measured else None
    row = claimed(dataclasses.replace(CLAIM, measure=measure))
    for experiment in ("a", "b"):
        shortfall = (
            f"{experiment}: run with other settings than settings.toml: epochs, 1 of 10 folds"
        )
        assert shortfall in row["shortfall"] and shortfall in row["detail"]
    assert ran_on(row["data"], row["profile"], row["shortfall"]) == "exact, not as declared"
    assert "fewer than 3 seeds" in row["detail"]


def test_what_the_runs_say_is_said_of_a_claim_too(run, claimed):
    run(right=90, experiment="a", extra={"remark": "profiles of a stand-in database"})
    run(right=80, experiment="b")
    row = claimed(CLAIM)
    assert "a: profiles of a stand-in database" in row["detail"]
    assert row["shortfall"] == ""


def test_same_bytes_and_round_trip(run, claimed, paper, results):
    run(right=90, experiment="a")
    run(right=80, experiment="b")
    claimed()
    first = write_claims(evaluate_claims([paper], results), results).read_bytes()
    assert write_claims(evaluate_claims([paper], results), results).read_bytes() == first
    assert read_claims(results / "claims.csv").loc[0, "difference"] == pytest.approx(0.1)
