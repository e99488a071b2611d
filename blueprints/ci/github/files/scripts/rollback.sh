#!/usr/bin/env bash
# Takes an environment back to what it ran before, charts, settings and images together; history only grows.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/rollback.sh <dev|staging|prod> [--to <commit of deploy/<environment>>] [--dry-run]

Puts the tree of the release before (or of --to) on top of the branch deploy/<environment> and pushes it.
The version of the model is not in Git: docs/model-registry.md says how that is taken back.
TEXT
}

fail() {
  echo "rollback: $1" >&2
  exit 2
}

environment="" target="" dry_run=false
while (($#)); do
  case "$1" in
    --to) target="${2:?--to needs a commit}" && shift ;;
    --dry-run) dry_run=true ;;
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && fail "unknown option $1" ;;
    *) [[ -z "$environment" ]] || fail "one environment only, got $1 too" && environment="$1" ;;
  esac
  shift
done
[[ "$environment" =~ ^(dev|staging|prod)$ ]] || { usage >&2 && fail "expected dev, staging or prod, got '$environment'"; }
command -v git >/dev/null || fail "git is needed and not on PATH"

cd "$(git rev-parse --show-toplevel)"
remote="${DEPLOY_REMOTE:-origin}"
branch="deploy/$environment"
git fetch --quiet --no-tags "$remote" "refs/heads/$branch" || fail "$remote has no branch $branch; nothing was released into $environment"
current="$(git rev-parse FETCH_HEAD)"
# What a return of the past went back to, or nothing: trailers say it.
returned_to() { git log -1 --format=%B "$1" | sed -n 's/^Returns-to: //p'; }

if [[ -z "$target" ]]; then
  # Going back twice means going back further, not to and fro.
  now="$(returned_to "$current")"
  target="$(git rev-parse --verify --quiet "${now:-$current}^")" || fail "$environment has no release before this one"
  while earlier="$(returned_to "$target")" && [[ -n "$earlier" ]]; do
    target="$earlier"
  done
fi
git merge-base --is-ancestor "$target" "$current" 2>/dev/null || fail "$target is not a release of $environment; git log $remote/$branch lists them"
target="$(git rev-parse "$target^{commit}")"

git --no-pager diff --stat "$current" "$target"
if "$dry_run"; then
  echo "rollback: would return $environment to $(git log -1 --format='%h %s' "$target")"
  exit 0
fi
returned="$(git commit-tree "$target^{tree}" -p "$current" -m "Return $environment to $(git rev-parse --short "$target")" -m "Returns-to: $target")"
git push --quiet --force-with-lease="refs/heads/$branch:$current" "$remote" "$returned:refs/heads/$branch"
echo "rollback: $environment is back at $(git log -1 --format='%h %s' "$target")"
