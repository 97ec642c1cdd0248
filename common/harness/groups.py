"""Records that belong together: the seeds of one experiment, each with all its folds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from common.data.registry import VARIANTS
from common.errors import DataError
from common.harness.measures import parse_measure
from common.harness.record import Record
from common.harness.scores import SeedScores
from common.harness.settings import PROFILES
from common.harness.verdict import REPRODUCTIONS

BOOTSTRAPS = 1000


@dataclass(frozen=True)
class Estimate:
    """A metric over the seeds of a group.

    Parameters
    ----------
    value : float
        Mean over the seeds, as a fraction.
    by_seed : (n_seeds,) float64
    drawn : (resamples,) float64
        The mean over the seeds on each bootstrap resample of the test examples; empty where the
        predictions are not enough to compute the metric.
    n_test : int
        Test examples of one seed, its folds pooled.
    support : float
        Examples that a proportion is a share of, averaged over the seeds; NaN for no proportion.
    stored_se : float
        Bootstrap error that the records themselves tell, where `drawn` is empty; else NaN.
    """

    value: float
    by_seed: np.ndarray
    drawn: np.ndarray
    n_test: int
    support: float
    stored_se: float = math.nan

    @property
    def seed_sd(self) -> float:
        """Standard deviation over the seeds, ddof 1; NaN for one seed."""
        return float(self.by_seed.std(ddof=1)) if len(self.by_seed) > 1 else math.nan

    @property
    def bootstrap(self) -> tuple[float, float]:
        """95 % percentile interval over test examples."""
        defined = self.drawn[~np.isnan(self.drawn)]
        if not len(defined):
            return math.nan, math.nan
        low, high = np.quantile(defined, [0.025, 0.975])
        return float(low), float(high)

    @property
    def bootstrap_se(self) -> float:
        """Standard deviation of the bootstrap resamples."""
        defined = self.drawn[~np.isnan(self.drawn)]
        return float(defined.std(ddof=1)) if len(defined) > 1 else self.stored_se


@dataclass(frozen=True)
class RunGroup:
    """Every seed of one experiment, variant and profile on the same data with the same settings.

    Parameters
    ----------
    seeds : mapping of int to tuple of Record
        The folds of each seed, in order.
    note : str
        What was left out, and why.
    in_place_of : str
        Variant that was preferred and has fewer folds.
    """

    seeds: Mapping[int, tuple[Record, ...]]
    note: str = ""
    in_place_of: str = ""

    @property
    def records(self) -> list[Record]:
        """All records, by seed and fold."""
        return [record for folds in self.seeds.values() for record in folds]

    @property
    def name(self) -> str:
        """Such as ``a-lstm/paper/full``; `named_group` finds the group again."""
        key = self.records[0].key
        return f"{key.experiment}/{key.variant}/{key.profile}"

    @property
    def variant(self) -> str:
        """Variant of every record."""
        return self.records[0].key.variant

    @property
    def folds(self) -> int:
        """Folds of every seed."""
        return len(next(iter(self.seeds.values())))

    @property
    def profile(self) -> str:
        """Profile of every record."""
        return self.records[0].key.profile

    @property
    def data(self) -> str:
        """Data variant of every record."""
        return self.records[0].data_variant

    @property
    def is_trained(self) -> bool:
        """Whether another seed could give another number: something was trained."""
        return any(record.content["n_parameters"] for record in self.records)

    def told(self, name: str) -> list[str]:
        """Texts of this name in the ``extra`` of the records, each once."""
        texts = (record.content["extra"].get(name, "") for record in self.records)
        return list(dict.fromkeys(filter(None, texts)))

    def scores(self, table: str = "") -> dict[int, SeedScores]:
        """Pooled predictions of each seed.

        Parameters
        ----------
        table : str
            Which table of predictions, as in `Record.tables`.

        Raises
        ------
        DataError
            A record has no table of this name.
        """
        if table not in self._pooled:
            for record in self.records:
                if table not in record.tables:
                    fault = f"no predictions named {table!r}"
                    raise DataError(str(record.path), fault, "Run it again, or mend the target")
            self._pooled[table] = {
                seed: SeedScores.from_tables(
                    [fold.tables[table] for fold in folds], str(folds[0].path.parent)
                )
                for seed, folds in self.seeds.items()
            }
        return self._pooled[table]

    @cached_property
    def _pooled(self) -> dict[str, dict[int, SeedScores]]:
        return {}

    def estimate(self, metric: str) -> Estimate:
        """Compute a metric from the predictions, or take it from the records.

        Raises
        ------
        DataError
            The records do not have it; or they have another value than their predictions give.
        """
        measure = parse_measure(metric)
        scores = list(self.scores(measure.table).values())
        stored = [self._stored(metric, folds) for folds in self.seeds.values()]
        if not all(one.can(measure) for one in scores):
            values = np.array(stored, dtype=float)
            if any(metric not in record.metrics for record in self.records):
                fault = f"no value for the metric {metric}"
                raise DataError(
                    self.records[0].key.command, fault, "Run it again, or mend the target"
                )
            support = scores[0].n if measure.kind == "accuracy" else math.nan
            errors = [one.content["extra"].get("sampling_se", {}) for one in self.records]
            se = float(np.mean([error.get(metric, math.nan) for error in errors]))
            return Estimate(float(values.mean()), values, np.empty(0), scores[0].n, support, se)
        values = np.array([one.value(measure) for one in scores])
        self._agree(metric, stored, values)
        draws = draw_seeds(scores)
        drawn = [one.drawn(measure, BOOTSTRAPS, draws[one.ids]) for one in scores]
        support = float(np.mean([one.support(measure) for one in scores]))
        mean = np.mean(drawn, axis=0)
        return Estimate(float(values.mean()), values, mean, scores[0].n, support)

    def _stored(self, metric: str, folds: Sequence[Record]) -> float:
        """Mean over the folds of a metric in the records; NaN where one lacks it."""
        return float(np.mean([fold.metrics.get(metric, math.nan) for fold in folds]))

    def _agree(self, metric: str, stored: Sequence[float], values: np.ndarray) -> None:
        """Refuse a record whose metric is not what its own predictions give."""
        for folds, told, found in zip(self.seeds.values(), stored, values, strict=True):
            if len(folds) == 1 and abs(told - found) > 1e-5:
                fault = f"says {metric} = {told:.6g}, its predictions give {found:.6g}"
                raise DataError(
                    str(folds[0].path), fault, "Delete the run's files and run it again"
                )


def draw_seeds(scores: Iterable[SeedScores]) -> dict[tuple[str, ...], int]:
    """Seed of the bootstrap for each set of test ids: the same ids are drawn together."""
    return {ids: number for number, ids in enumerate(dict.fromkeys(one.ids for one in scores))}


def choose_group(
    records: Iterable[Record],
    experiment: str,
    variant: str | Sequence[str],
    profile: str | None = None,
    folds: int | None = None,
) -> RunGroup | None:
    """Best complete group of one experiment's records.

    Exact and reconstructed data come before other real data, those before simulated; then the
    `full` profile before `quick` and `smoke`; then the order of `VARIANTS`; then, of several
    variants, the one with more folds.

    Parameters
    ----------
    records : iterable of Record
        Of one paper.
    variant : str or sequence of str
        Several in order of preference, where they have equally many folds.
    profile : str, optional
        Only this one.
    folds : int, optional
        Folds that make a seed complete; by default all that any of the seeds has.

    Returns
    -------
    RunGroup or None
        None where no seed is complete.

    Raises
    ------
    DataError
        Two records of the best group have other settings or other data.
    """
    variants = (variant,) if isinstance(variant, str) else variant
    groups: dict[tuple[int, int, int], dict[str, list[Record]]] = {}
    for record in records:
        key = record.key
        if key.experiment == experiment and profile in (None, key.profile):
            rank = (
                reality(record.data_variant),
                -PROFILES.index(key.profile),
                VARIANTS.index(record.data_variant),
            )
            groups.setdefault(rank, {}).setdefault(key.variant, []).append(record)
    for rank in sorted(groups):
        found = (_complete(groups[rank].get(name, []), folds) for name in variants)
        whole = [group for group in found if group]
        if whole:
            group = max(whole, key=lambda one: one.folds)
            check_alike(group.records)
            preferred = variants[0] if group.variant != variants[0] else ""
            return replace(group, in_place_of=preferred)
    return None


def named_group(records: Iterable[Record], name: str, folds: int | None = None) -> RunGroup | None:
    """Group of a `RunGroup.name`; as `choose_group`."""
    experiment, variant, profile = name.split("/")
    return choose_group(records, experiment, variant, profile, folds)


def reality(data: str) -> int:
    """0 for data that a reproduction may use, 1 for other real data, 2 for simulated."""
    return 2 if data == "simulated" else int(data not in REPRODUCTIONS)


def _complete(records: Sequence[Record], folds: int | None) -> RunGroup | None:
    """Those seeds that have every fold."""
    needed = set(range(folds)) if folds else {record.key.fold for record in records}
    seeds: dict[int, dict[int, Record]] = {}
    for record in sorted(records, key=lambda one: one.key):
        if record.key.fold in needed:
            seeds.setdefault(record.key.seed, {})[record.key.fold] = record
    whole = {s: tuple(found.values()) for s, found in seeds.items() if set(found) == needed}
    missing = [
        f"seed {s} has {len(found)} of {len(needed)} folds and is left out"
        for s, found in seeds.items()
        if s not in whole
    ]
    return RunGroup(whole, "; ".join(missing)) if whole else None


def check_alike(records: Sequence[Record]) -> None:
    """Refuse to average over records with other settings or other data files.

    What the seeds of a random search draw may differ; ``extra`` names it. So may the hours that
    training was given: where they ended it, ``cut_short`` says so of each.
    """
    first = records[0]
    for record in records[1:]:
        names = sorted({*first.settings, *record.settings} - {*_drawn(first), *_drawn(record)})
        differ = [n for n in names if first.settings.get(n) != record.settings.get(n)]
        if record.content["data_sha256"] != first.content["data_sha256"]:
            differ.append("the checksums of the data")
        if differ:
            fault = f"differs from {first.key.stem} in {', '.join(differ)}"
            raise DataError(
                str(record.path), fault, f"Run the older of the two again: {record.key.command}"
            )


def _drawn(record: Record) -> Mapping[str, Any]:
    """Settings that a run's seed drew, as the run tells them; none but in a random search."""
    return record.content["extra"].get("drawn", {})
