import { expect, it } from 'vitest'
import { visible } from '../../src/cli/escape.js'

it.each([
  ['a\u001b[31mred\u001b[0m', 'a\\x1b[31mred\\x1b[0m'],
  ['over\rwritten\b\u0007', 'over\\x0dwritten\\x08\\x07'],
  ['is_admin\u202e # no', 'is_admin\\u202e # no'],
  ['\u009b2J', '\\x9b2J'],
  ['lines\nand\ttabs, ü 漢 👩‍🔬', 'lines\nand\ttabs, ü 漢 👩‍🔬'],
])('shows %j as it is written', (text, shown) => {
  expect(visible(text)).toBe(shown)
})
