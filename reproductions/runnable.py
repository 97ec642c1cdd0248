"""Which data sets a profile lacks, and which of its runs can be run."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from common.errors import DataError

if TYPE_CHECKING:
    from common.harness.experiment import Paper
    from common.harness.run_key import RunKey


def fetch(papers: dict[str, Paper], profile: str, offline: bool) -> list[str]:
    """Find the data sets of a profile.

    Returns
    -------
    list of str
        Those that are nowhere.
    """
    from common.data.fetch import locate_facts

    missing = []
    names = [name for paper in papers.values() for name in paper.datasets(profile)]
    for name in dict.fromkeys(names):
        try:
            located = locate_facts(name, download=not offline)
            found = located.dataset.name
            told = name if found == name else f"{found} in place of {name},"
            print(f"data: {told} from the {located.origin} ({located.variant})", flush=True)
        except DataError as error:
            print(f"data: {error}", file=sys.stderr, flush=True)
            missing.append(name)
    return missing


def runnable(
    papers: Mapping[str, Paper], profile: str, missing: Collection[str]
) -> tuple[list[RunKey], dict[str, str]]:
    """Every run of a profile whose data are here.

    Parameters
    ----------
    papers : mapping of str to Paper
    profile : str
    missing : collection of str
        Data sets that are nowhere.

    Returns
    -------
    list of RunKey
        A run stands after all those that it reads.
    dict of str to str
        Experiments that are left out, ``paper/experiment``, each with what it lacks.
    """
    from common.harness.experiment import ordered_keys

    left_out: dict[str, str] = {}
    keys = []
    for paper in papers.values():
        for key in ordered_keys(paper, profile):
            experiment = paper.experiment(key.experiment)
            lacks = [name for name in experiment.datasets_of(profile) if name in missing]
            read = [f"{paper.name}/{name}" for name in experiment.needs]
            lacks += [name for name in read if name in left_out]
            if lacks:
                left_out[f"{paper.name}/{key.experiment}"] = ", ".join(lacks)
            else:
                keys.append(key)
    return keys, left_out


def simulated(papers: Mapping[str, Paper], left_out: Collection[str]) -> list[RunKey]:
    """Runs of the smoke profile, whose data are simulated, of experiments that lack their data.

    Parameters
    ----------
    papers : mapping of str to Paper
    left_out : collection of str
        ``paper/experiment``, as `runnable` names them.

    Returns
    -------
    list of RunKey
        With the runs that they read; those that the profile does not have are not among them.
    """
    from common.harness.experiment import needed_keys, ordered_keys

    keys: list[RunKey] = []
    for paper in papers.values():
        wanted: set[RunKey] = set()
        ordered = ordered_keys(paper, "smoke")
        for key in reversed(ordered):
            if f"{paper.name}/{key.experiment}" in left_out or key in wanted:
                wanted |= {key, *needed_keys(paper, key)}
        keys += [key for key in ordered if key in wanted]
    return keys
