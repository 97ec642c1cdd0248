"""What a process may use of its machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from common import machine
from common.machine import free_memory, group_room, usable_cores, usable_memory


def test_cores_are_those_of_the_machine():
    assert 1 <= usable_cores() <= os.cpu_count()


def test_free_memory_is_part_of_the_machines():
    free = free_memory()
    assert free is None or 10**7 < free <= usable_memory()


def group(folder, most, used, cached, names):
    """One control group's files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(f"{most}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 7\n{names[2]} {cached}\n")


SECOND = ("memory.max", "memory.current", "inactive_file")
FIRST = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


@pytest.mark.parametrize(
    ("line", "below", "names"),
    [("0::/jobs/one", "", SECOND), ("4:memory:/jobs/one", "memory", FIRST)],
)
def test_a_group_leaves_what_it_and_those_around_it_allow(tmp_path, line, below, names):
    (tmp_path / "cgroup").write_text(f"7:pids:/jobs/one\n{line}\n")
    mount = tmp_path / "mount"
    assert group_room(tmp_path / "cgroup", mount) is None
    group(mount / below / "jobs/one", 1000, 700, 50, names)
    assert group_room(tmp_path / "cgroup", mount) == 350
    group(mount / below / "jobs", 1000, 900, 0, names)
    assert group_room(tmp_path / "cgroup", mount) == 100
    group(mount / below / "jobs", "max", 900, 0, names)
    assert group_room(tmp_path / "cgroup", mount) == 350
    group(mount / below / "jobs/one", 1000, 1100, 0, names)
    assert group_room(tmp_path / "cgroup", mount) == 0
    assert group_room(tmp_path / "absent", mount) is None


def test_the_least_of_the_machines_memory_and_the_groups_is_free(monkeypatch):
    for available, room, free in ((10, 5, 5), (5, 10, 5), (10, None, 10), (None, None, None)):
        monkeypatch.setattr(machine, "_available", lambda available=available: available)
        monkeypatch.setattr(machine, "group_room", lambda room=room: room)
        assert free_memory() == free


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are not assigned here")
def test_a_pinned_process_counts_its_own_cores_alone():
    first = min(os.sched_getaffinity(0))
    program = f"import os; os.sched_setaffinity(0, {{{first}}})\n"
    program += "from common.machine import usable_cores; print(usable_cores())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "1", done.stderr
