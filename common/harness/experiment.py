"""What a paper declares: its experiments, one for each row of a table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from common.errors import UsageError
from common.harness.cells import ResultTable
from common.harness.claims import Claim
from common.harness.record import RunKey, RunResult
from common.harness.report import FigureInfo
from common.harness.settings import PROFILES, Settings, load_settings
from common.harness.targets import NotAttempted, Target

if TYPE_CHECKING:
    import keras

    from common.own.trainable import Trainable
    from common.predict.released import ReleasedModel
    from common.sources import Examples
    from common.training.fit import FitResult
    from common.training.recipe import Recipe

__all__ = [
    "PROFILES",
    "Context",
    "Cost",
    "Experiment",
    "Paper",
    "needed_keys",
    "ordered_keys",
    "weights_path",
]


Names = tuple[str, ...]
Value = TypeVar("Value")


def _of_profile(value: Value | Mapping[str, Value], profile: str, default: Value) -> Value:
    """A value that is the same for every profile, or the one of this profile."""
    return value.get(profile, default) if isinstance(value, Mapping) else value


@dataclass(frozen=True)
class Context:
    """What one run is told.

    Parameters
    ----------
    key : RunKey
        Profile, paper, experiment, variant, seed and fold.
    settings : dict
        Resolved hyper-parameters.
    checkpoints : Path
        Folder of this run's checkpoints; it depends on the settings.
    results : Path
        Folder of finished records, for experiments that read others'.
    quiet : bool
        Print no progress.
    tensorboard : bool
        Write logs for TensorBoard beside the checkpoints.
    hours : float, optional
        Most hours of training; None for as long as the settings say.
    cut_short : list of str
        Filled by `fit` where `hours` ended a training: how far it had come.
    """

    key: RunKey
    settings: dict[str, Any]
    checkpoints: Path
    results: Path
    quiet: bool = False
    tensorboard: bool = False
    hours: float | None = None
    cut_short: list[str] = field(default_factory=list)

    def keep_weights(self, model: keras.Model) -> None:
        """Write the weights of the first seed and fold as `float16`, for figures and prediction."""
        from common.training.checkpoint import save_weights

        if self.key.seed == 1 and self.key.fold == 0:
            save_weights(weights_path(self.key, self.results), model, dtype="float16")

    def fit(
        self,
        model: keras.Model,
        training: Examples,
        recipe: Recipe,
        validation: Examples | None = None,
        data: str = "",
    ) -> FitResult:
        """Train a compiled network as `common.training.fit.fit` does, with the run's own seed.

        Checkpoints lie under the run's folder, in that of the data's short name `data`.
        """
        from common.training.fit import fit
        from common.training.progress import readable

        fitted = fit(
            model,
            training,
            recipe,
            seed=self.key.training_seed,
            validation=validation,
            folder=self.checkpoints / data,
            title=self.title,
            hours=self.hours,
            tensorboard=self.tensorboard,
            stream=self.stream,
        )
        if fitted.cut_short:
            done = f"{fitted.epochs} of at most {recipe.epochs} epochs"
            self.cut_short.append(f"{done}: training was ended after {readable(fitted.seconds)}")
        return fitted

    @property
    def may_simulate(self) -> bool:
        """Whether simulated data may stand in where the real data set is nowhere.

        A full run never does: its numbers go beside the paper's.
        """
        return self.key.profile != "full"

    @property
    def stream(self) -> TextIO | None:
        """Where progress is printed; None for a quiet run."""
        return None if self.quiet else sys.stderr

    @property
    def title(self) -> str:
        """Heads the run's progress lines."""
        key = self.key
        fold = f" fold {key.fold}" if key.fold else ""
        return f"{key.paper}/{key.experiment} seed {key.seed}{fold}"


@dataclass(frozen=True)
class Cost:
    """What a scheduler must know of a run.

    Parameters
    ----------
    minutes : int
        Longest time on two cores.
    memory_gb : int
        Peak memory.
    threads : int
        Cores that are used well.
    gpu : bool
        Whether a GPU pays.
    """

    minutes: int = 10
    memory_gb: int = 4
    threads: int = 2
    gpu: bool = False


