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
  ])('%s is %s', (path, kind) => expect(kindOf(path)).toBe(kind))
})
