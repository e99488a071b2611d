#!/usr/bin/env bash
# SC-VELOCITY-1: says how long a commit took to the branch of an environment, and fails when that was too long.
set -euo pipefail

[[ "${1:-}" != --help && "${1:-}" != -h ]] || { echo "usage: scripts/velocity.sh <commit> <minutes allowed> [minutes waited for approval]"; exit 0; }
commit="${1:?expected a commit}" allowed="${2:?expected the minutes allowed}" waited="${3:-0}"
cd "$(git rev-parse --show-toplevel)"
committed="$(git show --no-patch --format=%ct "$commit")"
minutes=$((($(date +%s) - committed) / 60 - waited))
echo "velocity: $minutes minutes from commit to production, $waited more for approval, $allowed allowed"
if ((minutes >= allowed)); then
  echo "velocity: expected less than $allowed; the times of the jobs of this run show which one grew" >&2
  exit 1
fi
