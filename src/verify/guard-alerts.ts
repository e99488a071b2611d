// Alerts go on firing as early and as loud as in the baseline: the rule, its duration, its severity, its bound, its runbook.
import type { SyntaxNode } from '@lezer/common'
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { amount } from './guard-directions.js'
import { isStated } from './guard-stated.js'
import {
  type GuardAbout,
  type GuardRule,
  type GuardSubject,
  type Loss,
  nowAt,
  readAll,
  shown,
} from './guard-subject.js'
import { listAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { readQuery } from './promql.js'

interface Alert {
  readonly name: string
  readonly value: Json
  readonly file: EmittedFile
  readonly line: number | undefined
}

const SEVERITIES = ['info', 'none', 'warning', 'error', 'critical', 'page']

export const alertRule: GuardRule = {
  name: 'guard/alert',
  async find(subject) {
    const now = (await readAll(subject.after, alertsOf)).flat()
    const before = (await readAll(subject.before, alertsOf)).flat()
    const losses: Loss[] = []
    for (const was of before) {
      const file = nowAt(subject, was.file)
      const is = now.find(({ name }) => name === was.name)
      if (is === undefined) losses.push({ file, reason: `the alert ${was.name} is gone; keep it` })
      else
        for (const reason of await quieter(was.value, is.value, subject.about))
          losses.push({ file: is.file, line: is.line, reason: `${was.name}: ${reason}` })
    }
    return [...losses, ...(await slower(subject)), ...(await testsGone(subject))]
  },
}

/** Groups that are evaluated less often. */
async function slower({ changes }: GuardSubject): Promise<Loss[]> {
  const intervals = async (file: EmittedFile | undefined) =>
    file === undefined || kindOf(file) !== 'prometheus-rules'
      ? []
      : (await dataDocuments(file)).flatMap(({ value }) =>
          listAt(value, 'groups').map((one) => [textAt(one, 'name'), seconds(textAt(one, 'interval'))] as const),
        )
  const losses: Loss[] = []
  for (const { before, after } of changes) {
    const was = new Map(await intervals(before))
    for (const [name, interval] of await intervals(after)) {
      const known = was.get(name)
      if (known !== undefined && known > 0 && (interval > known || interval === 0))
        losses.push({
          file: after,
          reason: `the rules of ${name} are looked at every ${interval} s and no longer every ${known} s; keep the interval`,
        })
    }
  }
  return losses
}

async function alertsOf(file: EmittedFile): Promise<Alert[]> {
  const found: Alert[] = []
  if (!['prometheus-rules', 'kubernetes', 'yaml'].includes(kindOf(file))) return []
  for (const { value, position } of await dataDocuments(file))
    for (const base of [[], ['spec']])
      for (const [group, one] of listAt(value, ...base, 'groups').entries())
        for (const [at, rule] of listAt(one, 'rules').entries())
          if (textAt(rule, 'alert') !== '')
            found.push({
              name: textAt(rule, 'alert'),
              value: rule,
              file,
              line: position([...base, 'groups', group, 'rules', at]).line,
            })
  return found
}

async function quieter(was: Json, is: Json, about: GuardAbout): Promise<string[]> {
  const found: string[] = []
  for (const key of ['for', 'keep_firing_for'] as const) {
    const [before, after] = [seconds(textAt(was, key)), seconds(textAt(is, key))]
    if (key === 'for' && after > before && !isStated(about.stated, after, `${textAt(was, 'alert')} alert`))
      found.push(`it waits ${textAt(is, key)} where it waited ${textAt(was, key) || 'for nothing'}; keep \`for\``)
  }
  const [loud, now] = [textAt(was, 'labels', 'severity'), textAt(is, 'labels', 'severity')]
  if (loud !== now && SEVERITIES.indexOf(now) < SEVERITIES.indexOf(loud))
    found.push(`its severity fell from ${loud} to ${now || 'none'}; keep it`)
  if (textAt(was, 'annotations', 'runbook_url') !== '' && textAt(is, 'annotations', 'runbook_url') === '')
    found.push('it has lost its runbook; keep runbook_url')
  if (textAt(was, 'labels', 'criterion') !== '' && textAt(is, 'labels', 'criterion') === '')
    found.push('it no longer names its criterion; keep the label')
  const [text, other] = [textAt(was, 'expr'), textAt(is, 'expr')]
  return text === other ? found : [...found, ...(await expressionLoosened(text, other, about))]
}

const seconds = (text: string): number =>
  (text.match(/\d+(ms|[smhdw])/g) ?? []).reduce((all, part) => all + (amount(part) ?? 0), 0)

async function expressionLoosened(was: string, is: string, about: GuardAbout): Promise<string[]> {
  const [before, after] = [await readQuery(was), await readQuery(is)]
  if (after.errors.length > 0 || before.errors.length > 0) return []
  const metrics = new Set(after.selectors.map(({ metric }) => metric))
  // A record may stand for what was asked for before; nothing at all cannot.
  if (metrics.size === 0) return [`"${shown(is)}" asks for no metric; keep the expression`]
  if (/\b(hour|minute|day_of_\w+|month|year)\(/.test(is) && !/\b(hour|minute|day_of_\w+|month|year)\(/.test(was))
    return [`it fires at some hours only; keep the expression`]
  const [ranges, wider] = [was, is].map((text) => (text.match(/\[[\w:]+\]/g) ?? []).map((range) => seconds(range)))
  const late = ranges?.findIndex((range, at) => ranges.length === wider?.length && (wider[at] ?? 0) > range * 4) ?? -1
  if (late >= 0)
    return [
      `it looks back over ${wider?.[late]} s and no longer ${ranges?.[late]} s, so that it fires later; keep the range`,
    ]
  const [bounds, now] = [await boundsOf(was), await boundsOf(is)]
  const found: string[] = []
  if (now.signs.includes('unless') && !bounds.signs.includes('unless'))
    found.push('`unless` keeps it silent; keep the expression')
  if ((is.match(/!=|!~/g) ?? []).length > (was.match(/!=|!~/g) ?? []).length)
    found.push('it leaves out what it watched before; keep the selectors')
  if (bounds.bounds.length !== now.bounds.length) {
    if (
      now.bounds.length < bounds.bounds.length &&
      now.signs.length <= bounds.signs.length &&
      !now.signs.includes('or')
    )
      return [...found, 'a bound of its expression is gone; keep it']
    return found
  }
  for (const [at, { sign, value }] of bounds.bounds.entries()) {
    const next = now.bounds[at]
    if (next === undefined) continue
    const up = /^>/.test(sign)
    const looser = sign[0] === next.sign[0] && (up ? next.value > value : /^</.test(sign) && next.value < value)
    const turned = /^[<>]/.test(sign) && /^[<>]/.test(next.sign) && sign[0] !== next.sign[0]
    const blurred = sign === `${next.sign}=` && next.value === value
    if ((looser || turned || blurred) && !isStated(about.stated, next.value, was))
      found.push(
        `it fires at ${next.sign} ${round(next.value)} and no longer at ${sign} ${round(value)}; keep the bound`,
      )
  }
  return found
}

const round = (value: number): string => String(Number(value.toPrecision(6)))

interface Bounds {
  readonly bounds: readonly { readonly sign: string; readonly value: number }[]
  readonly signs: readonly string[]
}

/** Comparisons with a constant, in their order, and the words that join them. */
async function boundsOf(text: string): Promise<Bounds> {
  const { parser } = await import('@prometheus-io/lezer-promql')
  const bounds: { sign: string; value: number }[] = []
  const signs: string[] = []
  const said = (node: SyntaxNode) => text.slice(node.from, node.to)
  parser.parse(text).iterate({
    enter({ node, name }) {
      if (name !== 'BinaryExpr') return
      const left = node.firstChild
      const sign = left?.nextSibling ?? null
      const right = node.lastChild
      if (left === null || sign === null || right === null) return
      if (/^(and|or|unless)$/i.test(said(sign))) signs.push(said(sign).toLowerCase())
      if (!/^([<>]=?|==|!=)$/.test(said(sign))) return
      const [a, b] = [constant(left, said), constant(right, said)]
      if (b !== undefined) bounds.push({ sign: said(sign), value: b })
      else if (a !== undefined)
        bounds.push({ sign: said(sign).replace(/[<>]/, (one) => (one === '<' ? '>' : '<')), value: a })
    },
  })
  return { bounds, signs }
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

/** Value of arithmetic over numbers alone. */
function constant(node: SyntaxNode, said: (node: SyntaxNode) => string): number | undefined {
  if (node.name === 'NumberDurationLiteral' || node.name === 'NumberLiteral')
    return amount(said(node)) ?? Number(said(node))
  if (node.name === 'ParenExpr' || node.name === 'UnaryExpr') {
    const inner =
      node.lastChild?.name === ')' ? node.lastChild.prevSibling : (node.firstChild?.nextSibling ?? node.firstChild)
    const value = inner === null || inner === undefined ? undefined : constant(inner, said)
    return value === undefined ? undefined : node.name === 'UnaryExpr' && said(node).startsWith('-') ? -value : value
  }
  if (node.name !== 'BinaryExpr') return undefined
  const [left, right, sign] = [node.firstChild, node.lastChild, node.firstChild?.nextSibling]
  if (left === null || right === null || sign === null || sign === undefined) return undefined
  const [a, b, apply] = [constant(left, said), constant(right, said), ARITHMETIC[said(sign)]]
  return a === undefined || b === undefined || apply === undefined ? undefined : apply(a, b)
}

/** An alert that a test has seen firing goes on being seen. */
async function testsGone({ before, after, removed }: GuardSubject): Promise<Loss[]> {
  const firing = async (file: EmittedFile) =>
    kindOf(file) !== 'prometheus-tests'
      ? []
      : (await dataDocuments(file)).flatMap(({ value }) =>
          listAt(value, 'tests')
            .flatMap((one) => listAt(one, 'alert_rule_test'))
            .map((one) => ({ file, name: textAt(one, 'alertname'), fires: listAt(one, 'exp_alerts').length > 0 })),
        )
  const now = (await readAll(after, firing)).flat()
  const seen = new Set<string>()
  return (await readAll(before, firing)).flat().flatMap(({ file, name, fires }): Loss[] => {
    const id = `${name} ${fires}`
    const kept = now.some((one) => one.name === name && one.fires === fires)
    if (kept || seen.has(id)) return []
    seen.add(id)
    const at = removed.includes(file) ? file : (after.find(({ path }) => path === file.path) ?? file)
    return [{ file: at, reason: `no test sees ${name} ${fires ? 'firing' : 'silent'} any more; keep it` }]
  })
}