@dataclass(frozen=True)
class Experiment:
    """One row of a paper's table, or one of our own questions to its model.

    Parameters
    ----------
    paper, name : str
        Together the name on the command line, ``sonderby/a-lstm``.
    title : str
        One line that says what is trained on what.
    run : callable
        From a `Context` to a `RunResult`.
    seeds : mapping of str to tuple of int
        Seeds that each profile runs.
    datasets : tuple of str, or mapping of str to tuple of str
        Data sets of the registry that the run reads; by profile where profiles differ. The smoke
        profile reads none.
    needs : tuple of str
        Experiments of the same paper whose records (all seeds of the profile) are read.
    variants : tuple of str, or mapping of str to tuple of str
        ``paper``, ``code``, ``best``; the first is the default. By profile where profiles differ.
    optional_variants : tuple of str
        Further ones, which run only where they are asked for.
    folds : int, or mapping of str to int
        Folds of a cross-validation that are run; 1 where there is none. By profile where profiles
        differ.
    costs : mapping of str to Cost
        By profile.
    draws : callable, optional
        For a random search: from resolved settings and a seed to the settings that the seed draws.
    """

    paper: str
    name: str
    title: str
    run: Callable[[Context], RunResult]
    seeds: Mapping[str, tuple[int, ...]]
    datasets: Names | Mapping[str, Names] = ()
    needs: tuple[str, ...] = ()
    variants: Names | Mapping[str, Names] = ("paper",)
    optional_variants: Names = ()
    folds: int | Mapping[str, int] = 1
    costs: Mapping[str, Cost] = field(default_factory=dict)
    draws: Callable[[Mapping[str, Any], int], dict[str, Any]] | None = None

    def resolve(
        self, settings: Settings, key: RunKey, overrides: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Settings that a run uses: the paper's, what its seed draws, and `overrides` before both.

        Raises
        ------
        UsageError
            As `common.harness.settings.Settings.resolve`.
        """
        place, given = (key.variant, key.profile, self.name), dict(overrides or {})
        resolved = settings.resolve(*place, given)
        if self.draws is None:
            return resolved
        return settings.resolve(*place, {**self.draws(resolved, key.seed), **given})

    def cost(self, profile: str) -> Cost:
        """What a run of this profile takes."""
        return self.costs.get(profile, Cost())

    def datasets_of(self, profile: str) -> Names:
        """Data sets that a run of this profile reads."""
        return () if profile == "smoke" else _of_profile(self.datasets, profile, ())

    def variants_of(self, profile: str) -> Names:
        """Variants that this profile runs; the first is the default."""
        return _of_profile(self.variants, profile, ("paper",))

    def folds_of(self, profile: str) -> int:
        """Folds that this profile runs."""
        return _of_profile(self.folds, profile, 1)

    def keys(self, profile: str) -> list[RunKey]:
        """Every run of a profile."""
        return [
            RunKey(profile, self.paper, self.name, variant, seed, fold)
            for variant in self.variants_of(profile)
            for seed in self.seeds.get(profile, ())
            for fold in range(self.folds_of(profile))
        ]


@dataclass(frozen=True)
class Paper:
    """A paper's folder, as the harness sees it.

    Parameters
    ----------
    name, title, citation : str
        Folder name; short title; authors, year, journal and DOI.
    folder : Path
        Holds `settings.toml` and, where it prints numbers, `reported.csv`.
    experiments : tuple of Experiment
        In the order in which they are listed.
    reported_target : callable or None
        From a row of `reported.csv` to the experiment that reproduces it, or to a reason. None
        where nothing is printed.
    claims : tuple of Claim
        Orderings and statements that are tested.
    figures : tuple of FigureInfo
        Every figure, with the paper's description of it.
    draw : callable
        ``draw(results)`` draws all figures from records and weights.
    tabulate : callable
        ``tabulate(results)`` gives the tables that the paper does not print, for the page.
    models : tuple of ReleasedModel
        Networks that users can predict with.
    trainable : Trainable, optional
        The network that users can train on their own data.
    """

    name: str
    title: str
    citation: str
    folder: Path
    experiments: tuple[Experiment, ...]
    reported_target: Callable[[Mapping[str, Any]], Target | NotAttempted] | None
    claims: tuple[Claim, ...] = ()
    figures: tuple[FigureInfo, ...] = ()
    draw: Callable[[Path], list[Path]] | None = None
    tabulate: Callable[[Path], Sequence[ResultTable]] | None = None
    models: tuple[ReleasedModel, ...] = ()
    trainable: Trainable | None = None

    @property
    def settings(self) -> Settings:
        """Parsed `settings.toml`."""
        return load_settings(self.folder / "settings.toml")

    def experiment(self, name: str) -> Experiment:
        """Experiment of this name; `KeyError` where there is none."""
        return {experiment.name: experiment for experiment in self.experiments}[name]

    def folds_of(self, experiment: str, profile: str) -> int:
        """Folds of an experiment that a profile runs."""
        return self.experiment(experiment).folds_of(profile)

    def members_of(self, experiment: str, profile: str) -> int:
        """Runs that an experiment reads in a profile, those of one variant."""
        needed = [self.experiment(name) for name in self.experiment(experiment).needs]
        return sum(len(each.keys(profile)) // len(each.variants_of(profile)) for each in needed)

    def datasets(self, profile: str) -> list[str]:
        """Data sets that a profile reads; the smoke profile reads none."""
        used = [e.datasets_of(profile) for e in self.experiments if e.keys(profile)]
        return list(dict.fromkeys(name for names in used for name in names))


def weights_path(key: RunKey, results: Path) -> Path:
    """Where the weights of a run are kept; those of full runs are committed."""
    name = f"{key.experiment}-{key.variant}-{key.stem}.npz"
    return results / "weights" / key.profile / key.paper / name


def ordered_keys(paper: Paper, profile: str) -> list[RunKey]:
    """Every run of a paper in a profile; a run stands after all those that it reads."""
    keys: list[RunKey] = []
    waiting = [experiment for experiment in paper.experiments if experiment.keys(profile)]
    done: set[str] = set()
    while waiting:
        ready = [e for e in waiting if not {w.name for w in waiting}.intersection(e.needs)]
        if not ready:
            names = ", ".join(experiment.name for experiment in waiting)
            raise UsageError(paper.name, f"{names} need each other", "Mend `needs`")
        for experiment in ready:
            keys += experiment.keys(profile)
            done.add(experiment.name)
        waiting = [experiment for experiment in waiting if experiment.name not in done]
    return keys


def needed_keys(paper: Paper, key: RunKey) -> list[RunKey]:
    """Runs whose records a run reads."""
    experiment = paper.experiment(key.experiment)
    keys = [k for name in experiment.needs for k in paper.experiment(name).keys(key.profile)]
    return [needed for needed in keys if needed.variant == key.variant]
