import { expect, it } from 'vitest'
import { style } from '../../src/cli/style.js'

it('is plain where colour is not wanted', () => {
  const { bold, dim, green, red } = style(false)
  expect([bold, dim, green, red].map((paint) => paint('x'))).toEqual(['x', 'x', 'x', 'x'])
})

it('opens and closes each colour where it is', () => {
  const { bold, dim, green, red } = style(true)
  expect([bold, dim, green, red].map((paint) => paint('x'))).toEqual([
    '\u001b[1mx\u001b[22m',
    '\u001b[2mx\u001b[22m',
    '\u001b[32mx\u001b[39m',
    '\u001b[31mx\u001b[39m',
  ])
})
