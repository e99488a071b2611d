import { describe, expect, it } from 'vitest'
import { pythonCheck } from '../../src/verify/python.js'
import { emitted, lines } from './emitted.js'

const PYPROJECT = `[project]
name = "churn"
requires-python = ">=3.11"

[tool.ruff]
line-length = 100
src = ["src", "tests"]

[tool.ruff.lint]
select = ["E", "F", "I", "UP", "S"]

[tool.ruff.lint.per-file-ignores]
"tests/**" = ["S101"]
`
const RIGHT =
  'import pandas as pd\n\nfrom churn.settings import load\n\n\ndef rows(path: str) -> int:\n    return len(pd.read_csv(path)) + load()\n'
const pyproject = emitted('pyproject.toml', PYPROJECT)

async function run(path: string, content: string, settings = pyproject, more = [emitted('src/churn/settings.py', '')]) {
  const file = emitted(path, content)
  return pythonCheck.run([file], [settings, file, ...more])
}

describe('python/ruff', () => {
  it('accepts a right file at all three checks, by the version that ran', async () => {
    const results = await run('src/churn/data.py', RIGHT)
    expect(results.map((r) => [r.check, r.status])).toEqual([
      ['python/syntax', 'pass'],
      ['python/ruff', 'pass'],
      ['python/format', 'pass'],
    ])
    expect(results[0]).toMatchObject({ tool: 'ruff', version: expect.stringMatching(/^0\.\d+\.\d+$/) })
  })

  it.each([
    ['syntax', 'x = 1\ndef f(:\n    return 1\n', 'python/syntax', 2],
    ['Python 2', 'x = 1\nprint "x"\n', 'python/syntax', 2],
    ['undefined name', 'def f() -> int:\n    return nowhere\n', 'python/ruff', 2],
    ['unused import', 'import os\n\nx = 1\n', 'python/ruff', 1],
    ['old typing syntax', 'from typing import List\n\nx: List[int] = []\n', 'python/ruff', 3],
    ['layout', 'x = 1\ny  = 2\n', 'python/format', 2],
  ])('finds: %s', async (_, content, check, line) => {
    expect(await run('src/churn/data.py', content)).toContainEqual(
      expect.objectContaining({ status: 'fail', check, line, file: 'src/churn/data.py' }),
    )
  })

  it('sorts imports as ruff on disk does, knowing first-party packages', async () => {
    const mixed = RIGHT.replace('\n\nfrom churn', '\nfrom churn')
    expect(lines(await run('src/churn/data.py', mixed))).toEqual([expect.stringContaining('I001')])
  })

  it('honours per-file ignores, by path', async () => {
    const asserted = 'def test_x() -> None:\n    assert 1 + 1 == 2\n'
    expect(lines(await run('tests/unit/test_x.py', asserted))).toEqual([])
    expect(lines(await run('src/churn/x.py', asserted))).toEqual([expect.stringContaining('S101')])
  })

  it('only parses what the project excludes', async () => {
    const excluded = emitted(
      'pyproject.toml',
      PYPROJECT.replace('line-length = 100', 'line-length = 100\nextend-exclude = ["src/churn/generated"]'),
    )
    expect(lines(await run('src/churn/generated/x_pb2.py', 'import os\n', excluded))).toEqual([])
    expect(lines(await run('src/churn/generated/x_pb2.py', 'import (\n', excluded))[0]).toContain('python/syntax')
  })

  it('takes the nearest pyproject.toml', async () => {
    const inner = emitted(
      'serving/pyproject.toml',
      PYPROJECT.replace('select = ["E", "F", "I", "UP", "S"]', 'select = ["E"]'),
    )
    expect(lines(await run('serving/app.py', 'import os\n', pyproject, [inner]))).toEqual([])
    expect(lines(await run('app.py', 'import os\n', pyproject, [inner]))).toHaveLength(1)
  })

  it('fails when the project carries no rules, or wrong ones', async () => {
    expect(lines(await run('a.py', 'x = 1\n', emitted('pyproject.toml', '[project]\nname = "x"\n')))).toEqual([
      expect.stringContaining('[tool.ruff]'),
    ])
    await expect(run('a.py', 'x = 1\n', emitted('pyproject.toml', '[tool.ruff]\nline-lenght = 1\n'))).rejects.toThrow(
      'line-lenght',
    )
  })
})
