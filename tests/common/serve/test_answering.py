"""Why a request must come later, in words."""

from __future__ import annotations

import pytest

from common.serve.answering import _waiting


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "it is busy with another request"),
        (1, "1 request waits already"),
        (2, "2 requests wait already"),
    ],
)
def test_how_many_wait(number, told):
    assert _waiting(number) == told
