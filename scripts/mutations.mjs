// Breaks any text that is made of lines: no operator knows the format, so the same ones serve every kind of file.
import { createHash } from 'node:crypto'

const KEY = /^(\s*(?:- )?)([\w.$"-]+)(\s*[:=]\s*)(\S.*)?$/
const lines = (change, applies = () => true) => ({ change, applies })

/** Each makes one or more lines out of a line, or says by `applies` that it has nothing to break there. */
const OPERATORS = {
  'drop a line': lines(
    () => [],
    (line) => line.trim() !== '',
  ),
  'misspell a field': lines(
    (line) => [line.replace(KEY, '$1$2x$3$4')],
    (line) => KEY.test(line),
  ),
  'give a list instead': lines(
    (line) => [line.replace(KEY, '$1$2$3[1, [2]]')],
    (line) => (KEY.exec(line)?.[4] ?? '') !== '',
  ),
  'give a text instead of a number': lines(
    (line) => [line.replace(/\b\d+\b/, 'three')],
    (line) => KEY.test(line) && /[:=]\s*"?\d+\b/.test(line),
  ),
  'give nothing': lines(
    (line) => [line.replace(KEY, '$1$2$3')],
    (line) => (KEY.exec(line)?.[4] ?? '') !== '',
  ),
  'leave a bracket open': lines(
    (line) => [line.replace(/[)\]}](?!.*[)\]}])/, '')],
    (line) => /[)\]}]/.test(line),
  ),
  'leave a quote open': lines(
    (line) => [line.replace(/["'](?!.*["'])/, '')],
    (line) => /["']/.test(line),
  ),
  'write a line twice': lines(
    (line) => [line, line],
    (line) => KEY.test(line),
  ),
  'name what is not there': lines(
    (line) => [line.replace(/[A-Za-z][\w-]*(?=[^\w-]*$)/, '$&-none')],
    (line) => (KEY.exec(line)?.[4] ?? '') !== '' && /[A-Za-z]/.test(KEY.exec(line)?.[4] ?? ''),
  ),
  'indent a line': lines(
    (line) => [` ${line}`],
    (line) => line.trim() !== '',
  ),
  'break an operator': lines(
    (line) => [line.replace(/ (==|>|<|\/|\*|\+|&&|\|) /, ' $1 $1$1 ')],
    (line) => / (==|>|<|\/|\*|\+|&&|\|) /.test(line),
  ),
  'insert what is no statement': lines(
    (line) => [line, '%%% ]['],
    (line) => line.trim() !== '',
  ),
}

const order = (text) => createHash('sha256').update(text).digest('hex')

/**
 * At most `limit` broken versions of some files, every operator in turn, always the same ones for the same texts.
 * @param {readonly {path: string, content: string}[]} files
 * @returns {{path: string, content: string, operator: string, line: number}[]}
 */
export function mutants(files, limit) {
  const perOperator = Object.entries(OPERATORS).map(([operator, { change, applies }]) =>
    files
      .flatMap(({ path, content }) => {
        const text = content.split('\n')
        return text
          .map((line, at) => ({ line, at }))
          .filter(({ line }) => !/^\s*(#|\/\/)/.test(line) && applies(line))
          .map(({ line, at }) => ({ path, text, line, at, operator, change }))
      })
      .sort((a, b) =>
        order(`${operator}${a.path}${a.line}${a.at}`) < order(`${operator}${b.path}${b.line}${b.at}`) ? -1 : 1,
      ),
  )
  const made = []
  for (let turn = 0; made.length < limit && perOperator.some((sites) => sites.length > turn); turn++) {
    for (const sites of perOperator) {
      const site = sites[turn]
      if (site === undefined || made.length >= limit) continue
      const content = [...site.text.slice(0, site.at), ...site.change(site.line), ...site.text.slice(site.at + 1)].join(
        '\n',
      )
      made.push({ path: site.path, content, operator: site.operator, line: site.at + 1 })
    }
  }
  return made
}
