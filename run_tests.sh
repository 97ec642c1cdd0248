#!/usr/bin/env bash
# Set up and run the tests; options go to pytest, such as -k attention.
set -euo pipefail
cd "$(dirname "$0")"
source workflow/setup.sh
set_up conservation,dev,jax,kubernetes,serve,slurm,unirep
exec .venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder "$@"
