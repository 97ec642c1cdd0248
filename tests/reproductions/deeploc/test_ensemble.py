"""What is averaged, and what a record says of it; members are made up, nothing is trained."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from common.errors import DataError, UsageError
from common.harness.compare import compare
from common.harness.outcome import prediction_table, scores
from common.harness.record import RunKey, RunResult, read_record, read_records, write_record
from common.harness.runner import run_experiment
from common.harness.shortfall import OTHER_SETTINGS
from reproductions.deeploc.examples import MEMBRANE_LABELS
from reproductions.deeploc.experiments import NAME, PAPER
from reproductions.deeploc.tree import LOCATIONS, locations_from_nodes, nodes_from_locations


@pytest.fixture
def member(tmp_path):
    """Write the record of a network: `member("blosum-tree", 2, proteins=9)` with such a setting."""

    def write(experiment: str, seed: int, **overrides) -> np.ndarray:
        rng = np.random.default_rng([seed, len(experiment)])
        values = rng.dirichlet(np.ones(len(LOCATIONS)), 30)
        truth = np.resize(LOCATIONS, 30)
        ids = [f"P{row}" for row in range(30)]
        table = prediction_table(ids, truth, values, LOCATIONS)
        both = np.stack([values[:, 0], 1 - values[:, 0]], axis=1)
        bound = prediction_table(ids, np.resize(MEMBRANE_LABELS, 30), both, MEMBRANE_LABELS)
        result = RunResult(
            metrics=scores(table) | scores(bound, "membrane") | scores(table, "sethard"),
            predictions=table,
            history=pd.DataFrame({"epoch": [1], "loss": [0.5]}),
            n_original=30,
            n_effective=30,
            data_variant="exact",
            data_sha256={"deeploc.fasta": "ab" * 32},
            n_parameters=7,
            padding_share=0.0,
            seconds=1.0,
            tables={"membrane": bound, "sethard": table},
        )
        key = RunKey("full", NAME, experiment, "paper", seed)
        settings = PAPER.settings.resolve("paper", "full", experiment, overrides)
        write_record(key, result, settings, {"commit": "0123456789abcdef"}, tmp_path)
        return values

    return write


@pytest.fixture
def average(tmp_path):
    def run(experiment: str = "blosum-ensemble", **overrides):
        key = RunKey("full", NAME, experiment, "paper", 1)
        return read_record(
            run_experiment(
                PAPER,
                PAPER.experiment(experiment),
                key,
                overrides=overrides,
                quiet=True,
                results=tmp_path,
                runs=tmp_path / "checkpoints",
            )
        )

    return run


def locations(record):
    return record.predictions[list(LOCATIONS)].to_numpy()


def test_softmaxes_alone_answer_and_say_so(member, average, tmp_path):
    values = [member("profile-softmax", seed) for seed in (1, 2, 3, 4)]
    record = average("profile-ensemble")
    np.testing.assert_allclose(locations(record), np.mean(values, axis=0), rtol=0, atol=1e-6)
    assert record.content["extra"]["remark"] == "4 softmaxes and 0 trees"
    assert "members_other_settings" not in record.content["extra"]
    table = compare([PAPER], tmp_path)
    answered = table[table["verdict"] != "not attempted"]
    assert len(answered) == 6
    assert answered["reason"].str.contains("4 softmaxes and 0 trees").all()
    assert not answered["reason"].str.contains(OTHER_SETTINGS).any()


def test_trees_alone_are_averaged_decision_by_decision(member, average):
    values = [member("blosum-tree", seed) for seed in (1, 2)]
    record = average()
    nodes = np.mean([nodes_from_locations(each) for each in values], axis=0)
    expected = locations_from_nodes(nodes)
    np.testing.assert_allclose(locations(record), expected, rtol=0, atol=1e-6)
    assert record.content["extra"]["remark"] == "0 softmaxes and 2 trees"


def test_no_member_at_all_is_refused(average):
    with pytest.raises(DataError, match="softmax and blosum-tree: no finished run of either"):
        average()


def test_an_ensemble_grows_with_its_members(member, average):
    member("blosum-softmax", 1)
    assert average().content["extra"]["remark"] == "1 softmaxes and 0 trees"
    member("blosum-tree", 1)
    assert average().content["extra"]["remark"] == "1 softmaxes and 1 trees"


@pytest.mark.parametrize(("most", "each"), [(4, 2), (5, 2), (2, 1), (16, 3)])
def test_a_smaller_ensemble_takes_as_many_of_each_kind(member, average, most, each):
    for seed in (1, 2, 3):
        for name in ("blosum-softmax", "blosum-tree"):
            member(name, seed)
    record = average(ensemble=most)
    names = [f"{kind}/seed{seed}-fold0" for kind in ("blosum-softmax", "blosum-tree")
             for seed in range(1, each + 1)]  # fmt: skip
    assert list(record.content["extra"]["members"]) == names
    written = record.path.stat().st_mtime_ns
    assert average(ensemble=most).path.stat().st_mtime_ns == written


@pytest.mark.parametrize("most", [1, 0, -4])
def test_an_ensemble_without_room_for_both_kinds_is_refused(member, average, most):
    member("blosum-softmax", 1)
    with pytest.raises(UsageError, match="ensemble: .*Set 2 or more"):
        average(ensemble=most)


def test_a_member_with_other_settings_is_told_of(member, average, tmp_path):
    member("blosum-softmax", 1)
    member("blosum-tree", 1, proteins=100, epochs=3)
    record = average()
    assert record.content["extra"]["members_other_settings"] == ["epochs", "proteins"]
    table = compare([PAPER], tmp_path)
    (reasons,) = {row["reason"] for _, row in table.iterrows() if "softmaxes" in row["reason"]}
    assert f"members {OTHER_SETTINGS}: epochs, proteins" in reasons


def test_members_of_the_reports_ensemble_are_looked_at_too(member, average, tmp_path):
    for seed in (1, 2):
        member("report-member", seed, report_epochs=3)
    record = average("ablation-ensemble")
    assert record.content["extra"]["members_other_settings"] == ["report_epochs"]
    assert len(read_records(tmp_path, "full", NAME, "report-member")) == 2
