import { describe, expect, it } from 'vitest'
import { isExcluded, matchesFile } from '../../src/verify/glob.js'

describe('matchesFile, as ruff matches per-file ignores', () => {
  it.each([
    ['tests/**', 'tests/unit/test_x.py', true],
    ['tests/*', 'tests/unit/test_x.py', true],
    ['tests/**/test_*.py', 'tests/test_x.py', true],
    ['**/conftest.py', 'conftest.py', true],
    ['__init__.py', 'src/shop/__init__.py', true],
    ['*_pb2.py', 'src/a/b_pb2.py', true],
    ['*_pb2{,_grpc}.py', 'src/a/b_pb2_grpc.py', true],
    ['!src/**', 'tests/a.py', true],
    ['!src/**', 'src/a.py', false],
    ['tests/**', 'src/tests.py', false],
    ['test?.py', 'test12.py', false],
    ['[ab].py', 'src/b.py', true],
  ])('%s on %s: %s', (glob, path, expected) => expect(matchesFile(glob, path)).toBe(expected))
})

it('excludes everything below an excluded folder', () => {
  expect(isExcluded(['src/shop/generated'], 'src/shop/generated/x.py')).toBe(true)
  expect(isExcluded(['generated'], 'src/shop/generated/deep/x.py')).toBe(true)
  expect(isExcluded(['generated'], 'src/shop/generate.py')).toBe(false)
})
