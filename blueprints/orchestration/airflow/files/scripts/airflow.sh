#!/usr/bin/env bash
# Runs all of Airflow on this machine until Ctrl-C; `make airflow` prepares its database and environment.
set -euo pipefail

# Airflow ends its components itself. A terminal signals them too, and a scheduler that hears a second signal while it ends may wait
# for its workers for ever: they get a process group of their own, of which only the first process is told.
set -m
airflow standalone &
airflow=$!
trap 'kill -INT "$airflow"' INT TERM

# A signal ends a `wait` early; Airflow's own exit code is that of the wait after which it is gone.
while true; do
  wait "$airflow" && code=0 || code=$?
  kill -0 "$airflow" 2>/dev/null || exit "$code"
done
