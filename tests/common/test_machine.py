"""What a process may use of its machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from common.machine import free_memory, usable_cores, usable_memory


def test_cores_are_those_of_the_machine():
    assert 1 <= usable_cores() <= os.cpu_count()


def test_free_memory_is_part_of_the_machines():
    free = free_memory()
    assert free is None or 10**7 < free <= usable_memory()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are not assigned here")
def test_a_pinned_process_counts_its_own_cores_alone():
    first = min(os.sched_getaffinity(0))
    program = f"import os; os.sched_setaffinity(0, {{{first}}})\n"
    program += "from common.machine import usable_cores; print(usable_cores())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "1", done.stderr
