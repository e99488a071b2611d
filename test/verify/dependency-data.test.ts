import { expect, it } from 'vitest'
import { dependencyData, normalised, packageOf, standardLibrary } from '../../src/verify/dependency-data.js'

it('compares names as the package index does', () => {
  expect(['Scikit_Learn', 'scikit.learn', 'scikit--learn', 'scikit-learn'].map(normalised)).toEqual(
    Array(4).fill('scikit-learn'),
  )
})

it.each([
  ['sklearn.pipeline', 'scikit-learn'],
  ['yaml', 'pyyaml'],
  ['numpy.random', 'numpy'],
])('the module %s comes from %s', (module, expected) => expect(packageOf(module)).toBe(expected))

it('takes the longest listed prefix of a module', () => {
  const nested = Object.entries(dependencyData().modules).filter(([module]) => module.includes('.'))
  for (const [module, name] of nested) expect(packageOf(`${module}.anything`)).toBe(normalised(name))
})

it('knows the standard library, and gives a reason for each exception', () => {
  expect(standardLibrary().has('pathlib')).toBe(true)
  expect(standardLibrary().has('numpy')).toBe(false)
  const { unimported, files } = dependencyData()
  for (const { why } of [...unimported, ...files]) expect(why).toMatch(/\w+ \w+/)
})
