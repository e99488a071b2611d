// Bounds that code sets by itself: constants, defaults of settings, and the limits that a field holds its values to.
import type { EmittedFile } from '../types.js'
import { directionOf, movedLooser } from './guard-directions.js'
import { type Code, numberOf, type PythonCode, within } from './guard-python.js'
import type { GuardSubject, Loss } from './guard-subject.js'

/** Constants and defaults of settings, `Class.field` or `NAME`, with the limits that a field holds its values to. */
function boundsOf({ root }: PythonCode): Map<string, { value: number | boolean; line: number }> {
  const found = new Map<string, { value: number | boolean; line: number }>()
  const visit = (node: Code, scope: string): void => {
    if (node.type === 'FunctionDefinition') return
    const inner =
      node.type === 'ClassDefinition' ? `${node.children.find(({ type }) => type === 'VariableName')?.text}.` : scope
    const [target] = node.children
    const value = node.type === 'AssignStatement' ? node.children.at(-1) : undefined
    if (value !== undefined && target !== undefined) put(`${scope}${target.text}`, value)
    for (const child of node.children) visit(child, inner)
  }
  const put = (name: string, value: Code): void => {
    const [callee, list] = value.children
    if (value.type === 'CallExpression' && /(^|\. )Field$/.test(callee?.text ?? '') && list !== undefined) {
      const open = list.children.filter(({ type }) => !['(', ')', ','].includes(type))
      const [first] = open
      if (first !== undefined && open[1]?.type !== 'AssignOp') put(name, first)
      for (const [at, one] of open.entries()) {
        const given = open[at + 2]
        if (open[at + 1]?.type !== 'AssignOp' || given === undefined) continue
        put(one.text === 'default' ? name : `${name}(${one.text})`, given)
      }
    }
    const number = numberOf(value)
    if (number !== undefined) found.set(name, { value: number, line: value.line })
    else if (value.type === 'Boolean') found.set(name, { value: value.text === 'True', line: value.line })
  }
  visit(root, '')
  return found
}

export function boundsLoosened(was: PythonCode, is: PythonCode, file: EmittedFile, { about }: GuardSubject): Loss[] {
  const now = boundsOf(is)
  const named = (name: string) => within(is.root).some(({ type, text }) => type === 'VariableName' && text === name)
  return [...boundsOf(was)].flatMap(([name, { value }]): Loss[] => {
    const constraint = /\((ge|gt|le|lt|min_length|max_length)\)$/.exec(name)?.[1]
    const direction = constraint === undefined ? directionOf([name]) : /^(ge|gt|min)/.test(constraint) ? 'floor' : 'cap'
    if (direction === undefined) return []
    const after = now.get(name)
    const field = name.replace(/\(.*$/, '').replace(/^.*\./, '')
    if (after === undefined)
      return constraint !== undefined && named(field) && now.has(name.replace(/\(.*$/, ''))
        ? [{ file, reason: `${name} is gone: any value would be taken; keep the limit of ${value}` }]
        : []
    const why = movedLooser(direction, value, after.value, `${file.path} ${name}`, about.stated)
    return why === undefined ? [] : [{ file, line: after.line, reason: `${name} ${why}` }]
  })
}
