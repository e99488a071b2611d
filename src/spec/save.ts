// Writes spec.yaml and contract.yaml so that the same value gives the same bytes and one edited entry is one changed line.
import { Document, isMap, isScalar, isSeq, type Node, visit, type YAMLMap } from 'yaml'
import { CONTRACT_SECTIONS, type Contract, contractSchema } from './contract.js'
import { type Spec, specSchema } from './schema.js'

/** Remarks for the person who edits; only where a field's meaning cannot be read from its name. */
const REMARKS: Readonly<Record<string, string>> = {
  '': ' Edit any value and run `mlops-agents design` again: edited fields win over the text.\n origin: stated (quote and req say where), assumed (reason says why), edited (by a person).',
  task: ' What kind of prediction this is; positive_rate is the share of the rarer outcome.',
  data: ' Columns: one line each. role measure varies by period, attribute does not, protected is used for fairness checks only.',
  split: ' time, group or random: how training and test rows are kept apart.',
  questions: ' Where needs_answer is true the text did not say; the value used meanwhile is an assumption.',
}

/** Lists whose entries are records of short fields: one line per entry. */
const LINE_ENTRIES = new Set([
  'columns',
  'sources',
  'requirements',
  'tools',
  'excluded',
  'questions',
  'contradictions',
  'advisories',
])

/** Names and numbers go on one line, sentences on one each. */
const isShortList = (node: Node): boolean =>
  isSeq(node) && node.items.every((item) => isScalar(item) && String(item.value).length <= 40)

// Within braces PyYAML ends a plain scalar at a question mark, wherever it stands.
const setFlow = (node: Node): void => {
  if (!isMap(node) && !isSeq(node)) return
  node.flow = true
  visit(node, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && scalar.value.includes('?')) scalar.type = 'QUOTE_DOUBLE'
    },
  })
}

const style = (node: unknown, lineEntries: ReadonlySet<string>): void => {
  if (!isMap(node)) return
  for (const pair of node.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const value = pair.value as Node | null
    if (isSeq(value)) {
      if (value.items.length === 0 || isShortList(value)) setFlow(value)
      else for (const item of value.items) lineEntries.has(key) ? setFlow(item as Node) : style(item, lineEntries)
    } else if (isMap(value)) {
      if (value.items.length === 0) value.flow = true
      style(value, lineEntries)
    }
  }
}

const remark = (contents: YAMLMap): void => {
  for (const pair of contents.items) {
    if (!isScalar(pair.key)) continue
    const text = REMARKS[String(pair.key.value)]
    if (text) pair.key.commentBefore = text
  }
}

// What YAML 1.1 takes for a line end (U+0085, U+2028, U+2029) or PyYAML refuses to read; within quotes it can be spelled out.
const SPELLED = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu
const spell = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`

// YAML 1.1 readers (PyYAML among them) take 06:00 for a number and `no` for false: written for them, such strings are quoted.
const print = (document: Document): string => {
  let spaced = false
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value !== 'string') return
      const ends = /[ \t]\n/.test(scalar.value)
      if (ends || scalar.value.search(SPELLED) >= 0) scalar.type = 'QUOTE_DOUBLE'
      spaced ||= ends
    },
  })
  // Spaces before a line end would end the line of the file too, where editors take them away and yamllint refuses them.
  const lines = spaced ? { doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY } : {}
  return document.toString({ lineWidth: 0, flowCollectionPadding: false, ...lines }).replace(SPELLED, spell)
}
const newDocument = (value: unknown): Document => new Document(value, { version: '1.1', aliasDuplicateObjects: false })

/** The text of spec.yaml: keys in the order of the schema, undefined fields left out. */
export const specToYaml = (spec: Spec): string => {
  const document = newDocument(specSchema.parse(spec))
  if (isMap(document.contents)) {
    style(document.contents, LINE_ENTRIES)
    remark(document.contents as YAMLMap)
    document.commentBefore = REMARKS[''] ?? ''
  }
  return print(document)
}

/** The text of contract.yaml: sections in the order of the schema, one line per entry, entries in the order they were computed. */
export const contractToYaml = (contract: Contract): string => {
  const document = newDocument(contractSchema.parse(contract))
  if (isMap(document.contents)) {
    style(document.contents, new Set(['columns']))
    for (const section of CONTRACT_SECTIONS) {
      const entries = document.get(section)
      if (section === 'datasets' || !isMap(entries)) continue
      for (const pair of entries.items) setFlow(pair.value as Node)
    }
  }
  return print(document)
}
