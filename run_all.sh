#!/usr/bin/env bash
# Set up, fetch the data, run every reproduction, compare every number, write the report.
# The same command again goes on where it was. ./run_all.sh --help shows the options.
set -euo pipefail
cd "$(dirname "$0")"
source workflow/setup.sh
case " $* " in
    *" --executor slurm "* | *" --executor=slurm "*) set_up slurm,unirep ;;
    *" --executor kubernetes "* | *" --executor=kubernetes "*) set_up kubernetes,unirep ;;
    *) set_up unirep ;;
esac
exec .venv/bin/python -m reproductions.run_all "$@"
