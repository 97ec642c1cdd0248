"""Simulated proteins and transcripts: repeatable, true to their planted signals, learnable."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, RidgeCV

from common.data.alphabet import PROTEIN, RESIDUES, RNA
from common.data.signals import LOCATIONS, PLANTERS, Dice, Planted
from common.data.simulate import (
    FRACTIONS,
    ROBINSON,
    ZIPCODES,
    simulate_proteins,
    simulate_transcripts,
)
from common.errors import UsageError

FORMS = {
    "signal peptide": r"M[KR].*A",
    "er retention": "[KHR]DEL",
    "golgi anchor": "[KR]{3}[A-Z]{16,18}",
    "transit peptide": "MA.*[IV]R[AC]A",
    "lysosomal site": "K..N[AGLV][ST]...K",
    "presequence": "ML.*R[ACLSV][FY]",
    "nuclear localization signal": "P[KR]{5}[VAL]|K[KR].{10,12}[KR]{4}",
    "peroxisomal end": "[SAP][KRH][LM]",
    "transmembrane": "[KR]{3}.{19,24}|.{19,24}[KR]{3}",
    "vacuolar motif": "NP[IL]R[LPN]",
    "AU-rich element": "[AT]TATTTATTTAT[AT]",
    "bipartite zipcode": "CGGAC.{10}ACA[CT]",
    "pyrimidine repeat": "(.T[CT]){10}",
    "C-rich element": "[AG]CCTCCCAGC",
    "decoy": "SKL|KDEL|NPIR|RKR|LLVAALLGV|STSSAS",
}


@pytest.fixture(scope="module")
def proteins() -> pd.DataFrame:
    return simulate_proteins(2000, seed=0)


@pytest.fixture(scope="module")
def transcripts() -> pd.DataFrame:
    return simulate_transcripts(1500, seed=0)


def digest(table: pd.DataFrame) -> str:
    text = table.round(9).to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_the_same_seed_gives_the_same_table_bit_for_bit() -> None:
    for make in (simulate_proteins, simulate_transcripts):
        first, again, other = make(60, seed=7), make(60, seed=7), make(60, seed=8)
        pd.testing.assert_frame_equal(first, again, check_exact=True)
        assert digest(first) != digest(other)


def test_the_tables_of_seed_7_stay_what_they_are() -> None:
    """Golden: made once by this module, so that committed smoke results stay comparable."""
    assert digest(simulate_proteins(60, seed=7)) == "200bc4989680540b"
    assert digest(simulate_transcripts(60, seed=7)) == "96d47b60fa9718fa"


def test_form_of_the_protein_table(proteins: pd.DataFrame) -> None:
    assert list(proteins.columns) == [
        *("id", "sequence", "location", "signal", "signal_start", "signal_end", "signals", "decoys")
    ]
    assert proteins.id.is_unique
    counts = proteins.location.value_counts()
    assert set(counts.index) == set(LOCATIONS)
    assert counts.max() - counts.min() <= 1
    assert proteins.location.ne(proteins.location.shift()).mean() > 0.8
    for row in proteins.itertuples():
        assert PROTEIN.clean(row.id, row.sequence) == row.sequence
        assert row.sequence.startswith("M")
    assert proteins.sequence.is_unique


def test_lengths_follow_the_parameters(proteins: pd.DataFrame) -> None:
    lengths = proteins.sequence.str.len()
    assert lengths.min() >= 50 and lengths.max() == 800
    assert 270 < lengths.median() < 330
    assert lengths.mean() > lengths.median() * 1.05
    short = simulate_proteins(300, seed=0, shortest=60, longest=120, median=90)
    assert short.sequence.str.len().between(60, 120).all()
    assert (short.sequence.str.len() < 100).any()


def spans_of(table: pd.DataFrame, column: str) -> list[tuple[str, str, int, int]]:
    return [
        (row.sequence, name, start, end)
        for row in table.itertuples()
        for name, start, end in getattr(row, column)
    ]


def test_every_span_holds_its_signal(proteins: pd.DataFrame, transcripts: pd.DataFrame) -> None:
    seen: Counter[str] = Counter()
    for sequence, name, start, end in (
        *spans_of(proteins, "signals"),
        *spans_of(proteins, "decoys"),
        *spans_of(transcripts, "signals"),
    ):
        assert 0 <= start < end <= len(sequence)
        assert re.fullmatch(FORMS[name], sequence[start:end]), (name, sequence[start:end])
        seen[name] += 1
    assert set(seen) == set(FORMS)


def test_signals_are_those_of_the_location(proteins: pd.DataFrame) -> None:
    by_location = {
        location: {name for signals in group.signals for name, _, _ in signals}
        for location, group in proteins.groupby("location")
    }
    assert by_location == {
        "ER": {"signal peptide", "er retention"},
        "Golgi": {"golgi anchor"},
        "Chloroplast": {"transit peptide"},
        "Cytoplasmic": set(),
        "Extracellular": {"signal peptide"},
        "Lysosomal": {"signal peptide", "lysosomal site"},
        "Mitochondrial": {"presequence"},
        "Nuclear": {"nuclear localization signal"},
        "Peroxisomal": {"peroxisomal end"},
        "Plasma membrane": {"transmembrane"},
        "Vacuolar": {"signal peptide", "vacuolar motif"},
    }
    at_start = {"signal peptide", "transit peptide", "presequence"}
    at_end = {"er retention", "peroxisomal end"}
    for sequence, name, start, end in spans_of(proteins, "signals"):
        assert (start == 0) == (name in at_start)
        assert (end == len(sequence)) == (name in at_end) or name == "nuclear localization signal"


def test_the_first_signal_has_columns_of_its_own(proteins: pd.DataFrame) -> None:
    for row in proteins.itertuples():
        first = row.signals[0] if row.signals else ("", -1, -1)
        assert (row.signal, row.signal_start, row.signal_end) == first


def test_shares_of_signals_and_decoys(proteins: pd.DataFrame) -> None:
    sorted_ones = proteins[proteins.location != "Cytoplasmic"]
    assert 0.93 < (sorted_ones.signal != "").mean() < 0.97
    assert 0.2 < (proteins.decoys.str.len() > 0).mean() < 0.3
    none = simulate_proteins(100, seed=0, signal_rate=0, decoy_rate=0)
    assert (none.signal == "").all() and (none.decoys.str.len() == 0).all()
    every = simulate_proteins(100, seed=0, signal_rate=1, locations=("ER", "Nuclear"))
    assert (every.signal != "").all()


def test_decoys_stand_where_they_mean_nothing(proteins: pd.DataFrame) -> None:
    for row in proteins.itertuples():
        for _, start, end in row.decoys:
            assert start >= 60 and end <= len(row.sequence) - 5
            assert all(end <= other or other_end <= start for _, other, other_end in row.signals)


def test_background_has_the_published_composition(proteins: pd.DataFrame) -> None:
    cytoplasmic = proteins[(proteins.location == "Cytoplasmic") & (proteins.decoys.str.len() == 0)]
    letters = Counter("".join(sequence[1:] for sequence in cytoplasmic.sequence))
    shares = np.array([letters[residue] for residue in RESIDUES]) / letters.total()
    assert np.isclose(sum(ROBINSON), 1.0)
    assert np.abs(shares - ROBINSON).max() < 4 * np.sqrt(0.09 * 0.91 / letters.total())


def test_locations_are_balanced_when_they_do_not_divide_n() -> None:
    table = simulate_proteins(9, seed=0, locations=("ER", "Nuclear"))
    assert Counter(table.location) == {"ER": 5, "Nuclear": 4}


def composition(text: str) -> list[float]:
    return [text.count(residue) / len(text) for residue in RESIDUES]


def score(features: np.ndarray, labels: pd.Series) -> float:
    train = np.arange(len(labels)) < 0.8 * len(labels)
    scaled = (features - features[train].mean(0)) / (features[train].std(0) + 1e-9)
    model = LogisticRegression(max_iter=300, C=0.1).fit(scaled[train], labels[train])
    return float(model.score(scaled[~train], labels[~train]))


def test_proteins_are_learnable_but_not_from_their_composition(proteins: pd.DataFrame) -> None:
    """Majority: 9 %. Composition of the whole: a third. Both ends added: twice that, not all."""
    whole = np.array([composition(s) for s in proteins.sequence])
    ends = np.array(
        [
            composition(s[:25]) + composition(s[25:60]) + composition(s[-4:])
            for s in proteins.sequence
        ]
    )
    from_whole = score(whole, proteins.location)
    from_ends = score(np.hstack([whole, ends]), proteins.location)
    assert 0.2 < from_whole < 0.45
    assert from_whole + 0.15 < from_ends < 0.9


@pytest.mark.parametrize(
    "options",
    [
        {"n": 0},
        {"locations": ()},
        {"locations": ("ER", "Moon")},
        {"longest": 99},
        {"shortest": 900},
        {"shortest": 0},
    ],
)
def test_impossible_proteins_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="simulate_proteins: received"):
        simulate_proteins(**({"n": 5, "seed": 0} | options))


def test_form_of_the_transcript_table(transcripts: pd.DataFrame) -> None:
    assert list(transcripts.columns) == ["id", "sequence", *FRACTIONS, "signals"]
    assert transcripts.id.is_unique
    for row in transcripts.itertuples():
        assert RNA.clean(row.id, row.sequence) == row.sequence
        ends = [0] + [end for _, _, end in row.signals]
        assert all(s >= e for (_, s, _), e in zip(row.signals, ends, strict=False))
        assert max(Counter(name for name, _, _ in row.signals).values(), default=0) <= 2
    shares = transcripts[list(FRACTIONS)].to_numpy()
    assert (shares > 0).all()
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-12
    lengths = transcripts.sequence.str.len()
    assert lengths.min() >= 200 and lengths.max() <= 3000 and 800 < lengths.median() < 1000


def test_transcripts_lack_cpg(transcripts: pd.DataFrame) -> None:
    text = "N".join(transcripts.sequence)
    letters = Counter(text)
    expected = letters["C"] * letters["G"] / len(text)
    assert 0.2 < text.count("CG") / expected < 0.5


def test_zipcodes_move_transcripts_to_their_fraction(transcripts: pd.DataFrame) -> None:
    shares = transcripts[list(FRACTIONS)].to_numpy()
    for name, zipcode in ZIPCODES.items():
        copies = np.array([sum(n == name for n, _, _ in spans) for spans in transcripts.signals])
        share = shares[:, FRACTIONS.index(zipcode.fraction)]
        means = [share[copies == k].mean() for k in range(3)]
        assert means[0] + 0.1 < means[1] < means[2] - 0.1
        assert 0.5 < (copies == 0).mean() < 0.6


def test_transcripts_are_learnable_but_not_from_their_composition(
    transcripts: pd.DataFrame,
) -> None:
    shares = transcripts[list(FRACTIONS)].to_numpy()
    zipcodes = [[sum(n == z for n, _, _ in s) for z in ZIPCODES] for s in transcripts.signals]
    bases = [[s.count(base) / len(s) for base in "ACGT"] for s in transcripts.sequence]
    for features, low, high in ((zipcodes, 0.85, 0.97), (bases, 0.1, 0.5)):
        inputs = np.array(features, dtype=float)
        predicted = RidgeCV().fit(inputs[:1000], shares[:1000]).predict(inputs[1000:])
        r = [np.corrcoef(predicted[:, i], shares[1000:, i])[0, 1] for i in range(4)]
        assert low < min(r) and max(r) < high


def test_noise_and_length_act_on_the_shares() -> None:
    options = {"noise": 0.0, "length_effect": 0.0}
    plain = simulate_transcripts(200, seed=1, **options)
    without = plain[plain.signals.str.len() == 0]
    assert len(without) and np.allclose(without[list(FRACTIONS)], 0.25)
    longer = simulate_transcripts(200, seed=1, noise=0.0, length_effect=0.5)
    assert list(longer.sequence) == list(plain.sequence)
    rise = longer.nuclear - plain.nuclear
    assert np.corrcoef(rise, np.log(plain.sequence.str.len()))[0, 1] > 0.8
    noisy = simulate_transcripts(200, seed=1, noise=0.5, length_effect=0.0)
    assert (noisy.nuclear - plain.nuclear).std() > 0.03


@pytest.mark.parametrize("options", [{"n": 0}, {"longest": 143}, {"shortest": 4000}])
def test_impossible_transcripts_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="simulate_transcripts: received"):
        simulate_transcripts(**({"n": 5, "seed": 0} | options))


def test_planters_are_used_for_every_location(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []

    def watch(location: str) -> Callable[[Dice, int], list[Planted]]:
        original = PLANTERS[location]
        return lambda dice, length: used.append(location) or original(dice, length)

    for location in list(PLANTERS):
        monkeypatch.setitem(PLANTERS, location, watch(location))
    simulate_proteins(110, seed=0, signal_rate=1)
    assert Counter(used) == dict.fromkeys(PLANTERS, 10)
