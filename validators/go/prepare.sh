#!/usr/bin/env bash
# Copies the modules that do not compile for WASI as they are, takes out the files named in patches/<module>/remove
# and puts ours in; writes .build/go.mod, which is go.mod with those copies in place of the originals.
set -euo pipefail
cd "$(dirname "$0")"
rm -rf .build && mkdir -p .build
cp go.mod .build/go.mod && cp go.sum .build/go.sum
go mod download
while read -r patch; do
  module=${patch#patches/}
  source=$(go list -m -f '{{.Dir}}' "$module")
  [ -n "$source" ] || { echo "go.mod names no $module, which $patch wants to change" >&2; exit 1; }
  mkdir -p ".build/$module"
  cp -R "$source/." ".build/$module" && chmod -R u+w ".build/$module"
  if [ -f "$patch/remove" ]; then
    while read -r file; do rm ".build/$module/$file"; done < "$patch/remove"
  fi
  (cd "$patch" && find . -name '*.go') | while read -r file; do cp "$patch/$file" ".build/$module/$file"; done
  go mod edit -replace "$module=./.build/$module" .build/go.mod
done < <(cat patches/modules | sed 's|^|patches/|')
# Ours: what Helm's engine asks of them, without the Kubernetes API types.
go mod edit -replace k8s.io/client-go=./stubs/client-go .build/go.mod
go mod edit -replace k8s.io/apiextensions-apiserver=./stubs/apiextensions-apiserver .build/go.mod
api=.build/sigs.k8s.io/kustomize/kyaml/openapi/kubernetesapi/v1_21_2
go run -mod=mod -modfile=.build/go.mod ./tools/openapi "$api/swagger.pb" "$api/trimmed.pb"
go run -mod=mod -modfile=.build/go.mod ./tools/actions .build/github.com/rhysd/actionlint
go run -mod=mod -modfile=.build/go.mod ./tools/schemas .build/github.com/santhosh-tekuri/jsonschema/v6
