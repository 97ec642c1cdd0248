"""What a process may use of its machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from common.machine import usable_cores


def test_cores_are_those_of_the_machine():
    assert 1 <= usable_cores() <= os.cpu_count()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are not assigned here")
def test_a_pinned_process_counts_its_own_cores_alone():
    first = min(os.sched_getaffinity(0))
    program = f"import os; os.sched_setaffinity(0, {{{first}}})\n"
    program += "from common.machine import usable_cores; print(usable_cores())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "1", done.stderr
