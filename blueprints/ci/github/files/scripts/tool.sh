#!/usr/bin/env bash
# Runs a check tool: the one on PATH, else the pinned image of its publisher; so CI and a laptop give the same verdict.
set -euo pipefail

fail() {
  echo "tool: $1" >&2
  exit 2
}

[[ $# -ge 1 && "$1" != --help ]] || { echo "usage: scripts/tool.sh <actionlint|amtool|gitleaks|hadolint|kubeconform|promtool|tofu> [arguments]"; exit 0; }
name="$1"
shift
case "$name" in
  actionlint) image=rhysd/actionlint:1.7.12 entry=actionlint ;;
  amtool) image=quay.io/prometheus/alertmanager:v0.34.0 entry=/bin/amtool ;;
  gitleaks) image=ghcr.io/gitleaks/gitleaks:v8.30.1 entry=gitleaks ;;
  hadolint) image=hadolint/hadolint:v2.15.1 entry=/bin/hadolint ;;
  kubeconform) image=ghcr.io/yannh/kubeconform:v0.7.0 entry=/kubeconform ;;
  promtool) image=quay.io/prometheus/prometheus:v3.14.0 entry=/bin/promtool ;;
  tofu) image="" entry=tofu ;;
  *) fail "unknown tool $name" ;;
esac
if command -v "$name" >/dev/null; then
  exec "$name" "$@"
fi
# Terraform reads the same files; which of the two a machine has does not matter for a check.
if [[ "$name" == tofu ]]; then
  command -v terraform >/dev/null || fail "tofu or terraform is needed and not on PATH"
  exec terraform "$@"
fi
command -v docker >/dev/null || fail "$name is not on PATH and there is no docker to run $image"
cd "$(dirname "$0")/.."
exec docker run --rm -i --user "$(id -u):$(id -g)" --volume "$PWD:/project:ro" --workdir /project --entrypoint "$entry" "$image" "$@"
