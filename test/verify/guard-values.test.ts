import { expect, it } from 'vitest'
import { differences, identity, leaves, placed } from '../../src/verify/guard-values.js'

it('meets entries of a list by their name, wherever they stand', () => {
  const was = {
    rules: [
      { name: 'a', bound: 1 },
      { name: 'b', bound: 2 },
    ],
  }
  const is = {
    rules: [
      { name: 'b', bound: 3 },
      { name: 'a', bound: 1 },
    ],
  }
  expect(differences(was, is)).toEqual([{ path: ['rules', 'b', 'bound'], was: 2, is: 3 }])
})

it('says what is gone and what is new', () => {
  expect(differences({ a: 1, list: ['x', 'y'] }, { b: 2, list: ['y', 'z'] })).toEqual([
    { path: ['a'], was: 1, is: undefined },
    { path: ['list', 'x'], was: 'x', is: undefined },
    { path: ['list', 'z'], was: undefined, is: 'z' },
    { path: ['b'], was: undefined, is: 2 },
  ])
})

it('takes the place where a name would be two entries', () => {
  const list = [{ name: 'a' }, { name: 'a' }, 7]
  expect(list.map((entry, at) => identity(entry, list, at))).toEqual([0, 1, 2])
})

it('finds the place of a path of names again', () => {
  const value = { groups: [{ name: 'x' }, { name: 'y', rules: [{ alert: 'Down', for: '5m' }] }] }
  const [leaf] = [...leaves(value)].filter(({ value: one }) => one === '5m')
  expect(leaf?.path).toEqual(['groups', 'y', 'rules', 'Down', 'for'])
  expect(placed(value, leaf?.path ?? [])).toEqual(['groups', 1, 'rules', 0, 'for'])
  expect(placed(value, ['groups', 'z', 'rules'])).toEqual(['groups'])
})
