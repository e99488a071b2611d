#!/usr/bin/env bash
# Compiles .build/validators.wasm, the same bytes on every machine with the pinned Go, and prints their hash.
set -euo pipefail
cd "$(dirname "$0")"
wanted=$(sed -n 's/^toolchain //p' go.mod)
export GOTOOLCHAIN=local GOFLAGS= GOOS= GOARCH= GOEXPERIMENT= CGO_ENABLED=0 GOWASM= GOWORK=off
found=$(go env GOVERSION)
[ "$found" = "$wanted" ] || { echo "expected $wanted, got $found: the bytes depend on it; install $wanted" >&2; exit 3; }
./prepare.sh
# As the tools' own release builds set them: the Kubernetes version whose deprecations Helm's lint knows.
minor=$(go list -m -f '{{.Version}}' k8s.io/client-go | cut -d. -f2)
kube="-X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=$minor"
kube="$kube -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=$minor"
GOOS=wasip1 GOARCH=wasm go build -p "${BUILD_JOBS:-2}" -mod=mod -modfile=.build/go.mod -buildmode=c-shared -trimpath -buildvcs=false \
  -ldflags "-s -w -buildid= $kube" -o .build/validators.wasm .
(cd .build && sha256sum validators.wasm)
