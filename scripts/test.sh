#!/usr/bin/env bash
# The README's second command: unit tests, the command line as built, and one generated project's own tests.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -d node_modules ] || npm ci

passed=0
failed=0
part() {
  local name=$1
  shift
  echo "== $name"
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $name"; fi
}

# Indented, so that only the closing line of this script counts.
generated_tests() {
  node scripts/acceptance.mjs --only "L2 churn" --fresh | sed 's/^/  /'
}

report=$(mktemp)
trap 'rm -f "$report"' EXIT
# A failing run still writes its report, and the counts come from there; without a report the next line ends the script.
green=yes
npx vitest run --project unit --project emitted --project binary --reporter=default --reporter=json --outputFile="$report" || green=no
read -r passed failed < <(node -e '
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))
  const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length
  console.log(numPassedTests, numFailedTests + numPendingTests + broken)
' "$report")
# Errors outside any test fail the run too, and a run of no tests is not a green one.
if [ "$green" = no ] && [ "$failed" -eq 0 ]; then failed=1; fi
if [ "$passed" -eq 0 ]; then failed=$((failed + 1)); fi

# The layers, which npm run check looks at too, are among the tests; and these have built the command line.
part "types, lint, format, dead code" npm run --silent static
part "the generated project: design, make lint, make test" generated_tests
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
