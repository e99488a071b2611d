// Python that harms by what it does: errors that nobody hears of, patience without end, chance without a seed, data in logs, code from elsewhere.
import type { Contract } from '../spec/contract.js'
import type { EmittedFile } from '../types.js'
import { type Code, type CodeCall, isPython, type PythonCode, pythonCode, stringOf, within } from './guard-python.js'
import { type GuardRule, type GuardSubject, type Loss, more, readAll } from './guard-subject.js'
import { isTest } from './paths.js'

/** Something that is wrong wherever it is new: counted over the deliverable, so that it may move. */
interface Finding {
  readonly what: string
  readonly line: number
}

const fresh = (
  { name }: Pick<GuardRule, 'name'>,
  find: (code: PythonCode, file: EmittedFile, subject: GuardSubject) => Finding[],
  out: string,
): GuardRule => ({
  name,
  async find(subject) {
    const read = async (file: EmittedFile) =>
      find(await pythonCode(file), file, subject).map((one) => ({ ...one, file }))
    const [was, is] = [
      (await readAll(subject.before.filter(isPython), read)).flat(),
      (await readAll(subject.after.filter(isPython), read)).flat(),
    ]
    const left = more(
      was.map(({ what }) => what),
      is.map(({ what }) => what),
    )
    return left.flatMap((what): Loss[] => {
      const found = is.findLast((one) => one.what === what)
      return found === undefined ? [] : [{ file: found.file, line: found.line, reason: `${what}; ${out}` }]
    })
  },
})

/** `except Exception: pass`, also with a line in a log: the caller goes on as if nothing had happened. */
export const errorRule = fresh(
  { name: 'guard/errors' },
  ({ root }, file) =>
    isTest(file.path)
      ? []
      : within(root).flatMap((node): Finding[] => {
          if (
            node.type === 'CallExpression' &&
            /(^|\. )suppress$/.test(node.children[0]?.text ?? '') &&
            /\b(Base)?Exception\b/.test(node.text)
          )
            return [{ what: 'suppress(Exception) swallows every error', line: node.line }]
          return node.type === 'TryStatement' ? handlers(node) : []
        }),
  'name the error that is expected, and let the rest through',
)

function handlers(statement: Code): Finding[] {
  return statement.children.flatMap((child, at, all): Finding[] => {
    if (child.type !== 'except') return []
    const body = all.slice(at).find(({ type }) => type === 'Body')
    const type = all[at + 1]?.type === 'Body' ? '' : (all[at + 1]?.text ?? '')
    if (body === undefined || !/^$|\b(Base)?Exception\b/.test(type)) return []
    const heard = within(body).some(
      (node) =>
        node.type === 'RaiseStatement' ||
        (node.type === 'CallExpression' && /exit|abort|fail|append|put|refuse|report|check \(/i.test(node.text)),
    )
    const answers = body.children.some(
      (node) =>
        node.type === 'ReturnStatement' &&
        node.children.length > 1 &&
        !/^return (None|True|False|0|\[ \]|\{ \}|"")$/.test(node.text),
    )
    return heard || answers ? [] : [{ what: `except ${type || '(anything)'} swallows every error`, line: child.line }]
  })
}

const LOADS = /^(pickle|cPickle|_pickle|dill|cloudpickle|marshal|shelve|joblib)\.(load|loads|open|Unpickler)$/

const OUTSIDE = /^(\/(?!tmp\b|dev\/null|app\b|opt\/airflow|proc|sys\/fs|mnt\b|var\/run\/secrets)|~|\.\.\/)/

/** What runs code or commands that somebody else has put together. */
export const dangerRule = fresh(
  { name: 'guard/danger' },
  ({ calls }, file) =>
    calls.flatMap((call): Finding[] => {
      const { callee, keywords, positional, line } = call
      const said = (what: string): Finding[] => [{ what, line }]
      const on = (name: string) => keywords.get(name)?.text === 'True'
      if (/^(eval|exec|compile|__import__)$/.test(callee)) return said(`${callee}() runs text as code`)
      if (LOADS.test(callee) || (callee === 'torch.load' && keywords.get('weights_only')?.text !== 'True'))
        return said(`${callee}() runs what is in the file`)
      if (/^os\.(system|popen|exec\w*|spawn\w*)$/.test(callee) || on('shell'))
        return said(`${callee}() hands a text to a shell`)
      if (
        /^yaml\.(unsafe_load|full_load|load)(_all)?$/.test(callee) &&
        !/Safe/.test([...positional, ...keywords.values()].map(({ text }) => text).join(' '))
      )
        return said(`${callee}() makes any object that the file names`)
      if (on('allow_pickle') || on('trust_remote_code') || keywords.get('trusted')?.text === 'True')
        return said(`${callee}() trusts code that comes with the data`)
      if (/^(Path\.home|os\.path\.expanduser)$|\.expanduser$/.test(callee))
        return said(`${callee}() leaves the project's folder`)
      const [target] = [...positional].map(stringOf)
      const [, written = ''] =
        /^(?:pathlib\.)?Path\("([^"]*)"\).*\.(?:write_\w+|unlink|mkdir|open|rename|replace|touch|rmdir|chmod)$/.exec(
          callee,
        ) ?? []
      const opened = /^(open|io\.open|shutil\.\w+|os\.(remove|unlink|rename|makedirs|chmod))$/.test(callee)
      const place = opened ? (target ?? '') : written
      if (!isTest(file.path) && OUTSIDE.test(place)) return said(`${place} lies outside of the project`)
      return []
    }),
  'do it with what the baseline uses',
)

