// What the scripted model of acceptance says about the churn platform, at any maturity: an edit that is good, one that the guard refuses, one in parts, and
// "nothing to change" for all others. It proves how the product behaves, and nothing about what a real model would say.

/** What is added to guides: letters of two, three and four bytes, blank space at an end of line, and what looks like markup. */
export const LINE = 'Read by the café team on Mondays ☕ (資料 📊); `a < b && c > d`.  '
export const GOOD = { deliverable: 'model-requirements', path: 'docs/model-requirements.md' }
export const PARTLY = {
  deliverable: 'ingestion',
  path: 'docs/data-preparation.md',
  refused: 'tests/unit/test_records.py',
}
export const REFUSED = {
  deliverable: 'kubernetes-serving',
  path: 'deploy/charts/serving/templates/disruption-budget.yaml',
}

const EMPTIED = '"""Tests of records."""\n\n\ndef test_nothing() -> None:\n    """Nothing."""\n    assert True\n'

/** Everything in it is empty that may be. */
export const SUBMISSION = { decisions: [], assumptions: [], covers: [], contract: [], files: [], remove: [] }

/** The requirements, of which no deliverable is named, are as the rules read them. */
export const NO_FACTS = { facts: [] }

/** Messages of chat completions, which is what servers make of the other formats. */
export function askedIn(messages) {
  const text = messages.map(({ content }) => (typeof content === 'string' ? content : textOf(content))).join('\n')
  const mark = /MARK is ([a-z0-9]+)\./.exec(text)?.[1] ?? ''
  const roles = messages.map(({ role }) => role)
  return {
    deliverable: /Deliverable `([a-z-]+)`/.exec(text)?.[1] ?? '',
    mark,
    text,
    // A reply that is text and calls may come back as two messages.
    turn: 1 + roles.filter((role, at) => role === 'assistant' && roles[at - 1] !== 'assistant').length,
    baseline(path) {
      const begin = `<baseline-${mark} path="${path}">\n`
      const at = text.indexOf(begin)
      if (at < 0) throw new Error(`the prompt shows no ${path}`)
      return text.slice(at + begin.length, text.indexOf(`</baseline-${mark}>`, at))
    },
  }
}

const textOf = (parts) => (parts ?? []).map((part) => part.text ?? '').join('')

/** @returns {{ text?: string, calls?: { name: string, input: object }[] }} */
export function reply(asked) {
  const { deliverable, turn } = asked
  if (deliverable === '') return { calls: [call('propose', NO_FACTS)] }
  if (deliverable === GOOD.deliverable) return good(asked)
  if (deliverable === PARTLY.deliverable) {
    if (turn % 2 === 0) return submits('Names the readers of the guide.', [PARTLY.refused, PARTLY.path])
    return {
      text: `${file(asked, PARTLY.refused, EMPTIED)}${file(asked, PARTLY.path, `${asked.baseline(PARTLY.path)}\n${LINE}\n`)}`,
    }
  }
  if (deliverable === REFUSED.deliverable) {
    if (turn % 2 === 0) return submits('Nodes are changed faster.', [REFUSED.path])
    return {
      text: file(
        asked,
        REFUSED.path,
        asked.baseline(REFUSED.path).replace('maxUnavailable: 1', 'maxUnavailable: 100%'),
      ),
    }
  }
  return submits('The baseline serves these requirements.')
}

/** Reads, edits, has it checked and submits: a call of every kind goes to and fro. */
function good(asked) {
  const { path } = GOOD
  const [title] = asked.baseline(path).split('\n')
  const edit = [`<search-${asked.mark}>`, title, `</search-${asked.mark}>`, `<replace-${asked.mark}>`, title, '', LINE]
  const steps = [
    {
      text: 'I look first.',
      calls: [call('list_files', { folder: 'docs' }), call('read_files', { paths: [path], from_line: null })],
    },
    {
      text: `<edit-${asked.mark} path="${path}">\n${edit.join('\n')}\n</replace-${asked.mark}>\n</edit-${asked.mark}>\n`,
    },
    { calls: [call('check', {})] },
    submits('Names the readers of the guide ☕.', [path]),
  ]
  return steps[asked.turn - 1] ?? steps[3]
}

const call = (name, input) => ({ name, input })
const submits = (summary, files = []) => ({ calls: [call('submit', { ...SUBMISSION, summary, files })] })
const file = ({ mark }, path, text) => `<file-${mark} path="${path}">\n${text}</file-${mark}>\n`
