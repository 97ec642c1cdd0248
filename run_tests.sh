#!/usr/bin/env bash
# Set up and run the tests; options go to pytest, such as -k attention.
set -euo pipefail
cd "$(dirname "$0")"
source workflow/setup.sh
set_up conservation,dev,jax,kubernetes,serve,slurm,unirep
# One more worker than cores, as many a test waits for processes of its own; each worker of one
# thread, as threads that wait for a core keep it busy.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
export TF_NUM_INTRAOP_THREADS=${TF_NUM_INTRAOP_THREADS:-1}
export TF_NUM_INTEROP_THREADS=${TF_NUM_INTEROP_THREADS:-1}
workers=$(.venv/bin/python -c 'import os; print((os.cpu_count() or 1) + 1)')
exec .venv/bin/python -m pytest -n "$workers" --dist loadfile --no-loadscope-reorder "$@"
