#!/usr/bin/env bash
# Builds every image for this machine, with the tag `local`; nothing is pushed.
set -euo pipefail

cd "$(dirname "$0")/.."
command -v docker >/dev/null || { echo "images: docker is needed and not on PATH" >&2 && exit 2; }
while read -r name repository; do
  echo "images: $repository"
  docker buildx build --load --file "docker/$name.Dockerfile" --build-arg REVISION="$(git rev-parse HEAD)" --tag "$repository:local" .
done <docker/images
