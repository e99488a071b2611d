import { describe, expect, it } from 'vitest'
import { isRuntimePath, isTest, repositoryPath, runtimePatterns } from '../../src/verify/paths.js'
import { emitted } from './emitted.js'

const folders = new Set(['conf', 'src', 'src/shop'])

describe('repositoryPath', () => {
  it.each([
    ['conf/dev.yaml', 'conf/dev.yaml'],
    ['./conf/dev.yaml', 'conf/dev.yaml'],
    ['src/shop/cli.py:12', 'src/shop/cli.py'],
    ['Makefile', 'Makefile'],
    ['other/dev.yaml', undefined],
    ['conf/{environment}.yaml', undefined],
    ['conf/*.yaml', undefined],
    ['../conf/dev.yaml', undefined],
    ['https://example.org/conf/dev.yaml', undefined],
    ['metrics.json', undefined],
    ['pandas.DataFrame', undefined],
  ])('%s is %s', (word, path) => expect(repositoryPath(word, folders)).toBe(path))
})

describe('runtimePatterns', () => {
  const patterns = runtimePatterns([
    emitted('.gitignore', '# made\n/data/\n*.db\nreports/**/*.html\n!keep\n'),
    emitted('sub/.gitignore', '/out\n'),
  ])
  it.each([
    ['data/raw/x.parquet', true],
    ['src/data/x.py', false],
    ['deep/mlflow.db', true],
    ['reports/a/b.html', true],
    ['reports/a.json', false],
    ['sub/out/x', true],
    ['out/x', false],
  ])('%s made at run time: %s', (path, made) => expect(isRuntimePath(patterns, path)).toBe(made))
})

it.each([
  ['tests/unit/x.py', true],
  ['src/shop/test_x.py', true],
  ['src/shop/testing.py', false],
  ['conftest.py', true],
])('%s is a test: %s', (path, expected) => expect(isTest(path)).toBe(expected))
