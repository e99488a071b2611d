// A right and a broken file for each official tool of the validators' module.
import { describe, expect, it } from 'vitest'
import type { EmittedFile } from '../../src/types.js'
import { checkFiles } from '../../src/verify/in-process.js'
import { kindOf } from '../../src/verify/kinds.js'
import { OFFICIAL_CHECKS as FAST, ruleTestsCheck } from '../../src/verify/official.js'
import { emitted, lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated, withFile } = fixtures('cluster')
const OFFICIAL_CHECKS = [...FAST, ruleTestsCheck]
const RULES = 'deploy/charts/monitoring/rules/serving.yaml'
const RULE_TEST = 'deploy/charts/monitoring/tests/serving.test.yaml'
const failures = async (some: readonly EmittedFile[]) => lines(await checkFiles(some, OFFICIAL_CHECKS)).join('\n')

const faults: readonly [string, () => EmittedFile[], string][] = [
  [
    'PromQL that does not parse',
    () => mutated(RULES, 'shop:errors:rate5m > 0.01', 'shop:errors:rate5m >'),
    `prometheus/rules ${RULES}:7`,
  ],
  [
    'a function on the wrong type',
    () => mutated(RULES, 'rate(shop_requests_total[5m])', 'rate(shop_requests_total)'),
    'expected type range vector',
  ],
  ['a duration that is none', () => mutated(RULES, 'for: 1m', 'for: soon'), `prometheus/rules ${RULES}`],
  [
    'a template that does not parse',
    () => mutated(RULES, 'More than 1 % of', '{{ $value of'),
    `prometheus/rules ${RULES}`,
  ],
  [
    'a test that its rules fail',
    () => mutated(RULES, '> 0.01', '> 0.5'),
    'prometheus/tests deploy/charts/monitoring/tests/serving.test.yaml',
  ],
  [
    'a series that cannot be read',
    () => mutated(RULE_TEST, 'shop_requests_total{', 'shop_requests_total{{'),
    `prometheus/test-series ${RULE_TEST}`,
  ],
  [
    'a route to nobody',
    () => mutated('deploy/charts/monitoring/alertmanager.yaml', 'receiver: team', 'receiver: teem'),
    'alertmanager/config deploy/charts/monitoring/alertmanager.yaml',
  ],
  [
    'a key that Alertmanager does not know',
    () => mutated('deploy/charts/monitoring/alertmanager.yaml', 'channel:', 'chanel:'),
    'chanel',
  ],
  [
    'an unknown instruction',
    () => mutated('docker/serving.Dockerfile', 'USER 10001', 'USERR 10001'),
    'dockerfile/buildkit docker/serving.Dockerfile:6',
  ],
  [
    'a stage that does not exist',
    () => mutated('docker/serving.Dockerfile', '--from=build', '--from=biuld'),
    'dockerfile/buildkit docker/serving.Dockerfile:5 COPY --from=biuld names neither',
  ],
  [
    'an expression that leads nowhere',
    () => mutated('.github/workflows/release.yaml', 'deploy.sh dev', 'deploy.sh ${{ github.environment_name }}'),
    'workflow/actionlint .github/workflows/release.yaml:',
  ],
  [
    'an unknown key of a job',
    () => mutated('.github/workflows/release.yaml', 'timeout-minutes:', 'timeout-minute:'),
    'timeout-minute',
  ],
  [
    'an input that a known action does not have',
    () => mutated('.github/workflows/release.yaml', '@v4\n', '@v4\n        with:\n          branch: main\n'),
    'input "branch" is not defined in action "actions/checkout@v4"',
  ],
  [
    'an output that a known action does not have',
    () =>
      mutated(
        '.github/workflows/release.yaml',
        '- uses: actions/checkout@v4\n',
        '- uses: actions/checkout@v4\n        id: out\n      - run: echo ${{ steps.out.outputs.branch }}\n',
      ),
    'property "branch" is not defined in object type {commit: string; ref: string}',
  ],
  [
    'a loop that does not end',
    () => mutated('scripts/deploy.sh', 'helm template', 'while true; do helm template'),
    'shell/parse scripts/deploy.sh',
  ],
  [
    'HCL that does not parse',
    () => withFile('infrastructure/main.tf', 'locals {\n  a =\n}\n'),
    'terraform/hcl infrastructure/main.tf:2',
  ],
]

describe('official tools', () => {
  it('accept what is right', async () => {
    const some = [...files(), emitted('infrastructure/main.tf', 'locals {\n  a = 1\n}\n')]
    const results = await checkFiles(some, OFFICIAL_CHECKS)
    expect(lines(results)).toEqual([])
    expect(lines(results, 'not run')).toEqual([])
    const kinds = OFFICIAL_CHECKS.flatMap((check) => check.kinds)
    for (const kind of kinds)
      expect(
        some.some((file) => kindOf(file) === kind),
        `no fixture of ${kind}`,
      ).toBe(true)
    expect(new Set(results.map(({ tool }) => tool))).toEqual(
      new Set(['buildkit', 'actionlint', 'prometheus', 'alertmanager', 'mvdan/sh', 'hcl']),
    )
    expect(results.every(({ version }) => /^\d+\.\d+/.test(version))).toBe(true)
  })

  it.each(faults)('refuse %s', async (_, some, expected) => expect(await failures(some())).toContain(expected))
})
