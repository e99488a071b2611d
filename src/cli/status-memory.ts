// What `status` said last, for as long as nothing that it depends on has changed: looking at that takes a third of working it out.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openMemory } from '../record/memory.js'
import type { StatusDocument } from '../run/status.js'
import { openGit } from '../workspace/git.js'
import { buildOf } from './build.js'
import type { Config } from './config.js'
import { workflowIn } from './workflow-options.js'

export interface StatusMemory {
  /** The document as it was, which it would be again. */
  readonly document?: StatusDocument
  /** Keeps what was worked out, if nothing has changed meanwhile. */
  keep(document: StatusDocument): Promise<void>
}

const GENERATED = ['refs/heads/mlops-agents/generated', 'refs/remotes/origin/mlops-agents/generated']

const NONE: StatusMemory = { keep: async () => undefined }

interface Kept {
  readonly key: string
  readonly document: StatusDocument
}

/** Without a memory where anything is out of the ordinary: what is wrong with a folder is said by those who look closely. */
export async function openStatusMemory(folder: string, config: Config): Promise<StatusMemory> {
  const key = await workspaceKey(folder, config).catch(() => undefined)
  if (key === undefined) return NONE
  const memory = openMemory(realpathSync(folder), 'status.json')
  const text = await memory.read()
  const kept = text === undefined ? undefined : (JSON.parse(text) as Kept)
  return {
    ...(kept?.key === key ? { document: kept.document } : {}),
    async keep(document) {
      const now = await workspaceKey(folder, config).catch(() => undefined)
      if (now === key) await memory.write(JSON.stringify({ key, document } satisfies Kept))
    },
  }
}

/** Over the product, the branches, the two documents of the folder, and what the record folder says of runs. */
export async function workspaceKey(folder: string, config: Config): Promise<string | undefined> {
  const build = buildOf(config.root)
  if (build === undefined) return undefined
  const root = realpathSync(folder)
  const git = openGit(root, config.env)
  const [place, branches] = await Promise.all([
    git.write(['rev-parse', '--show-toplevel', '--is-shallow-repository', 'HEAD', '--symbolic-full-name', 'HEAD']),
    git.write(['for-each-ref', '--format=%(refname) %(objectname)', ...GENERATED]),
  ])
  const [top = '', shallow] = place.stdout.split('\n')
  if (realpathSync(top) !== root || shallow !== 'false') return undefined
  const key = createHash('sha256').update(JSON.stringify([build, place.stdout, branches.stdout]))
  for (const name of ['spec.yaml', 'contract.yaml']) key.update(`\0${name}\0`).update(readFileSync(join(root, name)))
  for (const name of DEFINED) key.update(marksOf(join(config.root, name)))
  const workflow = await workflowIn(root)
  for (const name of workflow === undefined ? [] : DEFINED) {
    const folder = resolve(root, workflow ?? '', '../..', name)
    if (existsSync(folder)) key.update(marksOf(folder))
  }
  return key.update(marksOf(join(root, '.mlops-agents'), CONTENT)).digest('hex')
}

const DEFINED = ['agents', 'prompts', 'workflows', 'blueprints'] as const

/** Parts of the record folder that are only looked up by a hash, and this memory itself. */
const CONTENT: readonly string[] = ['blobs', 'memory']

/** Size and times of every file below a folder: reading a thousand of them, or only joining their paths, takes longer than all the rest. */
function marksOf(folder: string, without: readonly string[] = []): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !without.includes(name))
    .map((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return marksOf(path)
      const { size, mtimeMs, ctimeMs, ino } = statSync(path)
      // Anybody can set the one time, nobody the other.
      return `${path}\0${size} ${mtimeMs} ${ctimeMs} ${ino}\n`
    })
    .join('')
}
