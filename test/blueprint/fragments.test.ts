import { describe, expect, it } from 'vitest'
import { mergeFragments, serialise } from '../../src/blueprint/fragments.js'

describe('merging fragments', () => {
  it('merges maps by key and lists by the name an entry starts with', () => {
    const merged = mergeFragments('pyproject.toml', [
      { from: 'core', value: { project: { name: 'x', dependencies: ['pandas==2.3.3'] } } },
      { from: 'store', value: { project: { dependencies: ['feast==0.67.0', 'pandas==2.3.3'] } } },
    ])
    expect(merged).toEqual({ project: { name: 'x', dependencies: ['pandas==2.3.3', 'feast==0.67.0'] } })
  })

  it('names the key, both values and both manifests where two disagree', () => {
    const fragments = [
      { from: 'core.yaml', value: { project: { requires: '>=3.11' } } },
      { from: 'store.yaml', value: { project: { requires: '>=3.12' } } },
    ]
    expect(() => mergeFragments('pyproject.toml', fragments)).toThrow(
      'store.yaml: project.requires of pyproject.toml is ">=3.11" by core.yaml and ">=3.12" here',
    )
  })

  it.each([
    ['pandas==2.3.3', 'pandas==2.2.0'],
    ['kserve[storage]==0.21.0', 'kserve==0.21.0'],
    ['pandas==2.3.3', 'pandas >=2'],
  ])('sees that %s and %s are one dependency in two versions', (one, other) => {
    const fragments = [
      { from: 'core.yaml', value: { dependencies: [one] } },
      { from: 'store.yaml', value: { dependencies: [other] } },
    ]
    expect(() => mergeFragments('pyproject.toml', fragments)).toThrow(/by core\.yaml and .* here/)
  })
})

describe('writing merged data', () => {
  it('puts each entry of a TOML list on its own line', () => {
    expect(serialise('toml', { project: { dependencies: ['a==1', 'b==2'] } }, 'Made from fragments')).toBe(
      '# Made from fragments\n[project]\ndependencies = [\n    "a==1",\n    "b==2",\n]\n',
    )
  })

  it('quotes YAML words that older readers take for booleans', () => {
    expect(serialise('yaml', { country: 'no', time: '12:30' })).toBe('country: "no"\ntime: "12:30"\n')
  })
})
