// The data file that says which lines a reviewer sees first: that it is held to its form, and that it finds what it is there for.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSensitiveKinds } from '../../src/review/rules.js'
import { findSensitive } from '../../src/review/sensitive.js'

const kinds = readSensitiveKinds(readFileSync('workflows/ml-pipeline.review.yaml', 'utf8'), 'the file')
const found = (path: string, line: string): string[] =>
  findSensitive([{ path, patch: `diff --git a/x b/x\n@@ -0,0 +1 @@\n+${line}\n` }], kinds).map(({ id }) => id)

describe('kinds of sensitive lines', () => {
  it('of the workflow are access, network, secrets, personal data, retention and cost', () => {
    expect(kinds.map(({ id }) => id)).toEqual(['access', 'network', 'secrets', 'personal-data', 'retention', 'cost'])
  })

  it.each([
    ['infrastructure/modules/storage/main.tf', '    actions   = ["s3:*"]', ['access']],
    ['infrastructure/modules/storage/main.tf', '  "s3:GetObject",', ['access']],
    ['deploy/cluster/base/rights.yaml', 'kind: ClusterRoleBinding', ['access']],
    ['.github/workflows/apply.yaml', '  id-token: write', ['access']],
    ['infrastructure/modules/network/main.tf', '  cidr_ipv4 = "0.0.0.0/0"', ['network']],
    ['deploy/charts/serving/templates/service.yaml', '  type: LoadBalancer', ['network']],
    ['deploy/charts/orchestrator/templates/secrets.yaml', 'kind: ExternalSecret', ['secrets']],
    ['.github/workflows/ci.yaml', '  token: ${{ secrets.DEPLOY }}', ['secrets']],
    ['src/ml_platform/settings.py', '    slack_token: SecretStr', ['secrets']],
    ['conf/prod.yaml', '  region: eu-central-1', ['personal-data']],
    ['src/ml_platform/serving/rest.py', '    # may be personal data', ['personal-data']],
    ['infrastructure/modules/storage/retention.tf', '  retention_days = 730', ['retention']],
    ['infrastructure/modules/database/main.tf', '  deletion_protection = false', ['retention']],
    ['infrastructure/environments/prod/terraform.tfvars', '  instance_class = "db.t4g.medium"', ['cost']],
    ['deploy/charts/serving/values.yaml', '  maxReplicas: 40', ['cost']],
    ['deploy/charts/monitoring/rules/serving.yaml', '  summary: the error budget burns', []],
    ['docs/cost.md', '  maxReplicas: 40', []],
    ['src/ml_platform/features/build.py', 'def build() -> None:', []],
  ])('%s: %s', (path, line, expected) => {
    expect(found(path, line)).toEqual(expected)
  })

  it('that are no regular expression or misspelt are refused with their place', () => {
    const text = (lines: string) => `kinds:\n  - id: a\n    title: A\n    rules:\n      - {files: x, ${lines}}\n`
    expect(() => readSensitiveKinds(text("lines: '('"), 'rules.yaml')).toThrow(
      /rules\.yaml:5:\d+: kinds\[0\]\.rules\[0\]\.lines: expected a regular expression/,
    )
    expect(() => readSensitiveKinds(text('line: x'), 'rules.yaml')).toThrow(/rules\.yaml:5:\d+: .*did you mean lines\?/)
  })
})
