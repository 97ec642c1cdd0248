"""From data to report: what `run_all.sh` and ``python -m reproductions.<paper>`` do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from common.errors import DataError, ReproduceError, UsageError
from reproductions.cli_options import JobsOption, ProfileOption

if TYPE_CHECKING:
    from common.harness.experiment import Paper

EXECUTORS = ("local", "slurm", "kubernetes")


def command(fixed: str | None = None) -> typer.Typer:
    """Command line of all papers, or of one."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

    @app.command(epilog="Example: `./run_all.sh --profile quick --paper sonderby`")
    def run_all(
        profile: ProfileOption = "quick",
        paper: Annotated[
            list[str] | None, typer.Option(help="Only this paper; may be given again.")
        ] = None,
        jobs: JobsOption = None,
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
    names: list[str], profile: str, jobs: int | None, executor: str, *, dry_run: bool, offline: bool
) -> None:
    """Fetch, run, compare, draw, report.

    In the quick profile an experiment whose data are nowhere runs on simulated data, as in the
    smoke profile; one that this profile does not have is left out.

    Raises
    ------
    UsageError
        An unknown paper, profile or executor.
    DataError
        Data are missing, and so are the runs that read them; all others were run.
    ReproduceError
        A job failed; its log is named.
    """
    from common.harness.experiment import PROFILES
    from reproductions.jobs import run_jobs
    from reproductions.papers import load_papers
    from reproductions.runnable import fetch, runnable, simulated

    if profile not in PROFILES:
        raise UsageError(f"profile {profile!r}", "unknown", f"Known: {', '.join(PROFILES)}")
    if executor not in EXECUTORS:
        raise UsageError(f"executor {executor!r}", "unknown", f"Known: {', '.join(EXECUTORS)}")
    papers = load_papers(names)
    if dry_run:
        run_jobs(papers, runnable(papers, profile, ())[0], jobs, executor, dry_run=True)
        return
    missing = fetch(papers, profile, offline)
    keys, left_out = runnable(papers, profile, missing)
    if profile == "quick" and left_out:
        made = simulated(papers, left_out)
        replaced = {f"{key.paper}/{key.experiment}" for key in made}
        text = f"runs: simulated data, as in the smoke profile, for {', '.join(sorted(replaced))}"
        print(text, file=sys.stderr, flush=True)
        keys += made
        left_out = {name: lacks for name, lacks in left_out.items() if name not in replaced}
    for experiment, lacks in left_out.items():
        print(f"runs: {experiment} is left out, it needs {lacks}", file=sys.stderr, flush=True)
    try:
        run_jobs(papers, keys, jobs, executor, dry_run=False)
    except ReproduceError as error:
        print(f"runs: {error}", file=sys.stderr, flush=True)
        finish(papers)
        raise
    finish(papers)
    if left_out and profile != "quick":
        fault = f"{', '.join(missing)} is not here; left out: {', '.join(left_out)}"
        raise DataError("data", fault, "`reproduce data status` says what helps; then run again")


def finish(papers: dict[str, Paper]) -> None:
    """Compare, draw and report; every paper is on the page, not only those that ran."""
    from common.harness.answers import write_answers
    from common.harness.report import write_report
    from common.paths import results_folder
    from reproductions.papers import load_papers

    every = list(load_papers().values())
    _, paths = write_answers(every, results_folder())
    print(f"comparison: {paths[0]}")
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
