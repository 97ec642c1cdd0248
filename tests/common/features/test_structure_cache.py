"""The cache of structures: folded once, resumed, the same with several processes."""

from __future__ import annotations

import numpy as np
import pytest

from common.errors import DataError
from common.features import structure_cache
from common.features.rna_structure import Folding, fold_contexts
from common.features.structure_cache import cache_path, cached_contexts, digest_of

pytest.importorskip("RNA", reason="ViennaRNA is not installed")


@pytest.fixture()
def sequences() -> list[str]:
    rng = np.random.default_rng(0)
    return ["".join(rng.choice(list("ACGT"), n)) for n in (60, 200, 90)]


def test_contexts_come_in_the_order_of_the_sequences(sequences, tmp_path):
    found = cached_contexts([*sequences, sequences[0]], folder=tmp_path, workers=1, stream=None)
    assert found == [fold_contexts(sequence) for sequence in [*sequences, sequences[0]]]


def test_several_processes_give_the_same(sequences, tmp_path):
    alone = cached_contexts(sequences, folder=tmp_path / "one", workers=1, stream=None)
    assert cached_contexts(sequences, folder=tmp_path / "two", workers=2, stream=None) == alone


def test_what_is_known_is_not_folded_again(sequences, tmp_path, monkeypatch):
    first = cached_contexts(sequences, folder=tmp_path, workers=1, stream=None)
    folded = []
    monkeypatch.setattr(
        structure_cache, "fold_contexts", lambda s, f: folded.append(s) or "F" * len(s)
    )
    assert cached_contexts(sequences, folder=tmp_path, workers=1, stream=None) == first
    assert folded == []
    cached_contexts([*sequences, "ACGT"], folder=tmp_path, workers=1, stream=None)
    assert folded == ["ACGT"]


def test_a_stopped_run_goes_on_behind_its_last_whole_line(sequences, tmp_path):
    first = cached_contexts(sequences, folder=tmp_path, workers=1, stream=None)
    path = cache_path(Folding(), tmp_path)
    path.write_text(path.read_text()[:-20])
    assert cached_contexts(sequences, folder=tmp_path, workers=1, stream=None) == first
    assert len(path.read_text().splitlines()) == 3


def test_reading_leaves_a_line_that_another_is_writing(sequences, tmp_path):
    cached_contexts(sequences, folder=tmp_path, workers=1, stream=None)
    path = cache_path(Folding(), tmp_path)
    path.write_text(path.read_text() + "0123")
    cached_contexts(sequences, folder=tmp_path, workers=1, stream=None)
    assert path.read_text().endswith("0123")


def test_other_foldings_have_their_own_file(tmp_path):
    assert cache_path(Folding(), tmp_path) != cache_path(Folding(window=100), tmp_path)


def test_damage_is_named(sequences, tmp_path):
    path = cache_path(Folding(), tmp_path)
    path.write_text("not a digest\n")
    with pytest.raises(DataError, match="line 1"):
        cached_contexts(sequences, folder=tmp_path, workers=1, stream=None)
    path.write_text(f"{digest_of(sequences[0])}\tFF\n")
    with pytest.raises(DataError, match="2 contexts for 60"):
        cached_contexts(sequences, folder=tmp_path, workers=1, stream=None)
