// `diff`: what the last run changed, or the last attempt of a phase, an agent or a deliverable. Writes nothing.
import path from 'node:path'
import { z } from 'zod'
import { EXIT, type ExitCode, WorkspaceError } from '../errors.js'
import { attemptsOf, readPatch } from '../run/changes.js'
import { attempts, patchesOf } from '../workspace/generated.js'
import { gitVersion, openGit } from '../workspace/git.js'
import { inspect } from '../workspace/locate.js'
import type { Config } from './config.js'
import { visible } from './escape.js'
import { page } from './pager.js'
import { type Paint, style } from './style.js'
import { openDefinitions } from './workflow.js'

/** The document of `diff --json`. */
export const diffDocumentSchema = z.strictObject({
  workspace: z.string(),
  attempts: z.array(
    z.strictObject({
      deliverable: z.string(),
      attempt: z.number().int(),
      decision: z.string(),
      commit: z.string(),
      /** Id that all attempts of one run share; empty for those of versions that did not write it. */
      run: z.string(),
      files: z.array(
        z.strictObject({
          path: z.string(),
          how: z.enum(['added', 'changed', 'removed']),
          added: z.number().int(),
          removed: z.number().int(),
          patch: z.string(),
        }),
      ),
    }),
  ),
})
export type DiffDocument = z.infer<typeof diffDocumentSchema>

export async function diff(
  target: string | undefined,
  flags: { workspace: string; json?: boolean },
  config: Config,
): Promise<ExitCode> {
  await gitVersion(config.env)
  const located = await inspect(path.resolve(config.cwd, flags.workspace), {
    env: config.env,
    nested: true,
    looking: true,
  })
  if (located.kind === 'new')
    throw new WorkspaceError(`${located.root} holds no design; name the right folder with --workspace`)
  const git = openGit(located.root, config.env)
  const [definitions, all] = await Promise.all([
    openDefinitions({ folder: located.root }, config),
    attempts(git, located.generated),
  ])
  const shown = attemptsOf(target, all, definitions.loaded.workflow)
  const patches = await patchesOf(git, shown)
  const document: DiffDocument = {
    workspace: located.root,
    attempts: shown.map(({ deliverable, attempt, decision, commit, run = '' }) => ({
      deliverable,
      attempt,
      decision,
      commit,
      run,
      files: readPatch(patches.get(commit) ?? ''),
    })),
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(document)}\n`)
  else await page(diffText(document, style(config.color)), config)
  return EXIT.done
}

export function diffText({ attempts: shown }: DiffDocument, paint: Paint): string {
  if (shown.length === 0) return 'nothing was made there yet\n'
  const blocks = shown.map(({ deliverable, attempt, decision, commit, files }) => {
    const [added, removed] = [sum(files.map((file) => file.added)), sum(files.map((file) => file.removed))]
    const head = `${deliverable}, attempt ${attempt} (${decision}, ${commit.slice(0, 10)}): ${files.length} ${files.length === 1 ? 'file' : 'files'}, +${added} -${removed}`
    const lines = files.flatMap(({ patch }) => visible(patch).trimEnd().split('\n'))
    return [paint.bold(head), ...lines.map((line) => painted(line, paint))].join('\n')
  })
  return `${blocks.join('\n\n')}\n`
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

function painted(line: string, paint: Paint): string {
  if (/^(\+\+\+|---|diff |index |new file|deleted file)/.test(line)) return paint.dim(line)
  if (line.startsWith('+')) return paint.green(line)
  return line.startsWith('-') ? paint.red(line) : line
}
