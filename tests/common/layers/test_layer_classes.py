"""Every layer class names its source and its masking, has a configuration and a case."""

import importlib
import inspect
import pkgutil
import re

import keras
import pytest

from common import layers
from tests.common.layers.cases import CASES

EXPORTED = [item for name in layers.__all__ if inspect.isclass(item := getattr(layers, name))]
WITHOUT_CASE = {
    layers.MaskedLayer: "a base that computes nothing: the layers that inherit have the cases",
    layers.PeepholeLSTMCell: "reads one position: PeepholeLSTM's cases run and train it",
}
REFERENCE = re.compile(r"[A-Z]\w+( et al\.| and [A-Z]\w+)?,? \(?(19|20)\d\d\b|https://\S+")
"""A paper with its year, or the address of a guide."""


def test_every_public_class_is_exported():
    modules = pkgutil.iter_modules(layers.__path__, f"{layers.__name__}.")
    members = [vars(importlib.import_module(module.name)).items() for module in modules]
    public = {
        item
        for name, item in (pair for pairs in members for pair in pairs)
        if inspect.isclass(item) and issubclass(item, keras.Layer) and not name.startswith("_")
    }
    assert public == set(EXPORTED)


@pytest.mark.parametrize("layer", EXPORTED)
def test_docstring_names_a_source_and_the_masking(layer):
    text = inspect.cleandoc(layer.__doc__ or "")  # Python 3.13 stores it without its indent
    assert REFERENCE.search(" ".join(text.split())), "no paper with its year, and no address"
    assert re.search(r"^Masking: \w", text, re.MULTILINE), "no paragraph on masking"


@pytest.mark.parametrize("layer", EXPORTED)
def test_who_takes_arguments_has_a_configuration(layer):
    """The class that defines ``__init__`` also defines ``get_config``: no base knows its names."""
    owner = next(each for each in layer.__mro__ if "__init__" in vars(each))
    arguments = inspect.signature(owner.__init__).parameters
    assert set(arguments) == {"self", "kwargs"} or "get_config" in vars(owner)


def test_every_class_has_a_case():
    """Its own or, for a class that only a subclass makes testable, that subclass's."""
    made = [type(case.make()).__mro__ for case in CASES.values()]
    covered = {next(each for each in bases if each in EXPORTED) for bases in made}
    assert not covered & set(WITHOUT_CASE)
    assert covered | set(WITHOUT_CASE) == set(EXPORTED)
