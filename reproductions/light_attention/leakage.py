"""How alike training, validation and test proteins are, and what that is worth.

``python -m reproductions.light_attention.leakage`` searches every validation and test protein
among the training proteins, and the test proteins among the validation proteins too, with
MMseqs2: some minutes on two cores. It writes ``results/audits/light_attention/identities.csv.gz``
and a table; `figures` and `tables` show both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from common.errors import DataError
from common.features.neighbours import best_hits
from common.files import written_whole
from common.harness.record import Record
from common.metrics.classification import most_likely
from common.paths import results_folder
from reproductions.light_attention.data import LOCATIONS, NAMES, Table, load_table

BINS = (0.0, 0.25, 0.3, 0.4, 0.6, 1.0)
"""Edges of the classes of identity; the paper's limits are 30 % (setDeepLoc) and 20 % (setHARD)."""

SEARCHES = {
    **dict.fromkeys(("val", "test", "hard"), "train"),
    "hard-test": "test",
    **dict.fromkeys(("test-val", "hard-val"), "val"),
}
"""Set in which the proteins of each search's first word are searched."""

TITLES = {
    "val": "validation",
    "test": "setDeepLoc",
    "hard": "setHARD",
    "hard-test": "setHARD among setDeepLoc",
    "test-val": "setDeepLoc among validation",
    "hard-val": "setHARD among validation",
}
SEARCHED = ("at-unirep256", "ffn-unirep256", "la-unirep256")
"""Experiments whose accuracy is shown by identity."""

LEAST_PROTEINS = 10
"""Of classes of identity with fewer no accuracy is shown."""

COLUMNS = ("set", "id", "nearest", "identity", "aligned", "query_coverage", "e_value")


def identities(table: Table, threads: int = 2) -> pd.DataFrame:
    """Nearest protein of another set for each validation and test protein.

    Parameters
    ----------
    table : Table
    threads : int

    Returns
    -------
    DataFrame
        `COLUMNS`, one row a protein and search of `SEARCHES`; ``hard-test`` is setHARD among
        setDeepLoc. A protein without a hit (E-value up to 1e-3) has no ``nearest`` and an
        identity of NaN.

    Raises
    ------
    UsageError
        MMseqs2 is not installed.
    """
    found = []
    for search, among in SEARCHES.items():
        queries = _proteins(table, search.split("-")[0])
        hits = best_hits(queries, _proteins(table, among), threads=threads)
        rows = pd.DataFrame({"set": search, "id": [name for name, _ in queries]})
        hits = hits.rename(columns={"query": "id", "target": "nearest"})
        found.append(rows.merge(hits, how="left", on="id"))
    return pd.concat(found, ignore_index=True)[list(COLUMNS)]


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Proteins of each search in each class of identity, one row a search."""
    rows = {}
    for search, own in found.groupby("set", sort=False):
        counts = own["identity"].groupby(identity_class(own["identity"]), observed=False).size()
        rows[search] = {"proteins": len(own), **counts.to_dict()}
    return pd.DataFrame(rows).T.fillna(0).astype(int)


def shares_above(found: pd.DataFrame) -> pd.DataFrame:
    """Proteins of each search above an identity, anywhere and over half of the protein.

    Parameters
    ----------
    found : DataFrame
        From `identities`.

    Returns
    -------
    DataFrame
        ``proteins``, ``no hit``, ``above 30 %``, and ``above 30 % over half`` and ``above 60 %
        over half``, where the alignment holds at least half of the protein; one row a search.
    """
    half = found["query_coverage"] >= 0.5
    counted = {
        "no hit": found["identity"].isna(),
        "above 30 %": found["identity"] > 0.3,
        "above 30 % over half": (found["identity"] > 0.3) & half,
        "above 60 % over half": (found["identity"] > 0.6) & half,
    }
    table = pd.DataFrame({"proteins": 1, **counted}).astype(int)
    return table.groupby(found["set"], sort=False).sum()


def identity_class(values: pd.Series) -> pd.Categorical:
    """``no hit``, and ``0-25 %`` to ``60-100 %``; an upper edge belongs to its class."""
    names = [f"{100 * low:.0f}-{100 * high:.0f} %" for low, high in pairwise(BINS)]
    places = np.clip(np.searchsorted(BINS, values.fillna(0), side="left") - 1, 0, len(names) - 1)
    labels = np.where(values.isna(), "no hit", np.array(names)[places])
    return pd.Categorical(labels, ["no hit", *names], ordered=True)


def accuracy_by_identity(found: pd.DataFrame, records: Sequence[Record]) -> pd.DataFrame:
    """Accuracy of a method's runs in each class of identity to the nearest training protein.

    Parameters
    ----------
    found : DataFrame
        From `identities`.
    records : sequence of Record
        Seeds of one experiment.

    Returns
    -------
    DataFrame
        ``set``, ``identity``, ``proteins``, ``accuracy`` and its binomial standard error ``se``.

    Raises
    ------
    DataError
        A record has a protein that was not searched.
    """
    rows = []
    for search, name in NAMES.items():
        own = found[found["set"] == search].set_index("id")
        right = []
        for record in records:
            table = record.tables["" if search == "test" else name]
            unknown = ~table["id"].isin(own.index)
            if unknown.any():
                missing = str(table.loc[unknown, "id"].iloc[0])
                raise DataError(missing, "its identities are not known", "Run the audit again")
            guess = most_likely(table[list(LOCATIONS)].to_numpy(), LOCATIONS)
            right.append(pd.Series(guess == table["truth"].to_numpy(), index=table["id"]))
        mean = pd.concat(right, axis=1).mean(axis=1)
        classes = pd.Series(identity_class(own.loc[mean.index, "identity"]), index=mean.index)
        for label, values in mean.groupby(classes, observed=True):
            share = float(values.mean())
            se = float(np.sqrt(share * (1 - share) / len(values)))
            rows.append((name, label, len(values), share, se))
    return pd.DataFrame(rows, columns=["set", "identity", "proteins", "accuracy", "se"])


def audit_path(results: Path) -> Path:
    """Where the identities are kept."""
    return results / "audits" / "light_attention" / "identities.csv.gz"


def write_audit(table: Table, results: Path, threads: int = 2) -> Path:
    """Search, and write the identities and ``summary.csv`` beside them."""
    found = identities(table, threads)
    path = audit_path(results)
    with written_whole(path) as temporary:
        compression = {"method": "gzip", "mtime": 0}
        found.to_csv(temporary, index=False, float_format="%.4g", compression=compression)
    with written_whole(path.with_name("summary.csv")) as temporary:
        summary(found).to_csv(temporary, index_label="set", lineterminator="\n")
    return path


def _proteins(table: Table, split: str) -> list[tuple[str, str]]:
    frame = table.part(split)
    return list(zip(frame["id"], frame["sequence"], strict=True))


def main(threads: Annotated[int, typer.Option(min=1)] = 2) -> None:
    """Search every validation and test protein among the other sets, and write what is near."""
    typer.echo(write_audit(load_table("light-attention", n=0), results_folder(), threads))


if __name__ == "__main__":
    from reproductions.cli import run_alone

    run_alone(main)
