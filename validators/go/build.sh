#!/usr/bin/env bash
# Builds validators.wasm and its brotli file, the same bytes on every machine with the pinned Go.
# Usage: build.sh [folder to write into, default: the folder of this script]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here}" && pwd)
cd "$here"
wanted=$(sed -n 's/^toolchain //p' go.mod)
export GOTOOLCHAIN=local GOFLAGS= GOOS= GOARCH= GOEXPERIMENT= CGO_ENABLED=0 GOWASM=
found=$(go env GOVERSION)
[ "$found" = "$wanted" ] || { echo "expected $wanted, got $found: the bytes depend on it; install $wanted" >&2; exit 1; }
./prepare.sh
# As the tools' own release builds set them: the Kubernetes version whose deprecations Helm's lint knows.
minor=$(go list -m -f '{{.Version}}' k8s.io/client-go | cut -d. -f2)
kube="-X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor=$minor"
kube="$kube -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=$minor"
GOOS=wasip1 GOARCH=wasm go build -p "${BUILD_JOBS:-2}" -mod=mod -modfile=.build/go.mod -buildmode=c-shared -trimpath -buildvcs=false \
  -ldflags "-s -w -buildid= $kube" -o .build/validators.wasm .
node -e '
  const { brotliCompressSync, constants: c } = require("node:zlib"), fs = require("node:fs")
  const wasm = fs.readFileSync(process.argv[1])
  fs.writeFileSync(process.argv[2], brotliCompressSync(wasm, { params: {
    [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, [c.BROTLI_PARAM_SIZE_HINT]: wasm.length } }))
' .build/validators.wasm "$out/validators.wasm.br"
sha256sum .build/validators.wasm | sed 's|\.build/||'
(cd "$out" && sha256sum validators.wasm.br && wc -c validators.wasm.br)
