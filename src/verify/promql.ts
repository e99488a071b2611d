// What a PromQL expression selects, by Prometheus' own grammar: metric names, label matchers, labels that it groups by.
import type { SyntaxNode } from '@lezer/common'

export interface Selector {
  readonly metric: string
  /** Labels that its matchers name. */
  readonly labels: readonly string[]
}

export interface Query {
  readonly selectors: readonly Selector[]
  /** Labels of `by`, `without`, `on`, `ignoring` and `group_left`. */
  readonly groupings: readonly string[]
  /** Labels that the expression itself makes (label_replace, label_join, count_values). */
  readonly made: readonly string[]
  /** Offsets at which the grammar does not go on. */
  readonly errors: readonly number[]
}

const MAKES_LABEL = /^(label_replace|label_join|count_values)$/

export async function readQuery(text: string): Promise<Query> {
  const { parser } = await import('@prometheus-io/lezer-promql')
  const selectors: Selector[] = []
  const groupings: string[] = []
  const made: string[] = []
  const errors: number[] = []
  const said = (node: SyntaxNode) => text.slice(node.from, node.to)
  parser.parse(text).iterate({
    enter({ node, name, type }) {
      if (type.isError) errors.push(node.from)
      if (name === 'VectorSelector') selectors.push(selector(node, said))
      if (name === 'GroupingLabels') groupings.push(...node.getChildren('LabelName').map(said))
      if (name === 'FunctionCall' || name === 'AggregateExpr') {
        const called = node.firstChild === null ? '' : said(node.firstChild)
        const [first] = MAKES_LABEL.test(called)
          ? (node.getChild('FunctionCallBody')?.getChildren('StringLiteral') ?? [])
          : []
        if (first !== undefined) made.push(said(first).slice(1, -1))
      }
    },
  })
  return { selectors, groupings, made, errors }
}

function selector(node: SyntaxNode, said: (node: SyntaxNode) => string): Selector {
  const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map((matcher) => ({
    label: matcher.firstChild === null ? '' : said(matcher.firstChild),
    value: matcher.lastChild === null ? '' : said(matcher.lastChild).slice(1, -1),
  }))
  const name = node.getChild('Identifier')
  return {
    metric: name === null ? (matchers.find(({ label }) => label === '__name__')?.value ?? '') : said(name),
    labels: matchers.map(({ label }) => label).filter((label) => label !== '__name__'),
  }
}

/** Grafana's variables replaced by text of the same length that PromQL can read, so that offsets stay true. */
export const withoutVariables = (text: string): string =>
  text
    .replace(/\[(\$(?:\{\w+\}|\w+))/g, (all) => '[5m'.padEnd(all.length))
    .replace(/\$\{?\w+(?::\w+)?\}?/g, (all) => 'x'.repeat(all.length))
