"""From data to report: what `run_all.sh` and ``python -m reproductions.<paper>`` do."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import ReproduceError, UsageError
from common.files import write_whole

if TYPE_CHECKING:
    from common.harness.experiment import Paper
    from common.harness.run_key import RunKey

EXECUTORS = ("local", "slurm")


def command(fixed: str | None = None) -> typer.Typer:
    """Command line of all papers, or of one."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command(epilog="Example: `./run_all.sh --profile quick --paper sonderby`")
    def run_all(
        profile: Annotated[
            str, typer.Option(help="smoke (simulated data), quick (shortened) or full.")
        ] = "quick",
        paper: Annotated[
            list[str] | None, typer.Option(help="Only this paper; may be given again.")
        ] = None,
        jobs: Annotated[int, typer.Option(help="Runs at the same time.", min=1)] = 1,
        executor: Annotated[str, typer.Option(help=f"One of {', '.join(EXECUTORS)}.")] = "local",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Show what would run, and run nothing.")
        ] = False,
        offline: Annotated[bool, typer.Option("--offline", help="Download nothing.")] = False,
    ) -> None:
        """Run every experiment of a profile, compare every number, write the report.

        What is done already is not run again; what was stopped goes on.
        """
        names = [fixed] if fixed else paper or []
        pipeline(names, profile, jobs, executor, dry_run=dry_run, offline=offline)

    return app


def pipeline(
    names: list[str], profile: str, jobs: int, executor: str, *, dry_run: bool, offline: bool
) -> None:
    """Fetch, run, compare, draw, report.

    Raises
    ------
    UsageError
        An unknown paper, profile or executor.
    ReproduceError
        A job failed; its log is named.
    """
    from common.harness.experiment import PROFILES
    from reproductions.papers import load_papers

    if profile not in PROFILES:
        raise UsageError(f"profile {profile!r}", "unknown", f"Known: {', '.join(PROFILES)}")
    if executor not in EXECUTORS:
        raise UsageError(f"executor {executor!r}", "unknown", f"Known: {', '.join(EXECUTORS)}")
    papers = load_papers(names)
    if dry_run:
        run_jobs(papers, profile, jobs, executor, dry_run)
        return
    fetch(papers, profile, offline)
    failure: ReproduceError | None = None
    try:
        run_jobs(papers, profile, jobs, executor, dry_run)
    except ReproduceError as error:
        failure = error
    finish(papers)
    if failure is not None:
        raise failure


def fetch(papers: dict[str, Paper], profile: str, offline: bool) -> None:
    """Find the data sets of a profile; the quick profile goes on without, on simulated data."""
    from common.data.fetch import locate
    from common.errors import DataError

    for paper in papers.values():
        for name in paper.datasets(profile):
            try:
                located = locate(name, download=not offline)
                print(f"data: {name} from the {located.origin} ({located.variant})", flush=True)
            except DataError as error:
                if profile != "quick":
                    raise
                print(f"data: {error}", file=sys.stderr)
                print(f"data: simulated data stands in for {name}", file=sys.stderr, flush=True)


def run_jobs(
    papers: dict[str, Paper], profile: str, jobs: int, executor: str, dry_run: bool
) -> None:
    """Let Snakemake run what has no record yet, and show how far it is."""
    from common.harness.experiment import ordered_keys
    from common.harness.overview import Overview
    from common.paths import project_root, results_folder, runs_folder

    keys = [key for paper in papers.values() for key in ordered_keys(paper, profile)]
    waiting = [key for key in keys if not _done(papers[key.paper], key)]
    print(f"runs: {len(keys)} in all, {len(keys) - len(waiting)} done before", flush=True)
    if not waiting and not dry_run:
        return
    costs = {key: papers[key.paper].experiment(key.experiment).cost(profile) for key in keys}
    root = project_root()
    arguments = [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(root / "workflow" / "Snakefile")),
        *(
            "--directory",
            str(root),
            "--nolock",
            "--keep-going",
            "--keep-incomplete",
            "--ignore-incomplete",
        ),
        *("--rerun-triggers", "input", "params"),
        *("--config", f"profile={profile}", f"papers={','.join(papers)}"),
    ]
    if executor == "local":
        arguments += ["--cores", str(jobs * max(cost.threads for cost in costs.values()))]
    else:
        arguments += ["--workflow-profile", str(root / "workflow" / "profiles" / executor)]
        arguments += ["--jobs", str(max(jobs, 2))]
    if dry_run:
        done = subprocess.run([*arguments, "--dry-run", "--quiet", "host"], cwd=root)
        if done.returncode:
            raise ReproduceError("snakemake", "the dry run failed", "Its message stands above")
        return
    for key in waiting:
        key.path("json", results_folder()).unlink(missing_ok=True)
    log = runs_folder() / "logs" / f"snakemake-{time.strftime('%Y%m%d-%H%M%S')}.log"
    write_whole(log, lambda path: None)
    with log.open("w") as stream:
        child = subprocess.Popen(arguments, cwd=root, stdout=stream, stderr=stream)
        try:
            minutes = {key: cost.minutes for key, cost in costs.items()}
            Overview(minutes, results_folder(), log.parent).watch(child)
        except KeyboardInterrupt:
            child.wait()
            raise
    if child.returncode:
        raise ReproduceError(*_failure(keys, log))


def _done(paper: Paper, key: RunKey) -> bool:
    """Whether a run of the pipeline need not be run; see `is_done`."""
    from common.harness.runner import is_done
    from common.paths import results_folder

    settings = paper.settings.resolve(key.variant, key.profile, key.experiment)
    return is_done(paper.experiment(key.experiment), key, settings, results_folder())


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


def finish(papers: dict[str, Paper]) -> None:
    """Compare, draw and report; every paper is on the page, not only those that ran."""
    from common.harness.claims import evaluate_claims, write_claims
    from common.harness.compare import compare, write_comparison
    from common.harness.report import write_report
    from common.paths import results_folder
    from reproductions.papers import load_papers

    every = list(load_papers().values())
    table = compare(every)
    print(f"comparison: {write_comparison(table)}")
    write_claims(evaluate_claims(every))
    for paper in papers.values():
        if paper.draw is not None:
            paper.draw(results_folder())
    print(f"report: {write_report(every)}", flush=True)


def main(fixed: str | None = None) -> None:
    """Entry point: a mistake is one line, and Ctrl-C loses nothing."""
    from reproductions.cli import run_app

    run_app(command(fixed))


if __name__ == "__main__":
    main()
