#!/usr/bin/env bash
# Builds validators.wasm.br: compile.sh, then brotli at its best, which takes minutes.
# Usage: build.sh [folder to write into, default: the folder of this script]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "${1:-$here}" && pwd)
cd "$here"
./compile.sh
node -e '
  const { brotliCompressSync, constants: c } = require("node:zlib"), fs = require("node:fs")
  const wasm = fs.readFileSync(process.argv[1])
  fs.writeFileSync(process.argv[2], brotliCompressSync(wasm, { params: {
    [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, [c.BROTLI_PARAM_SIZE_HINT]: wasm.length } }))
' .build/validators.wasm "$out/validators.wasm.br"
(cd "$out" && sha256sum validators.wasm.br && wc -c validators.wasm.br)
