"""The commands `reproduce check` and `reproduce baseline`: has anything become worse?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from reproductions.cli_options import JobsOption, PapersOption, ProfileOption, ResultsOption

if TYPE_CHECKING:
    import pandas as pd

    from common.harness.experiment import Paper
    from common.harness.record import Record


def check(
    profile: ProfileOption = "quick",
    paper: PapersOption = None,
    data: Annotated[
        str | None, typer.Option(help="Only the baseline's runs on this kind of data.")
    ] = None,
    results: ResultsOption = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="Commit whose results/comparison.csv the verdicts are held against, such as the "
            "base of a pull request; by default the last.",
            metavar="COMMIT",
        ),
    ] = None,
) -> None:
    """Compare the records with the baseline; ends with 1 where a metric fell.

    Metrics on data sets that are nowhere on this machine are left out, with a line that says so.
    In the project's own results, where a comparison table is committed, a verdict that is worse,
    a number that is gone, and data or a profile below those of before are falls too; so for claims.
    So is a shortened run that took more than 6 GB of memory.
    """
    from common.errors import UsageError
    from common.harness.baseline import read_baseline, rows_of
    from common.harness.check import (
        check_claims,
        check_memory,
        check_metrics,
        check_verdicts,
        report_outcomes,
    )
    from common.harness.claims import evaluate_claims, read_claims
    from common.harness.commits import committed, made_by_other_code
    from common.harness.compare import compare, read_comparison
    from common.harness.record import read_records
    from common.paths import project_root, results_folder
    from reproductions.papers import load_papers

    papers = load_papers(paper or ())
    folder = results or results_folder()
    found = read_records(folder, profile=profile)
    records = [record for record in found if record.key.paper in papers]
    baseline = rows_of(read_baseline(folder / "baseline.csv"), papers, data)
    baseline = _checkable(baseline[baseline["profile"] == profile], papers, records)
    outcomes = check_metrics(baseline, records, profile)
    if not outcomes and profile != "full":
        fault = f"the baseline has no metric of a {profile} run of {', '.join(papers)}"
        raise UsageError("reproduce check", fault, "Make one with `reproduce baseline`")
    outcomes += check_memory(records)
    shortened = [record for record in records if record.key.profile != "full"]
    for commit, number in made_by_other_code(shortened).items():
        told = (
            f"{number} records are of commit {commit[:10]}, whose code is not that of this folder"
        )
        typer.echo(f"older: {told}; `reproduce run … --again` makes one anew")
    for name in unknown_to(baseline, records):
        typer.echo(f"no baseline: {profile} {name}")
    if against or folder.resolve() == project_root() / "results":
        every = list(papers.values())
        verdicts = (
            ("comparison.csv", read_comparison, check_verdicts, compare),
            ("claims.csv", read_claims, check_claims, evaluate_claims),
        )
        for name, read, hold, made in verdicts:
            before = committed(name, read, against)
            if before is None:
                typer.echo(f"left out: no commit here has results/{name} to hold it against")
                continue
            outcomes += hold(before[before["paper"].isin(list(papers))], made(every, folder))
    fallen = report_outcomes(outcomes)
    raise typer.Exit(1 if fallen else 0)


def unknown_to(baseline: pd.DataFrame, records: Iterable[Record]) -> list[str]:
    """Experiments of records that trained something and that the baseline has no row of."""
    known = set(baseline[["paper", "experiment"]].itertuples(index=False, name=None))
    made = {
        (record.key.paper, record.key.experiment)
        for record in records
        if record.content["n_parameters"] and "members" not in record.content["extra"]
    }
    return [f"{paper}/{name}" for paper, name in sorted(made - known)]


def _checkable(
    baseline: pd.DataFrame, papers: dict[str, Paper], records: Iterable[Record]
) -> pd.DataFrame:
    """Rows of a baseline without those on real data that are nowhere and that no record is of."""
    from common.data.fetch import SIMULATED, locate_facts
    from common.harness.baseline import PLACE, by_experiment

    made = {(*place, data) for place, data in by_experiment(records)}
    left_out = set()
    for run in sorted(set(baseline[[*PLACE, "data"]].itertuples(index=False, name=None)) - made):
        profile, paper, name, variant, data = run
        own = [one for one in papers[paper].experiments if one.name == name and data != SIMULATED]
        needed = [dataset for one in own for dataset in one.datasets_of(profile)]
        lacking = [one for one in needed if locate_facts(one, simulate=True).origin == SIMULATED]
        if lacking:
            typer.echo(f"left out: {profile} {paper}/{name} {variant}: no {', '.join(lacking)}")
            left_out.add(run)
    rows = baseline[[*PLACE, "data"]].itertuples(index=False, name=None)
    return baseline[[row not in left_out for row in rows]]


def baseline(
    profile: ProfileOption = "quick",
    paper: PapersOption = None,
    seeds: Annotated[
        int, typer.Option(help="First run what lacks of this many seeds; 0 runs nothing.", min=0)
    ] = 0,
    jobs: JobsOption = None,
    offline: Annotated[bool, typer.Option("--offline", help="Download nothing.")] = False,
) -> None:
    """Record what `check` compares with, from at least five seeds of each experiment.

    Rows of other papers, profiles and kinds of data stay as they are. Experiments that only read
    others, such as ensembles, are left out: their members are checked.
    """
    from common.harness.baseline import update_baseline
    from common.harness.record import read_records
    from reproductions.papers import load_papers

    papers = load_papers(paper or ())
    trained = {name: _trained(one, profile, seeds) for name, one in papers.items()}
    if seeds:
        _run(trained, profile, jobs, offline)
    wanted = {(name, one.name) for name, found in trained.items() for one in found.experiments}
    records = read_records(profile=profile)
    chosen = [r for r in records if (r.key.paper, r.key.experiment) in wanted]
    typer.echo(update_baseline(chosen))


def _trained(paper: Paper, profile: str, seeds: int) -> Paper:
    """A paper with only those experiments that read no others, each with this many seeds."""
    many = tuple(range(1, seeds + 1))
    experiments = tuple(
        replace(one, seeds={profile: many if one.seeds.get(profile) else ()})
        for one in paper.experiments
        if not one.needs
    )
    return replace(paper, experiments=experiments)


def _run(papers: dict[str, Paper], profile: str, jobs: int | None, offline: bool) -> None:
    """Run what has no record yet; `DataError` where data are nowhere."""
    from common.errors import DataError
    from reproductions.jobs import run_jobs
    from reproductions.runnable import fetch, runnable

    keys, left_out = runnable(papers, profile, fetch(papers, profile, offline))
    if left_out:
        fault = f"not all data are here; lacking: {', '.join(left_out)}"
        raise DataError("data", fault, "`reproduce data status` says what helps")
    run_jobs(papers, keys, jobs, "local", dry_run=False)
