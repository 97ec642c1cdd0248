"""What a network must beat: the most common answer, the composition, the nearest neighbour."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import numpy as np

from common.data.alphabet import STANDARD, Alphabet
from common.features.mmseqs import easy_search, options_for

NEIGHBOURS = 1
NO_HIT = -1
SEARCH = ("-s", "7.5", "-e", "1e-3")


def majority(truth: np.ndarray, n: int, labels: Sequence[str]) -> np.ndarray:
    """Shares of the labels among the training sequences, for every test sequence.

    Parameters
    ----------
    truth : (m,) str or (m, k) float
        Of the training sequences.
    n : int
        Test sequences.
    labels : sequence of str
        The k labels.

    Returns
    -------
    (n, k) float64
    """
    return np.tile(_numbers(truth, labels).mean(axis=0), (n, 1))


def composition(sequences: Sequence[str], alphabet: Alphabet) -> np.ndarray:
    """Share of each letter, and the logarithm of the length, (n, letters + 1) float64."""
    letters = STANDARD[alphabet.name]
    counts = np.array([[text.count(letter) for letter in letters] for text in sequences], float)
    lengths = np.array([len(text) for text in sequences], float)
    return np.column_stack([counts / lengths[:, None], np.log(lengths)])


def linear_on_composition(
    train: np.ndarray, truth: np.ndarray, test: np.ndarray, labels: Sequence[str]
) -> np.ndarray:
    """Logistic regression on standardised composition; of shares, ridge made a distribution.

    Parameters
    ----------
    train, test : (m, features), (n, features)
        From `composition`.
    truth : (m,) str or (m, k) float
    labels : sequence of str

    Returns
    -------
    (n, k) float64
    """
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    logistic = LogisticRegression(max_iter=2000)
    if truth.ndim == 1:
        model = make_pipeline(StandardScaler(), logistic).fit(train, truth)
        found = np.zeros((len(test), len(labels)))
        known = [list(labels).index(name) for name in model.classes_]
        found[:, known] = model.predict_proba(test)
        return found
    if np.isin(truth, (0, 1)).all():
        several = OneVsRestClassifier(logistic)
        return make_pipeline(StandardScaler(), several).fit(train, truth).predict_proba(test)
    found = make_pipeline(StandardScaler(), Ridge()).fit(train, truth).predict(test)
    found = np.clip(found, 1e-6, None)
    return found / found.sum(axis=1, keepdims=True)


def best_hits(train: Sequence[str], test: Sequence[str], alphabet: Alphabet) -> np.ndarray:
    """Training sequence of MMseqs2's best hit (bits) by test sequence, (n,) int64.

    -1 where there is no hit with an E-value below 0.001, or no MMseqs2.
    """
    found = np.full(len(test), NO_HIT)
    if shutil.which("mmseqs") is None:
        return found
    hits = easy_search(test, train, ("bits",), options_for(alphabet, SEARCH))
    best = hits.sort_values(["query", "bits", "target"], ascending=[True, False, True])
    best = best.drop_duplicates("query")
    found[best["query"]] = best["target"]
    return found


def nearest_neighbour(
    train: np.ndarray,
    truth: np.ndarray,
    test: np.ndarray,
    labels: Sequence[str],
    hits: np.ndarray | None = None,
) -> np.ndarray:
    """Labels of the nearest training sequence, (n, k) float64.

    Parameters
    ----------
    train, test : (m, features), (n, features)
        From `composition`.
    truth : (m,) str or (m, k) float
    labels : sequence of str
    hits : (n,) int64, optional
        From `best_hits`: the nearest by alignment. Where there is none it is that of the most
        similar composition.
    """
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import StandardScaler

    scale = StandardScaler().fit(train)
    search = NearestNeighbors(n_neighbors=NEIGHBOURS).fit(scale.transform(train))
    nearest = search.kneighbors(scale.transform(test), return_distance=False)[:, 0]
    if hits is not None:
        nearest = np.where(hits == NO_HIT, nearest, hits)
    return _numbers(truth, labels)[nearest]


def _numbers(truth: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Truth as (n, k) float64, whatever the task."""
    if truth.ndim == 2:
        return truth.astype(np.float64)
    return (truth[:, None] == np.array(labels, dtype=object)[None]).astype(np.float64)
