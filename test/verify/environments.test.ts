import { describe, expect, it } from 'vitest'
import { environmentOf, environments } from '../../src/verify/environments.js'
import { emitted } from './emitted.js'

const ROOT = `[project]
name = "My_Project"
dependencies = [
  "Numpy==2.1.0",
  "pandas[parquet]==2.2.3; python_version > '3.10'",
  "scipy>=1.14",
  "wild==1.*",
  "own-kit",
]

[project.optional-dependencies]
extra = ["rich==13.9.4"]

[project.scripts]
stage = "pkg.cli:main"

[project.entry-points.plugins]
one = "pkg.plugin:One"

[dependency-groups]
dev = ["pytest==8.3.3", {include-group = "other"}]

[tool.uv.sources]
own-kit = {path = "kit"}
`
const FILES = [
  emitted('pyproject.toml', ROOT),
  emitted('environments/checks/pyproject.toml', '[project]\nname = "checks"\n'),
  emitted('environments/broken/pyproject.toml', '[project]\ndependencies = 3\n'),
  emitted('src/pkg/cli.py', ''),
]
const found = await environments(FILES)

describe('environments', () => {
  it('are the project files that can be read, with their folders and names as the index compares them', () => {
    expect(found.map(({ name, folder }) => [name, folder])).toEqual([
      ['my-project', ''],
      ['checks', 'environments/checks/'],
    ])
  })

  it('have dependencies of every kind with their lines; a package of the project itself is none', () => {
    expect(found[0]?.dependencies.map((one) => [one.package, one.pinned, one.line])).toEqual([
      ['numpy', true, 4],
      ['pandas', true, 5],
      ['scipy', false, 6],
      ['wild', false, 7],
      ['rich', true, 12],
      ['pytest', true, 21],
    ])
  })

  it('have scripts and entry points', () => {
    expect(found[0]?.scripts).toEqual({ stage: 'pkg.cli:main' })
    expect(found[0]?.entryPoints).toEqual(['pkg.plugin:One'])
  })

  it('hold the paths below them, the nearest one first', () => {
    expect(environmentOf(found, 'src/pkg/cli.py')?.name).toBe('my-project')
    expect(environmentOf(found, 'environments/checks/tests/test_a.py')?.name).toBe('checks')
    expect(environmentOf([], 'a.py')).toBeUndefined()
  })
})
