"""The two scripts and the pipeline behind them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
import yaml

ROOT = Path(__file__).parents[1]


def pipeline(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "reproductions.run_all", *arguments],
        capture_output=True, text=True, cwd=ROOT, timeout=600, env=_environment(environment),
    )  # fmt: skip


def started(*arguments: str, **environment: str) -> subprocess.Popen:
    """The pipeline in a process group of its own, not waited for."""
    return subprocess.Popen(
        [sys.executable, "-m", "reproductions.run_all", *arguments],
        cwd=ROOT, env=_environment(environment), start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _environment(changes: dict[str, str]) -> dict[str, str]:
    return os.environ | {"COLUMNS": "200", "TF_CPP_MIN_LOG_LEVEL": "3"} | changes


@pytest.mark.parametrize("script", ["run_all.sh", "run_tests.sh", ".ci/run", "workflow/setup.sh"])
def test_scripts_are_valid_bash(script):
    done = subprocess.run(["bash", "-n", ROOT / script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_help_names_every_option():
    done = pipeline("--help")
    assert done.returncode == 0
    for option in ("--profile", "--paper", "--jobs", "--dry-run", "--executor", "--offline"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--profile", "fast"], "profile 'fast'"),
        (["--paper", "sonder"], "paper 'sonder'"),
        (["--executor", "lsf"], "executor 'lsf'"),
        (["--jobs", "0"], "--jobs"),
    ],
)
def test_a_mistake_is_one_line(arguments, fault):
    done = pipeline(*arguments)
    assert done.returncode == 2
    assert fault in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_dry_run_lists_the_jobs_and_writes_nothing(tmp_path):
    results = tmp_path / "results"
    done = pipeline("--dry-run", "--profile", "smoke", REPRODUCE_RESULTS=str(results))
    assert done.returncode == 0, done.stderr
    listing = done.stdout + done.stderr
    for name in ("a-lstm/paper/seed1", "r-lstm/paper/seed2", "r-lstm-ensemble/paper/seed1"):
        assert name in listing
    assert not results.exists()


@pytest.mark.parametrize(
    ("executor", "own"), [("slurm", "slurm_partition="), ("kubernetes", "gpu_manufacturer=nvidia")]
)
def test_dry_run_for_a_cluster_declares_what_each_job_takes(tmp_path, executor, own):
    if find_spec(f"snakemake_executor_plugin_{executor}") is None:
        pytest.skip(f"the {executor} plugin is not installed (extra `{executor}`)")
    done = pipeline(
        "--dry-run", "--profile", "full", "--executor", executor, "--paper", "sonderby",
        REPRODUCE_RESULTS=str(tmp_path / "results"), REPRODUCE_RUNS=str(tmp_path / "runs"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    listing = done.stdout + done.stderr
    assert own in listing
    assert "mem_mb=6144" in listing
    assert "runtime=300" in listing
    assert "gpu=1" in listing
    assert not (tmp_path / "results").exists()


def test_kubernetes_pods_and_their_head_share_image_claim_and_folder():
    place = ROOT / "workflow" / "profiles" / "kubernetes"
    profile = yaml.safe_load((place / "config.yaml").read_text())
    pieces = {one["kind"]: one for one in yaml.safe_load_all((place / "head.yaml").read_text())}
    head = pieces["Pod"]["spec"]
    (container,), (volume,) = head["containers"], head["volumes"]
    claim = volume["persistentVolumeClaim"]["claimName"]
    folder = container["volumeMounts"][0]["mountPath"]
    assert container["image"] == profile["container-image"]
    assert claim == pieces["PersistentVolumeClaim"]["metadata"]["name"]
    assert profile["kubernetes-persistent-volumes"] == [f"{claim}:{folder}"]
    assert profile["default-storage-prefix"] == folder
    image = (place / "Dockerfile").read_text()
    assert all(f"REPRODUCE_{name}={folder}/" in image for name in ("DATA", "RESULTS", "RUNS"))


def test_github_runs_what_ci_runs():
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]
    commands = "\n".join(step.get("run", "") for step in steps)
    ours = (ROOT / ".ci/run").read_text().splitlines()
    for line in ours[ours.index('cd "$(dirname "$0")/.."') + 1 :]:
        assert line in commands, line
    assert all(s["with"]["cache"] == "pip" for s in steps if "setup-python" in s.get("uses", ""))


def words(process: psutil.Process) -> list[str]:
    """A process's command line; nothing of one that has just ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_pipeline_alone_leaves_no_job_behind(tmp_path, stop):
    places = {name: str(tmp_path / name) for name in ("REPRODUCE_RESULTS", "REPRODUCE_RUNS")}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does with `&`
    try:
        child = started("--profile", "smoke", "--paper", "sonderby", **places)
    finally:
        signal.signal(signal.SIGINT, before)
    one = psutil.Process(child.pid)

    def jobs():
        return [p for p in one.children(recursive=True) if "reproductions.cli" in words(p)]

    end = time.monotonic() + 120
    while time.monotonic() < end and not jobs():
        time.sleep(0.2)
    family = one.children(recursive=True)
    assert jobs()
    child.send_signal(stop)
    _, errors = child.communicate(timeout=120)
    assert child.returncode == 130, errors
    assert psutil.wait_procs(family, timeout=20)[1] == []


@pytest.mark.long
def test_smoke_pipeline_goes_on_after_ctrl_c_and_then_has_nothing_to_do(tmp_path):
    places = {
        "REPRODUCE_RESULTS": str(tmp_path / "results"),
        "REPRODUCE_RUNS": str(tmp_path / "runs"),
    }
    one = ("--profile", "smoke", "--paper", "sonderby")
    child = started(*one, **places)
    end = time.monotonic() + 240
    records = tmp_path / "results" / "runs"
    while time.monotonic() < end and not list(records.rglob("*.json")):
        time.sleep(0.2)
    os.killpg(child.pid, signal.SIGINT)
    _, errors = child.communicate(timeout=240)
    assert child.returncode == 130, errors
    assert "the same command goes on" in errors
    kept = {path: path.stat().st_mtime_ns for path in records.rglob("*.json")}
    assert kept
    done = pipeline(*one, **places)
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert len(list(records.rglob("*.json"))) == 5
    page = (tmp_path / "results/report/index.html").read_text()
    assert "simulated" in page
    assert (tmp_path / "results/comparison.csv").exists()
    begun = time.monotonic()
    again = pipeline(*one, **places)
    assert again.returncode == 0
    assert "5 in all, 5 done before" in again.stdout
    assert time.monotonic() - begun < 60
    other = records / "smoke/sonderby/a-lstm/paper/seed1-fold0.json"
    content = json.loads(other.read_text())
    other.write_text(json.dumps(content | {"settings": content["settings"] | {"epochs": 7}}))
    anew = pipeline(*one, "--dry-run", **places)
    assert anew.returncode == 0, anew.stderr
    assert "5 in all, 4 done before" in anew.stdout
    listing = anew.stdout + anew.stderr
    assert "logs/smoke/sonderby/a-lstm/" in listing and "logs/smoke/sonderby/r-lstm/" not in listing
