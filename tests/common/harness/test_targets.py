"""Every printed number has a target or a reason."""

import pytest

from common.errors import DataError
from common.harness.reported import Reported
from common.harness.targets import NotAttempted, Target, target_of

ROW = Reported("toy", "Table 1", "LA", "test", "accuracy", 0.9)


def test_target_and_reason_are_handed_on(paper):
    for answer in (Target("a", "accuracy"), NotAttempted("another group's method")):
        paper.targets = {("LA", "accuracy"): answer}
        assert target_of(paper, ROW) is answer


@pytest.mark.parametrize("answer", [None, "a", NotAttempted(""), NotAttempted("  ")])
def test_neither_target_nor_reason(paper, answer):
    paper.targets = {("LA", "accuracy"): answer}
    message = "toy: Table 1, LA, test, accuracy: has neither a target nor a reason"
    with pytest.raises(DataError, match=message):
        target_of(paper, ROW)
