#!/usr/bin/env bash
# Makes docs/images/demo-report.png: designs the churn example, runs its demonstration and takes the top of the report as a picture.
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in chromium make node; do
  command -v "$tool" >/dev/null || { echo "report-picture: expected $tool on PATH, found none" >&2; exit 2; }
done
made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
npm run --silent build
node dist/cli.js design --requirements-file examples/churn-telecom.txt --workspace "$made/churn" --yes --verify none
make -C "$made/churn" demo
# A screen of its own size: what lies below its lower edge is left out. Without the sandbox it runs for root too; the page is our own.
chromium --headless --no-sandbox --hide-scrollbars --user-data-dir="$made/browser" --window-size=1000,1330 \
  --screenshot="$PWD/docs/images/demo-report.png" "file://$made/churn/reports/demo.html"
