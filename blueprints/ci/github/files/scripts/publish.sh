#!/usr/bin/env bash
# Pushes images that were built once into the registry of one environment; the digest is the same in all of them.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/publish.sh <folder> <registry> <tag>

<folder> holds <image>.tar for each line of docker/images, as `docker buildx build --output type=oci,dest=<image>.tar`
writes it. Prints `<image> <digest>` for each, which is what scripts/deploy.sh --digests reads.
Log in to the registry first: aws ecr get-login-password | skopeo login --username AWS --password-stdin <registry>
TEXT
}

fail() {
  echo "publish: $1" >&2
  exit 2
}

[[ "${1:-}" != --help && "${1:-}" != -h ]] || { usage && exit 0; }
(($# == 3)) || { usage >&2 && fail "expected a folder, a registry and a tag"; }
folder="$1" registry="$2" tag="$3"
command -v skopeo >/dev/null || fail "skopeo is needed and not on PATH"
cd "$(dirname "$0")/.."

while read -r name repository; do
  archive="$folder/$name.tar"
  [[ -f "$archive" ]] || fail "expected $archive; build it first"
  digest="$(skopeo inspect --raw "oci-archive:$archive" | sha256sum | cut -d' ' -f1)"
  # Tags are immutable: one that is there with this digest is done, and any other is refused by the registry. Where nothing can be
  # read, the tag is new or the registry out of reach, and the copy below says which.
  if ! there="$(skopeo inspect --format '{{.Digest}}' "docker://$registry/$repository:$tag" 2>/dev/null)"; then there=""; fi
  if [[ "$there" != "sha256:$digest" ]]; then
    skopeo copy --quiet --all --preserve-digests --retry-times 3 "oci-archive:$archive" "docker://$registry/$repository:$tag" >&2
  fi
  echo "$name sha256:$digest"
done <docker/images
