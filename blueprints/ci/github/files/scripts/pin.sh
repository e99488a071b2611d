#!/usr/bin/env bash
# Resolves the tags of base images and check tools to digests, on a machine that can reach their registries.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/pin.sh [--dry-run]

Writes `<image>:<tag>@<digest>` for every base image in docker/*.Dockerfile and every image in scripts/tool.sh. Digests that
stand there already are asked for again, so that running it again takes what the tag means today; review the change and commit it.
TEXT
}

fail() {
  echo "pin: $1" >&2
  exit 2
}

dry_run=false
case "${1:-}" in
  "") ;;
  --dry-run) dry_run=true ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && fail "unknown option $1" ;;
esac
command -v skopeo >/dev/null || fail "skopeo is needed and not on PATH"
cd "$(dirname "$0")/.."

files=(docker/*.Dockerfile scripts/tool.sh)
mapfile -t images < <(
  sed -nE 's/^FROM ([^ @]+:[^ @]+)(@sha256:[0-9a-f]{64})?( AS .*)?$/\1/p' docker/*.Dockerfile
  sed -nE 's/.*image=([^ "@]+:[^ "@]+)(@sha256:[0-9a-f]{64})? .*/\1/p' scripts/tool.sh
)
((${#images[@]})) || fail "found no image; expected FROM lines in docker/*.Dockerfile"
while read -r image; do
  [[ "${image%%/*}" == *.* ]] && reference="$image" || reference="docker.io/$image"
  [[ "$image" == */* ]] || reference="docker.io/library/$image"
  digest="$(skopeo inspect --format '{{.Digest}}' "docker://$reference")" || fail "could not ask for $reference"
  [[ "$digest" =~ ^sha256:[0-9a-f]{64}$ ]] || fail "expected a digest of $reference, got '$digest'"
  echo "pin: $image@$digest"
  "$dry_run" || sed -i -E "s#([ =])${image//./\\.}(@sha256:[0-9a-f]{64})?( |\$)#\1$image@$digest\3#" "${files[@]}"
done < <(printf '%s\n' "${images[@]}" | sort -u)
