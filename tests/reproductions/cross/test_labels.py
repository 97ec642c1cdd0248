"""The mapping between the data sets' locations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reproductions.cross.labels import common_labels, common_truth, own_labels, to_common
from reproductions.deeploc.data import LOCATIONS as DEEPLOC
from reproductions.sonderby.data import LOCATIONS as MULTILOC


def test_every_location_of_every_set_is_mapped_once():
    assert own_labels("multiloc") == tuple(sorted(MULTILOC))
    assert own_labels("deeploc1") == tuple(sorted(DEEPLOC))
    for name in ("multiloc", "deeploc1"):
        assert (to_common(name).sum(axis=1) == 1).all()
        assert (to_common(name).sum(axis=0) >= 1).all(), "a common location that a set lacks"
    assert len(common_labels()) == 10


def test_probabilities_of_lysosome_and_vacuole_are_added():
    own = np.zeros(11)
    own[own_labels("multiloc").index("Lysosomal")] = 0.3
    own[own_labels("multiloc").index("Vacuolar")] = 0.2
    own[own_labels("multiloc").index("Nuclear")] = 0.5
    mapped = dict(zip(common_labels(), own @ to_common("multiloc"), strict=True))
    assert mapped.pop("Lysosome/Vacuole") == pytest.approx(0.5)
    assert mapped.pop("Nucleus") == pytest.approx(0.5)
    assert set(mapped.values()) == {0.0}


def test_truth_is_mapped_by_name_and_an_unknown_one_is_an_error():
    found = common_truth("multiloc", pd.Series(["Vacuolar", "Chloroplast", "Vacuolar"]))
    assert found.tolist() == ["Lysosome/Vacuole", "Plastid", "Lysosome/Vacuole"]
    with pytest.raises(KeyError):
        common_truth("multiloc", pd.Series(["Plastid"]))
