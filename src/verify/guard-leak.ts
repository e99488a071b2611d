// The target, and what is known only after the moment of prediction, stays out of what a model is shown.
import type { EmittedFile } from '../types.js'
import { dataDocuments } from './documents.js'
import { type Code, isPython, numberOf, pythonCode, stringOf } from './guard-python.js'
import { type GuardRule, type Loss, more, readAll } from './guard-subject.js'
import { leaves } from './guard-values.js'
import { isTest } from './paths.js'

const FEATURES = /(^|\/)(features?|feature_store|feature_repo|transformations?)(\/|\.py$)/
/** Where labels belong: rows are dealt out by them, and their place in a table is looked for. */
const LABELS = /(^|\/)(split|labels?|targets?|statistics|data_needs|documentation|protocol|adapter)\.py$/
const INPUTS = /(^|_)(features?|inputs?|predictors?|covariates?|signature|regressors)(_|$)|_features$|^X(_|$)/

interface Shown {
  readonly what: string
  readonly line: number
  readonly file: EmittedFile
}

export const leakRule: GuardRule = {
  name: 'guard/leak',
  async find({ before, after, about }) {
    const targets = new Set(
      Object.values(about.contract.datasets).flatMap(({ target, columns }) => [
        ...(target === undefined ? [] : [target]),
        ...columns.filter(({ role }) => role === 'target').map(({ name }) => name),
      ]),
    )
    const read = async (file: EmittedFile): Promise<Shown[]> =>
      isTest(file.path)
        ? []
        : isPython(file)
          ? inCode((await pythonCode(file)).root, file, targets)
          : inData(file, targets)
    const [was, is] = [(await readAll(before, read)).flat(), (await readAll(after, read)).flat()]
    const left = more(
      was.map(({ what }) => what),
      is.map(({ what }) => what),
    )
    return left.flatMap((what): Loss[] => {
      const found = is.findLast((one) => one.what === what)
      return found === undefined
        ? []
        : [
            {
              file: found.file,
              line: found.line,
              reason: `${what}: the model would see what it has to predict; leave it out`,
            },
          ]
    })
  },
}

function inCode(root: Code, file: EmittedFile, targets: ReadonlySet<string>): Shown[] {
  const found: Shown[] = []
  const features = FEATURES.test(file.path)
  const say = (what: string, node: Code) => found.push({ what, line: node.line, file })
  const visit = (node: Code, shown: boolean): void => {
    const name =
      node.type === 'FunctionDefinition'
        ? node.children.find(({ type }) => type === 'VariableName')?.text
        : node.type === 'AssignStatement'
          ? node.children[0]?.text
          : undefined
    const inputs =
      shown ||
      (name !== undefined && INPUTS.test(name)) ||
      (node.type === 'CallExpression' &&
        INPUTS.test(node.children[0]?.children.at(-1)?.text ?? node.children[0]?.text ?? ''))
    const here = inputs || (features && !LABELS.test(file.path))
    const text = stringOf(node)
    if (here && text !== undefined && targets.has(text)) say(`the target ${text} is among the features`, node)
    if (here && node.type === 'PropertyName' && /^(target|label)$/.test(node.text))
      say(`the dataset's ${node.text} is among the features`, node)
    if (features && node.type === 'CallExpression') for (const what of fromTheFuture(node)) say(what, node)
    for (const child of node.children) visit(child, inputs)
  }
  visit(root, false)
  return found
}

/** Values of later rows: a shift by a negative number, a filling from behind, a window round its row. */
function fromTheFuture(call: Code): string[] {
  const name = call.children[0]?.children.at(-1)?.text ?? ''
  const open = call.children[1]?.children.filter(({ type }) => !['(', ')', ','].includes(type)) ?? []
  const first = open.find((_, at) => open[at - 1]?.type !== 'AssignOp' && open[at + 1]?.type !== 'AssignOp')
  const keyword = (key: string) => open[open.findIndex(({ text, type }) => type === 'VariableName' && text === key) + 2]
  const steps =
    numberOf(first) ?? numberOf(open.some(({ text }) => text === 'periods') ? keyword('periods') : undefined)
  if (/^(shift|diff|pct_change)$/.test(name) && steps !== undefined && steps < 0)
    return [`${name}(${steps}) looks at later rows`]
  if (/^(bfill|backfill)$/.test(name)) return [`${name}() fills from later rows`]
  if (name === 'rolling' && open.some(({ text }) => text === 'center') && keyword('center')?.text === 'True')
    return ['rolling(center=True) looks at later rows']
  return []
}

async function inData(file: EmittedFile, targets: ReadonlySet<string>): Promise<Shown[]> {
  if (!/\.(ya?ml|json)$/.test(file.path)) return []
  const [document] = await dataDocuments(file)
  if (document === undefined) return []
  return [...leaves(document.value)].flatMap(({ path, value }) =>
    typeof value === 'string' &&
    targets.has(value) &&
    path.slice(0, -1).some((key) => /^(inputs?|features?|feature_columns|predictors|columns_in)$/.test(String(key)))
      ? [
          {
            what: `the target ${value} is among ${path.slice(0, -1).join('.')}`,
            line: document.position([]).line ?? 1,
            file,
          },
        ]
      : [],
  )
}
