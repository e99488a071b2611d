#!/usr/bin/env bash
# Says in Git how a release moves: which strategy, or which model version. Argo CD then does it on the cluster.
set -euo pipefail

readonly STRATEGIES="full canary shadow ab blue-green"

usage() {
  cat <<'TEXT'
Usage: scripts/rollout.sh strategy <environment> <full|canary|shadow|ab|blue-green> [--dry-run]
       scripts/rollout.sh model <environment> <version> [--dry-run]

Changes deploy/environments/<environment>/serving.yaml and commits it; scripts/deploy.sh brings the commit to the cluster.
The order of a careful release: shadow, canary, ab, full. blue-green is another way, for when nothing is under way.
TEXT
}

fail() {
  printf 'rollout.sh: %s\n' "$1" >&2
  exit 2
}

# Writes `text` to the key `  name:` below the section `name:` at the start of a line.
set_value() {
  local file=$1 section=$2 key=$3 text=$4
  awk -v section="$section:" -v key="  $key:" -v text="$text" '
    /^[^ #]/ { inside = ($1 == section) }
    inside && index($0, key) == 1 { print key " " text; found = 1; next }
    { print }
    END { exit found ? 0 : 1 }
  ' "$file" >"$file.new" || {
    rm -f "$file.new"
    fail "expected $section.$key in $file"
  }
  mv "$file.new" "$file"
}

[ "${1:-}" = "--help" ] && {
  usage
  exit 0
}
[ $# -ge 3 ] || {
  usage >&2
  exit 2
}
what=$1 environment=$2 value=$3 dry_run=${4:-}
[ -z "$dry_run" ] || [ "$dry_run" = "--dry-run" ] || fail "expected --dry-run, got $dry_run"

cd "$(dirname "$0")/.."
file="deploy/environments/$environment/serving.yaml"
[ -f "$file" ] || fail "expected an environment of deploy/environments, got $environment"

case $what in
  strategy)
    [[ " $STRATEGIES " == *" $value "* ]] || fail "expected one of $STRATEGIES, got $value"
    section=rollout key=strategy text=$value message="Release in $environment by $value"
    ;;
  model)
    [[ $value =~ ^[0-9]+$ ]] || fail "expected the number of a model version, got $value"
    section=model key=version text="\"$value\"" message="Serve model version $value in $environment"
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac

git diff --quiet HEAD -- "$file" || fail "$file has changes that are not committed"
set_value "$file" "$section" "$key" "$text"
if git diff --quiet HEAD -- "$file"; then
  printf '%s: nothing to change\n' "$file"
  exit 0
fi
git --no-pager diff HEAD -- "$file"
if [ -n "$dry_run" ]; then
  git checkout --quiet HEAD -- "$file"
  exit 0
fi
git commit --quiet --message "$message" -- "$file"
printf 'committed: %s\n' "$message"
