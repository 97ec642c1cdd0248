import pytest

from tests.common.layers import helpers

CASES = helpers.cases_of("pooling")


@pytest.mark.parametrize("name", CASES)
def test_shapes(name):
    helpers.check_shapes(name)


@pytest.mark.parametrize("name", CASES)
def test_saving(name, tmp_path):
    helpers.check_saving(name, tmp_path)


@pytest.mark.parametrize("name", CASES)
def test_gradients(name):
    helpers.check_gradients(name)


@pytest.mark.parametrize("name", CASES)
def test_batch_invariance(name):
    helpers.check_batch_invariance(name)


@pytest.mark.parametrize("name", CASES)
def test_padding_is_exactly_zero(name):
    helpers.check_padding(name)


@pytest.mark.parametrize("name", CASES)
def test_mixed_precision(name):
    helpers.check_mixed_precision(name)
