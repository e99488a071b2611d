#!/usr/bin/env bash
# Releases a commit into an environment by moving the branch that its Argo CD follows; the cluster itself is never touched.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/deploy.sh <dev|staging|prod> <commit> [--digests <file>] [--dry-run]

Puts the files of <commit> on the branch deploy/<environment>, with the digests of its images, and pushes it.
  --digests <file>   lines of `<image> <digest>`, as scripts/publish.sh prints them; without it the digests that this
                     environment has by now are kept, which releases charts and settings only
  --dry-run          shows what would change and pushes nothing
TEXT
}

fail() {
  echo "deploy: $1" >&2
  exit 2
}

environment="" commit="" digests="" dry_run=false
while (($#)); do
  case "$1" in
    --digests) digests="${2:?--digests needs a file}" && shift ;;
    --dry-run) dry_run=true ;;
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && fail "unknown option $1" ;;
    *) if [[ -z "$environment" ]]; then environment="$1"; elif [[ -z "$commit" ]]; then commit="$1"; else fail "one commit only, got $1 too"; fi ;;
  esac
  shift
done
[[ "$environment" =~ ^(dev|staging|prod)$ ]] || { usage >&2 && fail "expected dev, staging or prod, got '$environment'"; }
[[ -n "$commit" ]] || { usage >&2 && fail "expected a commit"; }
command -v git >/dev/null || fail "git is needed and not on PATH"

cd "$(git rev-parse --show-toplevel)"
remote="${DEPLOY_REMOTE:-origin}"
branch="deploy/$environment"
images="deploy/environments/$environment/images.yaml"
commit="$(git rev-parse --verify --quiet "$commit^{commit}")" || fail "no such commit here; fetch it first"

previous=""
if git fetch --quiet --no-tags "$remote" "refs/heads/$branch" 2>/dev/null; then
  previous="$(git rev-parse FETCH_HEAD)"
fi

content="$(mktemp)" index="$(mktemp)"
trap 'rm -f "$content" "$index"' EXIT
if [[ -n "$digests" ]]; then
  [[ -s "$digests" ]] || fail "$digests has no digest; scripts/publish.sh writes them"
  {
    echo "# Written by scripts/deploy.sh: what runs in $environment."
    echo "images:"
    while read -r name digest; do
      [[ "$name" =~ ^[a-z][a-z0-9-]*$ && "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || fail "expected '<image> sha256:<64 hex digits>' in $digests, got '$name $digest'"
      printf '  %s:\n    digest: %s\n' "$name" "$digest"
    done <"$digests"
  } >"$content"
elif [[ -n "$previous" ]] && git cat-file -e "$previous:$images" 2>/dev/null; then
  git cat-file blob "$previous:$images" >"$content"
else
  git cat-file blob "$commit:$images" >"$content"
fi

# The tree of the commit with one file exchanged, made in an index of its own: the work tree may be dirty.
blob="$(git hash-object -w "$content")"
rm -f "$index"
GIT_INDEX_FILE="$index" git read-tree "$commit"
GIT_INDEX_FILE="$index" git update-index --add --cacheinfo "100644,$blob,$images"
tree="$(GIT_INDEX_FILE="$index" git write-tree)"

if [[ -n "$previous" && "$(git rev-parse "$previous^{tree}")" == "$tree" ]]; then
  echo "deploy: $environment has $commit already"
  exit 0
fi
if [[ -n "$previous" ]]; then
  git --no-pager diff --stat "$previous" "$tree"
fi
if "$dry_run"; then
  echo "deploy: would release $commit into $environment"
  exit 0
fi
parents=()
[[ -z "$previous" ]] || parents=(-p "$previous")
released="$(git commit-tree "$tree" "${parents[@]}" -m "Release $(git rev-parse --short "$commit") into $environment" -m "Commit: $commit")"
# The lease refuses when somebody else has released in the meantime.
git push --quiet --force-with-lease="refs/heads/$branch:$previous" "$remote" "$released:refs/heads/$branch"
echo "deploy: $environment follows $commit (branch $branch at $(git rev-parse --short "$released"))"
