#!/usr/bin/env bash
# Holds Terraform's files to their format, to the published schemas of the provider, and to the plans with a mock in the place of AWS.
set -euo pipefail

cd "$(dirname "$0")/.."
scripts/tool.sh tofu fmt -check -recursive infrastructure
for folder in infrastructure/bootstrap infrastructure/environments/*/ infrastructure/modules/cluster; do
  echo "infrastructure: ${folder%/}"
  scripts/tool.sh tofu "-chdir=${folder%/}" init -backend=false -input=false -no-color >/dev/null
  scripts/tool.sh tofu "-chdir=${folder%/}" validate -no-color
  scripts/tool.sh tofu "-chdir=${folder%/}" test -no-color
done
