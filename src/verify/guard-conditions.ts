// Whether a condition was made easier to meet: the same comparison with another number, another sign, or a way round it.
import { type Code, numberOf, within } from './guard-python.js'

/** Parts of an expression in its own order, without what only separates. */
const parts = ({ children }: Code) =>
  children.filter(({ type }) => !['(', ')', ',', '[', ']', '{', '}', ':'].includes(type))

/** The same but for the names of local variables, which may all have become others. */
export function sameShape(a: Code, b: Code, names = new Map<string, string>()): boolean {
  if (a.type !== b.type) return false
  if (a.type === 'VariableName') {
    const known = names.get(a.text)
    if (known !== undefined) return known === b.text
    if (a.text !== b.text && [...names.values()].includes(b.text)) return false
    names.set(a.text, b.text)
    return true
  }
  const [left, right] = [parts(a), parts(b)]
  if (left.length === 0 && right.length === 0) return a.text === b.text
  return left.length === right.length && left.every((one, at) => sameShape(one, right[at] ?? one, names))
}

/** 1: a larger number makes it easier to be true; -1: harder; 0: it cannot be told. */
type Effect = -1 | 0 | 1
const flip = (effect: Effect): Effect => (effect === 0 ? 0 : effect === 1 ? -1 : 1)

const WIDE = new Set(['abs', 'rel', 'atol', 'rtol', 'delta', 'abs_tol', 'rel_tol'])

/**
 * From a change of a condition that must hold (`wanted`) or must not, what makes it easier to get past; nothing where it is as
 * strict as before, or where that cannot be told.
 */
export function loosened(before: Code, after: Code, wanted = true): string | undefined {
  if (sameShape(before, after)) return undefined
  if ((wanted ? /^(True|1)$/ : /^(False|0|None)$/).test(after.text)) return `it is always ${after.text}`
  const [stricter, easier] = wanted ? (['and', 'or'] as const) : (['or', 'and'] as const)
  const among = (all: readonly Code[], one: Code) => all.length > 1 && all.some((other) => sameShape(one, other))
  if (among(joined(after, stricter), before)) return undefined
  if (among(joined(after, easier), before)) return `"${after.text}" has a way round it`
  if (wanted && exists(after.text) && !exists(before.text))
    return `"${after.text}" asks only whether there is something`
  const compared = (code: Code) => within(code).some(({ type }) => /^(CompareOp|CallExpression)$/.test(type))
  if (compared(before) && !compared(after)) return `"${after.text}" compares nothing`
  const [had, has] = [joined(before, stricter), joined(after, stricter)]
  if (had.length > has.length && has.every((one) => had.some((other) => sameShape(other, one))))
    return `a part of "${before.text}" is gone`
  return walk(before, after, 0, wanted ? 1 : -1)
}

const exists = (text: string): boolean => /(is not None|!= None)$|^(isinstance|hasattr|callable) \(/.test(text)

/** Operands of a chain of `and` or of `or`. */
export function joined(code: Code, word: 'and' | 'or'): Code[] {
  const [left, sign, right] = code.children
  return code.type === 'BinaryExpression' && sign?.type === word && left !== undefined && right !== undefined
    ? [...joined(left, word), ...joined(right, word)]
    : [code]
}

/** `effect` is that of a larger number here; `polarity` is -1 where the condition is there to be false. */
function walk(before: Code, after: Code, effect: Effect, polarity: 1 | -1): string | undefined {
  if (before.text === after.text) return undefined
  const [was, is] = [numberOf(before), numberOf(after)]
  if (was !== undefined && is !== undefined) return worse(was, is, effect)
  const wrapped = wrap(before, after, effect)
  if (wrapped !== undefined) return wrapped
  const [left, right] = [parts(before), parts(after)]
  if (before.type !== after.type || left.length !== right.length) return undefined
  const [wasSign, isSign] = [left[1], right[1]]
  if (before.type === 'BinaryExpression' && wasSign?.type === 'CompareOp' && isSign !== undefined) {
    const easier = polarity === 1 ? weaker(wasSign.text, isSign.text) : weaker(isSign.text, wasSign.text)
    if (easier) return `"${wasSign.text}" became "${isSign.text}"`
  }
  const turned = before.type === 'UnaryExpression' && left[0]?.type === 'not' ? (polarity === 1 ? -1 : 1) : polarity
  for (const [at, one] of left.entries()) {
    const other = right[at]
    if (other === undefined) continue
    const found = walk(one, other, inside(before, left, at, effect, polarity), turned)
    if (found !== undefined) return found
  }
  return undefined
}

/** What a larger number in one part of an expression does to the whole. */
function inside(code: Code, of: readonly Code[], at: number, effect: Effect, polarity: 1 | -1): Effect {
  const sign = of[1]
  if (code.type === 'BinaryExpression' && sign?.type === 'CompareOp')
    return /^[<>]=?$/.test(sign.text) && sign.text.startsWith('>') === (at === 0)
      ? polarity
      : ordered(sign)
        ? flip(polarity)
        : 0
  if (code.type === 'BinaryExpression' && sign?.type === 'ArithOp')
    return at === 2 && /^[-/]$/.test(sign.text) ? flip(effect) : effect
  if (code.type === 'ArgList') return of[at - 1]?.type === 'AssignOp' && WIDE.has(of[at - 2]?.text ?? '') ? polarity : 0
  if (code.type === 'UnaryExpression') return of[0]?.type === 'ArithOp' ? flip(effect) : effect
  return /^(ConditionalExpression|BinaryExpression|CallExpression)$/.test(code.type) ? effect : 0
}

const ordered = ({ text }: Code) => /^[<>]=?$/.test(text)

function worse(was: number, is: number, effect: Effect): string | undefined {
  return effect !== 0 && Math.sign(is - was) === effect ? `${was} became ${is}` : undefined
}

/** `bound` became `bound * 10`. */
function wrap(before: Code, after: Code, effect: Effect): string | undefined {
  const [inner, sign, amount] = after.children
  const said = `"${before.text}" became "${after.text}"`
  if (after.type === 'CallExpression' && /^(max|min)$/.test(inner?.text ?? '')) {
    const takes = sign?.children.some((one) => sameShape(before, one)) === true
    return takes && effect === (inner?.text === 'max' ? 1 : -1) ? said : undefined
  }
  const factor = numberOf(amount)
  if (after.type !== 'BinaryExpression' || sign?.type !== 'ArithOp' || inner === undefined || factor === undefined)
    return undefined
  if (!sameShape(before, inner)) return undefined
  const grows = { '*': factor - 1, '/': 1 - factor, '+': factor, '-': -factor }[sign.text] ?? 0
  return effect !== 0 && Math.sign(grows) === effect ? said : undefined
}

/** Whether `is` holds where `was` does not: on the bound itself, or on its other side. */
const weaker = (was: string, is: string): boolean =>
  (was === '>' && is === '>=') ||
  (was === '<' && is === '<=') ||
  (/^[<>]/.test(was) && /^[<>]/.test(is) && was[0] !== is[0]) ||
  (was === '==' && /^([<>]=|!=)$/.test(is))
