#!/usr/bin/env bash
# Runs all of Airflow on this machine until Ctrl-C; `make airflow` prepares its database and environment.
set -euo pipefail

# Airflow ends its components itself. A terminal signals them too, and a scheduler that hears a second signal while it ends may wait
# for its workers for ever: they get a process group of their own, of which only the first process is told.
set -m
airflow standalone &
trap 'kill -INT "$!"' INT TERM
while kill -0 "$!" 2>/dev/null; do wait "$!" || true; done
