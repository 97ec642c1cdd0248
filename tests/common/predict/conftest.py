"""The tiny network, built once."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def predictor():
    import tiny

    return tiny.predictor()
