"""Snakemake runs what has no record yet, here or on a cluster."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from common.errors import ReproduceError, UsageError
from common.files import write_whole
from common.machine import local_gpus, usable_cores, usable_memory

if TYPE_CHECKING:
    from common.harness.experiment import Paper
    from common.harness.run_key import RunKey

RESUMED = ("--nolock", "--keep-incomplete", "--ignore-incomplete")
"""Options with which a workflow of files that are written whole goes on after a kill."""
SNAKEMAKE = (
    *(*RESUMED, "--keep-going"),
    *("--rerun-triggers", "input", "params"),
)

ON_CLUSTER = 50
"""Jobs that a cluster is given at once, where the user does not say."""


def run_jobs(
    papers: Mapping[str, Paper],
    keys: list[RunKey],
    jobs: int | None,
    executor: str,
    *,
    dry_run: bool,
) -> None:
    """Let Snakemake run what has no record yet, and show how far it is.

    Parameters
    ----------
    papers : mapping of str to Paper
    keys : list of RunKey
    jobs : int or None
        Runs at the same time; without it as many as there are cores and memory for, or what a
        cluster is given at once.
    executor : str
        ``local``, ``slurm`` or ``kubernetes``.
    dry_run : bool
        Only show what would run.

    Raises
    ------
    ReproduceError
        A job failed; its log is named.
    """
    from common.harness.overview import Overview
    from common.paths import results_folder, runs_folder

    waiting = [key for key in keys if not _done(papers[key.paper], key)]
    print(f"runs: {len(keys)} in all, {len(keys) - len(waiting)} done before", flush=True)
    if not keys or (not waiting and not dry_run):
        return
    costs = {key: papers[key.paper].experiment(key.experiment).cost(key.profile) for key in keys}
    threads = max(cost.threads for cost in costs.values())
    log = runs_folder() / "logs" / f"snakemake-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    wanted = log.with_suffix(".records")
    records = "\n".join(str(key.path("json", results_folder())) for key in keys)
    write_whole(wanted, lambda path: path.write_text(records))
    places = usable_cores() if executor == "local" else ON_CLUSTER
    at_once = jobs or max(1, min(places, len(waiting)))
    arguments = _arguments(papers, wanted, at_once, threads, executor) + _replaced(waiting)
    if dry_run:
        arguments += ["--dry-run", "--quiet", "host"]
        if executor == "kubernetes":
            arguments += ["--default-storage-prefix", "/"]  # a dry run needs no volume
        done = subprocess.run(arguments)
        if done.returncode:
            raise ReproduceError("snakemake", "the dry run failed", "Its message stands above")
        return
    with log.open("w") as stream, _stopped_by_any_signal():
        child = subprocess.Popen(arguments, stdout=stream, stderr=stream, start_new_session=True)
        try:
            minutes = {key: cost.minutes for key, cost in costs.items()}
            Overview(minutes, results_folder(), log.parent).watch(child)
        except KeyboardInterrupt:
            os.killpg(child.pid, signal.SIGINT)  # Snakemake and all that it runs, once
            child.wait()
            raise
    if child.returncode:
        raise ReproduceError(*_failure(keys, log))


@contextmanager
def _stopped_by_any_signal() -> Iterator[None]:
    """Let `kill` and a terminal that closes do what Ctrl-C does, so that no job is left behind.

    A shell lets what it starts in the background ignore Ctrl-C, and so would all that we start.
    """
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(one, signal.default_int_handler) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)


def _arguments(
    papers: Mapping[str, Paper], records: Path, jobs: int, threads: int, executor: str
) -> list[str]:
    """Command that makes the records that a file lists."""
    from common.paths import code_root, project_root

    root, workflow = project_root(), code_root() / "workflow"
    if not workflow.is_dir():
        fault = "not there: the suite was installed without its repository"
        raise UsageError(str(workflow), fault, "Clone the repository; ./run_all.sh is in it")
    arguments = [sys.executable, "-m", "snakemake", *SNAKEMAKE]
    arguments += ["--snakefile", str(workflow / "Snakefile"), "--directory", str(root)]
    config = {"papers": ",".join(papers), "records": records}
    arguments += ["--config", *(f"{name}={value}" for name, value in config.items())]
    if executor == "local":
        each = min(threads, max(1, usable_cores() // jobs))
        arguments += [f"threads={each}", "--cores", str(jobs * each)]
        limits = {"mem_mb": usable_memory() // 2**20, "gpu": local_gpus()}
        return [*arguments, "--resources", *(f"{name}={n}" for name, n in limits.items() if n)]
    place = str(workflow / "profiles" / executor)
    return [*arguments, "--workflow-profile", place, "--jobs", str(max(jobs, 2))]


def _replaced(waiting: Iterable[RunKey]) -> list[str]:
    """Arguments that make runs anew whose record is of other settings or other data.

    Each keeps that record until its own job starts: what is stopped before loses nothing.
    """
    from common.paths import results_folder

    paths = [key.path("json", results_folder()) for key in waiting]
    stale = [str(path) for path in paths if path.exists()]
    return ["--forcerun", *stale] if stale else []


def _done(paper: Paper, key: RunKey) -> bool:
    """Whether a run of the pipeline need not be run; see `is_done`."""
    from common.harness.runner import is_done
    from common.paths import results_folder

    experiment = paper.experiment(key.experiment)
    settings = experiment.resolve(paper.settings, key)
    return is_done(experiment, key, settings, results_folder())


def _failure(keys: list[RunKey], log: Path) -> tuple[str, str, str]:
    """Name the first run without a record and the last line of its log."""
    from common.harness.overview import log_of
    from common.paths import results_folder

    for key in keys:
        own = log.parent / log_of(key)
        if not key.path("json", results_folder()).exists() and own.exists():
            lines = own.read_text(errors="replace").strip().splitlines() or ["no output"]
            return key.command, lines[-1], f"The whole log is {own}"
    return "snakemake", "it ended with an error", f"The whole log is {log}"
