// Makefiles by rules of our own (targets, tabs, prerequisites); the real make comes on top where it is found.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, verdicts } from './check.js'
import { ownTool } from './versions.js'

export interface MakeTarget {
  readonly name: string
  readonly line: number
  readonly prerequisites: readonly string[]
  readonly recipe: readonly { text: string; line: number }[]
}

const RULE = /^([A-Za-z0-9_./%-][A-Za-z0-9_./% -]*?)\s*:(?![:=])\s*([^=]*)$/

/** Targets with their recipes; variables are not expanded. */
export function makeTargets(text: string): MakeTarget[] {
  const targets: { name: string; line: number; prerequisites: string[]; recipe: { text: string; line: number }[] }[] =
    []
  let current: typeof targets = []
  joinLines(text).forEach(({ text: line, line: number }) => {
    if (line.startsWith('\t')) {
      for (const target of current) target.recipe.push({ text: line.trim(), line: number })
      return
    }
    const rule = RULE.exec(line.replace(/\s+#.*$/, ''))
    if (rule === null) {
      if (line.trim() !== '' && !line.startsWith('#')) current = []
      return
    }
    const prerequisites =
      (rule[2] ?? '')
        .split(';')[0]
        ?.split(/\s+/)
        .filter((word) => word !== '' && word !== '|') ?? []
    current = (rule[1] ?? '')
      .split(/\s+/)
      .map((name) => ({ name, line: number, prerequisites: [...prerequisites], recipe: [] }))
    targets.push(...current)
  })
  return targets
}

/** Logical lines: a backslash at the end continues one. */
function joinLines(text: string): { text: string; line: number }[] {
  const logical: { text: string; line: number }[] = []
  let open: { text: string; line: number } | undefined
  text.split('\n').forEach((raw, index) => {
    const joined: { text: string; line: number } =
      open === undefined ? { text: raw, line: index + 1 } : { text: `${open.text} ${raw.trim()}`, line: open.line }
    open = undefined
    if (joined.text.endsWith('\\')) open = { text: joined.text.slice(0, -1).trimEnd(), line: joined.line }
    else logical.push(joined)
  })
  if (open !== undefined) logical.push(open)
  return logical
}

/** Whether some rule makes `name`, by its own name or by a pattern with `%`. */
export function isMade(targets: readonly MakeTarget[], name: string): boolean {
  return targets.some((target) => {
    const [before = '', after] = target.name.split('%')
    if (after === undefined) return target.name === name
    return name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after)
  })
}

export const makefileCheck: Check = {
  name: 'makefile/rules',
  level: 'L0',
  kinds: ['makefile'],
  async run(files, project): Promise<CheckResult[]> {
    const say = verdicts(this, ownTool())
    return files.flatMap((file) => {
      const failures = [...layout(file), ...danglingPrerequisites(file)]
      return failures.length === 0 ? [say.pass(file)] : failures
    })

    function layout(file: EmittedFile): CheckResult[] {
      let inRule = false
      return joinLines(file.content).flatMap(({ text, line }) => {
        if (text.startsWith('\t'))
          return inRule ? [] : [say.fail(file, 'a recipe line that belongs to no target', { line })]
        const spaces = /^ +\S/.test(text)
        const conditional = /^\s*(ifeq|ifneq|ifdef|ifndef|else|endif|include|-include|define|endef)\b/.test(text)
        if (spaces && inRule && !conditional)
          return [say.fail(file, 'expected a TAB at the start of a recipe line, got blanks', { line })]
        if (text.trim() === '' || text.trimStart().startsWith('#') || conditional) return []
        const assignment =
          /^(export\s+|override\s+)?[A-Za-z_][\w.]*\s*(:{0,3}|\?|\+|!)=/.test(text) ||
          /^(export|unexport|\.[A-Z_]+)\b/.test(text)
        inRule = RULE.test(text.replace(/\s+#.*$/, '')) && !assignment
        if (!inRule && !assignment)
          return [say.fail(file, 'neither a rule, an assignment nor a directive of make', { line })]
        return []
      })
    }

    function danglingPrerequisites(file: EmittedFile): CheckResult[] {
      const targets = makeTargets(file.content)
      const paths = new Set(project.map((other) => other.path))
      return targets
        .filter((target) => !target.name.startsWith('.'))
        .flatMap((target) =>
          target.prerequisites
            .filter((name) => !/[$%*]/.test(name) && !isMade(targets, name) && !paths.has(name))
            .map((name) =>
              say.fail(file, `${target.name} needs ${name}, which is neither a target nor a file`, {
                line: target.line,
              }),
            ),
        )
    }
  },
}
