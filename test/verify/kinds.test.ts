import { describe, expect, it } from 'vitest'
import { kindOf } from '../../src/verify/kinds.js'

describe('kindOf', () => {
  it.each([
    ['src/churn/features.py', 'python'],
    ['conf/dev.yaml', 'yaml'],
    ['.pre-commit-config.yaml', 'yaml'],
    ['data/raw.dvc', 'yaml'],
    ['pyproject.toml', 'toml'],
    ['docs/README.md', 'markdown'],
    ['Makefile', 'makefile'],
    ['.env.example', 'dotenv'],
    ['.gitignore', 'ignore'],
    ['.gitattributes', 'attributes'],
    ['.dvc/config', 'ini'],
    ['proto/predict.proto', 'proto'],
    ['scripts/run.sh', 'shell'],
    ['reports/page.html.j2', 'template'],
    ['sql/features.sql', 'unknown'],
    ['noextension', 'unknown'],
    ['infrastructure/modules/network/main.tf', 'terraform'],
    ['infrastructure/environments/dev/terraform.tfvars', 'terraform'],
    ['infrastructure/environments/dev/tests/plan.tftest.hcl', 'terraform-test'],
    ['docker/training.Dockerfile', 'dockerfile'],
    ['Dockerfile', 'dockerfile'],
    ['deploy/charts/serving/Chart.yaml', 'helm-chart'],
    ['deploy/charts/serving/values.yaml', 'helm-values'],
    ['deploy/environments/prod/serving.yaml', 'helm-values'],
    ['deploy/charts/serving/values.schema.json', 'json'],
    ['deploy/charts/serving/templates/rollout.yaml', 'helm-template'],
    ['deploy/charts/serving/templates/_names.tpl', 'helm-template'],
    ['deploy/cluster/base/kustomization.yaml', 'kustomization'],
    ['.github/workflows/release.yaml', 'workflow'],
    ['.github/dependabot.yml', 'yaml'],
  ])('%s is %s', (path, kind) => expect(kindOf({ path, content: '' })).toBe(kind))

  it.each([
    ['a manifest', 'a.yaml', 'apiVersion: v1\nkind: Namespace\n', 'kubernetes'],
    ['one after a comment and a separator', 'a.yml', '# why\n---\nkind: Pod\napiVersion: v1\n', 'kubernetes'],
    ['rules', 'a.yaml', 'groups:\n  - name: serving\n    rules: []\n', 'prometheus-rules'],
    ['tests of rules', 'a.test.yaml', 'rule_files: [a.yaml]\ntests: []\n', 'prometheus-tests'],
    ['routes of alerts', 'a.yaml', 'route: {}\nreceivers: []\n', 'alertmanager'],
    ['a dashboard', 'a.json', '{\n  "panels": [],\n  "schemaVersion": 41\n}\n', 'dashboard'],
    ['settings that only mention such keys', 'a.yaml', 'pod:\n  apiVersion: v1\n  kind: Pod\n', 'yaml'],
    ['other JSON', 'a.json', '{ "panels": [] }\n', 'json'],
  ])('%s is told by its keys', (_, path, content, kind) => expect(kindOf({ path, content })).toBe(kind))
})
