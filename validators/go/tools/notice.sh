#!/usr/bin/env bash
# Writes NOTICE: every module whose packages are linked into validators.wasm, with version and licence text.
# Usage: tools/notice.sh > NOTICE, after prepare.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
export GOFLAGS= GOTOOLCHAIN=local
modules=$(GOOS=wasip1 GOARCH=wasm go list -mod=mod -modfile=.build/go.mod -deps \
  -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}' . | sort -u)
licence_kind() {
  case $(tr -s '[:space:]' ' ' < "$1") in
    *"Mozilla Public License"*) echo MPL-2.0 ;;
    *"Apache License"*) echo Apache-2.0 ;;
    *"Redistribution and use"*"Neither the name"*|*"Redistribution and use"*"nor the names"*) echo BSD-3-Clause ;;
    *"Redistribution and use"*) echo BSD-2-Clause ;;
    *"Permission is hereby granted, free of charge"*) echo MIT ;;
    *"Permission to use, copy, modify, and/or distribute"*|*"Permission to use, copy, modify, and distribute"*) echo ISC ;;
    *) echo "see the text" ;;
  esac
}
cat <<'HEAD'
validators.wasm.br links the Go modules named here, built from their unchanged sources but for the files that
patches/ and tools/ take out, put in or change, and for k8s.io/client-go and k8s.io/apiextensions-apiserver, in whose place
stand those of stubs/: ours, with a table of API versions and deprecations read from the original (Apache-2.0). Made by
tools/notice.sh.

HEAD
echo "The Go runtime and standard library, $(go env GOVERSION): BSD-3-Clause"
while read -r path version; do
  folder=$(go list -m -f '{{.Dir}}' "$path@$version" 2>/dev/null || true)
  [ -n "$folder" ] || folder=$(go mod download -json "$path@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  text=$(find "$folder" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' \) | sort | head -1)
  [ -n "$text" ] || { echo "$path $version has no licence file at its root" >&2; exit 1; }
  echo "$path $version: $(licence_kind "$text")"
done <<< "$modules"
echo
echo "Texts, each once, with the modules that carry it:"
declare -A carriers; declare -A sample
while read -r path version; do
  folder=$(go mod download -json "$path@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  for text in $(find "$folder" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' \) | sort); do
    key=$(tr -s '[:space:]' ' ' < "$text" | sha256sum | cut -c1-16)
    carriers[$key]="${carriers[$key]:-}${carriers[$key]:+, }$path"; sample[$key]=$text
  done
done <<< "$modules"
key=golang; carriers[$key]="the Go runtime and standard library"; sample[$key]=$(go env GOROOT)/LICENSE
for key in $(for k in "${!carriers[@]}"; do echo "${carriers[$k]}	$k"; done | sort | cut -f2); do
  printf '\n%s\n%s\n\n' "$(printf '%.0s-' {1..78})" "${carriers[$key]}"
  cat "${sample[$key]}"
done