const NETWORK =
  /^(requests|urllib\.request|urllib3|httpx|aiohttp|socket|http\.client|ftplib|paramiko|boto3|botocore|websockets?|telnetlib|smtplib|openai|anthropic|google\.cloud|azure)(\.|$)/
const COMPUTES =
  /(^|\/)(training|features?|evaluation|tuning|experiments|preprocessing|transforms?|models?|candidates|synthetic|quality)(\/|_[^/]*\.py$|\.py$)/
const REACHES = /(adapter|connector|client|source|gateway|push|publish|sink)s?\.py$/

/** What computes does so from what it was given, or it cannot be repeated. */
export const networkRule = fresh(
  { name: 'guard/network' },
  ({ root, calls }, file) => {
    if (isTest(file.path) || !COMPUTES.test(file.path) || REACHES.test(file.path)) return []
    const imported = within(root).flatMap((node): Finding[] => {
      if (node.type !== 'ImportStatement') return []
      const [, module = '', first = ''] =
        /^(?:from|import) ([\w .]+?)(?: import \(? ?(\w+).*| as \w+|$)/.exec(node.text) ?? []
      const name = [module.replace(/ /g, ''), `${module.replace(/ /g, '')}.${first}`].find((one) => NETWORK.test(one))
      return name === undefined
        ? []
        : [
            {
              what: `${file.path.replace(/\/[^/]*$/, '')} asks the network by ${name.replace(/\.$/, '')}`,
              line: node.line,
            },
          ]
    })
    const called = calls.flatMap(({ positional, callee, line }): Finding[] => {
      const text = positional.map(({ text: one }) => one).join(' ')
      const reads = /^(pd|pandas|pl|polars)\.read_\w+$/.test(callee) && /"(https?|ftp):/.test(text)
      const asks = /^subprocess\.|^run$/.test(callee) && /"(curl|wget|nc|scp|ssh|aws|gsutil)"/.test(text)
      return reads || asks ? [{ what: `${callee} asks the network where a result is computed`, line }] : []
    })
    return [...imported, ...called]
  },
  'read data through the ingestion stage',
)

const SEEDED = /(default_rng|RandomState|Random|seed|manual_seed)$/
const DRAWS =
  /^(random\.(random|randint|choice|choices|shuffle|sample|uniform|gauss)|np\.random\.(rand|randn|randint|random|choice|shuffle|permutation|normal|uniform)|numpy\.random\.\w+)$/

/** Chance that nobody can repeat. */
export const seedRule = fresh(
  { name: 'guard/seed' },
  ({ calls }) =>
    calls.flatMap(({ callee, positional, keywords, line }): Finding[] => {
      const given = keywords.get('random_state') ?? keywords.get('seed')
      if (given?.text === 'None') return [{ what: `${callee} draws without a seed`, line }]
      const named =
        /^(np|numpy)\.random\.(default_rng|RandomState|seed)$|^random\.(Random|seed)$/.test(callee) &&
        SEEDED.test(callee)
      if (named && positional.length === 0 && keywords.size === 0) return [{ what: `${callee}() has no seed`, line }]
      return DRAWS.test(callee) && callee !== 'numpy.random.default_rng' && callee !== 'numpy.random.seed'
        ? [{ what: `${callee} draws from a state that everybody shares`, line }]
        : []
    }),
  "draw from a generator that is made with the settings' seed",
)

const LOGS =
  /(^|\.)(log|logger|logging|_log|LOG|LOGGER)\.(debug|info|warning|warn|error|exception|critical|log|bind)$|^print$|^(warnings\.warn)$/
const PERSONAL =
  /(^|_)(e_?mail|phone|msisdn|first_name|last_name|full_name|street|birth\w*|iban|ssn|passport|ip_address|password|passwd|token|secret|credential|api_key)(_|$)/i
const RECORDS = /\b(to_dict|to_string|to_json|head|iterrows|itertuples|model_dump|model_dump_json|environ)\b/

/** Rows, keys of persons and protected attributes do not belong in a log. */
export const logRule = fresh(
  { name: 'guard/log' },
  ({ calls }, file, { about }) =>
    isTest(file.path)
      ? []
      : calls
          .filter(({ callee }) => LOGS.test(callee))
          .flatMap((call): Finding[] => {
            const word = logged(call, sensitive(about.contract))
            return word === undefined ? [] : [{ what: `${word} is written to the log`, line: call.line }]
          }),
  'log counts and names of files, never what a row holds',
)

const sensitive = (contract: Contract): Set<string> =>
  new Set(
    Object.values(contract.datasets).flatMap(({ columns }) =>
      columns.filter(({ role }) => role === 'protected' || role === 'key').map(({ name }) => name),
    ),
  )

function logged({ positional, keywords }: CodeCall, columns: ReadonlySet<string>): string | undefined {
  for (const value of [...positional.slice(0), ...keywords.values()])
    for (const node of within(value)) {
      const word = stringOf(node) ?? (/^(VariableName|PropertyName)$/.test(node.type) ? node.text : undefined)
      if (
        node.type === 'FormatString' &&
        [...columns].some((name) => new RegExp(`\\{[^}]*\\b${name}\\b`).test(node.text))
      )
        return node.text
      if (word === undefined) continue
      if (columns.has(word) || (node.type !== 'String' && PERSONAL.test(word))) return word
      if (node.type === 'PropertyName' && RECORDS.test(word)) return `what ${word} gives`
    }
  return undefined
}
