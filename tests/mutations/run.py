"""Put one mistake after the other into a copy of the project and see which test finds it.

    python tests/mutations/run.py              # all of mutations.toml, half an hour on two cores
    python tests/mutations/run.py --only MCC   # those whose name holds a text; other rows stay

The table is `docs/mutations.md`. It ends with 1 where a mistake survives its tests. No part of the
timed tests.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "mutations.md"
MINUTES = 60
HEAD = """# Mistakes that the tests catch

Each line is one mistake, put into a copy of the project, and the first test that failed. Where the
last column is filled, the experiment was also trained with the mistake (profile `quick`, simulated
data) and held against `results/baseline.csv`. Made by `python tests/mutations/run.py` from the list
in `tests/mutations/mutations.toml`.

| mistake | file | caught by the test | `reproduce check` |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Mutation:
    """One mistake: `find` stands once in `file` and becomes `replace`."""

    name: str
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]
    check: str = ""

    def apply(self, tree: Path) -> None:
        """Change the file in a copy of the project.

        Raises
        ------
        ValueError
            The text does not stand there exactly once: the code has changed, mend the list.
        """
        path = tree / self.file
        text = path.read_text()
        if text.count(self.find) != 1:
            raise ValueError(f"{self.name}: {text.count(self.find)} places in {self.file}")
        path.write_text(text.replace(self.find, self.replace))


def load() -> list[Mutation]:
    """Every mutation of the list."""
    listed = tomllib.loads(Path(__file__).with_name("mutations.toml").read_text())["mutation"]
    return [Mutation(**{**one, "tests": tuple(one["tests"])}) for one in listed]


def copy_tree(target: Path) -> None:
    """Copy what git knows or would know, without the results but for the baseline."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if name.startswith("results/") and name != "results/baseline.csv":
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)


def in_tree(tree: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Python on the copy."""
    places = {"PYTHONPATH": str(tree), "REPRODUCE_RUNS": str(tree / "runs")}
    places["REPRODUCE_RESULTS"] = str(tree / "results")
    return subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=os.environ | places,
        capture_output=True, text=True, timeout=60 * MINUTES,
    )  # fmt: skip


def caught_by(tree: Path, tests: Sequence[str]) -> str:
    """First test that fails, or nothing.

    Raises
    ------
    RuntimeError
        The tests could not be run, which catches no mistake.
    """
    done = in_tree(tree, "-m", "pytest", *tests, "-x", "-q", "-p", "no:cacheprovider")
    if done.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) ([^\s\[]+::[^\s\[]+)", done.stdout, re.MULTILINE)
    if done.returncode != 1 or not found:
        raise RuntimeError(f"{' '.join(tests)}: pytest ended with {done.returncode}\n{done.stdout}")
    return found.group(1)


def checked(tree: Path, experiment: str) -> str:
    """First metric that fell when the experiment was trained, or nothing."""
    paper = experiment.split("/")[0]
    command = ["-m", "reproductions.cli", "run", experiment, "--profile", "quick", "--quiet"]
    done = in_tree(tree, *command)
    if done.returncode:
        return "the run itself failed"
    baseline = tree / "results" / "baseline.csv"
    lines = baseline.read_text().splitlines(keepends=True)
    place = experiment.replace("/", ",")
    baseline.write_text("".join([lines[0], *(x for x in lines if f",{place}," in x)]))
    options = ["--profile", "quick", "--data", "simulated", "--paper", paper]
    done = in_tree(tree, "-m", "reproductions.cli", "check", *options)
    fallen = [line for line in done.stdout.splitlines() if line.startswith("FELL")]
    pattern = r"FELL  \S+ \S+ \S+ (.+) on .+?  old (\S+)  new (\S+)"
    found = re.match(pattern, fallen[0]) if fallen else None
    return "fell: {} from {} to {}".format(*found.groups()) if found else ""


def tried(mutation: Mutation) -> tuple[str, str]:
    """What found a mistake: a test, and the check."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        copy_tree(tree)
        mutation.apply(tree)
        fell = checked(tree, mutation.check) if mutation.check else ""
        return caught_by(tree, mutation.tests), fell


def controls(chosen: Sequence[Mutation]) -> dict[str, str]:
    """What tests and checks find where there is no mistake: nothing, or they prove nothing."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        copy_tree(tree)
        tests = dict.fromkeys(test for one in chosen for test in one.tests)
        found["none, all of these tests"] = caught_by(tree, list(tests))
    for check in dict.fromkeys(one.check for one in chosen if one.check):
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder)
            copy_tree(tree)
            found[f"none, `{check}` as it is"] = checked(tree, check)
    return found


def rows_of(table: Path) -> dict[str, str]:
    """Rows of a table that was made before, by their first column."""
    lines = table.read_text().splitlines() if table.exists() else []
    rows = [line for line in lines if line.startswith("| ")][1:]
    return {row.removeprefix("| ").split(" | ")[0]: row for row in rows}


def main() -> int:
    """Try the mutations; print their rows and put them into the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only those whose name holds this text")
    only = parser.parse_args().only.lower()
    every = load()
    chosen = [mutation for mutation in every if only in mutation.name.lower()]
    rows, survivors = rows_of(TABLE), []
    for name, fell in controls(chosen).items():
        cells = ("", fell or "nothing fell") if "as it is" in name else (fell or "none fails", "")
        rows[name] = f"| {name} | | {cells[0]} | {cells[1]} |"
        survivors += [f"without any mistake, {fell}"] if fell else []
        print(rows[name], flush=True)
    for mutation in chosen:
        test, fell = tried(mutation)
        survivors += [] if test else [mutation.name]
        beside = (fell or "nothing fell") if mutation.check else ""
        shown = f"`{test}`" if test else "**none**"
        rows[mutation.name] = f"| {mutation.name} | `{mutation.file}` | {shown} | {beside} |"
        print(rows[mutation.name], flush=True)
    names = [*(name for name in rows if name.startswith("none, ")), *(one.name for one in every)]
    TABLE.write_text(HEAD + "\n".join(rows[name] for name in names if name in rows) + "\n")
    print(f"{len(survivors)} survived the tests", *survivors, sep="\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
