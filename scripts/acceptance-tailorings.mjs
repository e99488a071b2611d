// Tailorings as a good model would send them, written by hand (test/tailorings): the built product takes them whole, no level
// falls, and what comes of them trains, serves and is watched.
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readReplies, scriptedServer } from '../test/tailorings/scripted-server.mjs'
import { lastLine, must, verified } from './judged-platforms.mjs'

/** Deliverables that a tailoring of the whole platform changes at least. */
const FEWEST = 5

/** By folder of test/tailorings; a text of its own stands there, else it is an example's. */
const TAILORINGS = [
  { folder: 'latency', title: 'a stated latency' },
  { folder: 'feature', title: 'a new feature' },
  { folder: 'source', title: 'a second source of data' },
]

/** All that a verdict depends on. */
const LOOKS_WITH = [
  ...['src', 'agents', 'prompts', 'workflows', 'blueprints', 'validators', 'package-lock.json', 'test/tailorings'],
  ...['scripts/acceptance-tailorings.mjs', 'scripts/judged-platforms.mjs'],
]

/** Designs as the replies of a folder tailor it; what was changed, by deliverable. Throws where anything was not taken as it was sent. */
export async function tailored({ root, cli, exec, folder, workspace, level = 'L1' }) {
  const replies = await readReplies(path.join(root, 'test', 'tailorings', folder))
  const server = await scriptedServer(replies)
  try {
    const model = ['--model', 'compatible:scripted', '--base-url', server.url, '--budget', 'none', '--strict']
    const { code, seen } = await designed({ root, cli, exec, folder, workspace, level }, model)
    const changed = allTaken(seen, replies, server.asked)
    const { deliverables = [] } = seen.findLast(({ type }) => type === 'run-end') ?? {}
    const failed = deliverables.filter(({ status }) => status !== 'done').map(({ id, status }) => `${id} ${status}`)
    must(code === 0, `design ended with ${code}: ${failed.join(', ')}`)
    must(changed.size >= FEWEST, `${changed.size} deliverables were changed, expected at least ${FEWEST}`)
    return changed
  } finally {
    server.close()
  }
}

async function designed({ root, cli, exec, folder, workspace, level }, more) {
  const text = path.join(root, 'test', 'tailorings', folder, 'requirements.txt')
  const args = ['--requirements-file', text, '--workspace', workspace, '--yes', '--verify', level, '--json', ...more]
  const { code, out } = await exec('node', [cli, 'design', ...args], { minutes: 15 })
  const lines = out.split('\n').filter(Boolean)
  return { code, seen: lines.map((line) => JSON.parse(line)) }
}

/** No deliverable stands lower than where the blueprints alone have made it from the same text. */
async function noneFell(context, workspace) {
  const plain = path.join(context.temporary, 'plain')
  const { code } = await designed({ ...context, workspace: plain, level: 'none' }, [])
  must(code === 0, `design without a model ended with ${code}`)
  const [before, after] = [await levels(context, plain), await levels(context, workspace)]
  const fell = [...before].filter(([id, level]) => (after.get(id) ?? '') < level)
  must(fell.length === 0, `their level fell: ${fell.map(([id, level]) => `${id} from ${level}`).join(', ')}`)
}

async function levels({ cli, exec }, workspace) {
  const { out } = await exec('node', [cli, 'verify', '--workspace', workspace, '--level', 'L1', '--json'])
  const { deliverables } = JSON.parse(lastLine(out))
  return new Map(deliverables.map(({ id, level }) => [id, level === 'none' ? '' : level]))
}

/** Every reply was accepted as it was sent, at the first time, and nothing of it was left out. */
function allTaken(seen, replies, asked) {
  const again = asked.find(({ turn }) => turn > 1)
  must(again === undefined, `${again?.deliverable}: not accepted: ${JSON.stringify(again?.last)}`)
  const ends = seen.filter(({ type }) => type === 'tailor-end')
  const left = ends.flatMap(({ dropped }) => dropped.map(({ path: file, reason }) => `${file}: ${reason}`))
  must(left.length === 0, `not accepted: ${left.join(' | ')}`)
  const changed = new Map(
    ends.filter(({ outcome }) => outcome === 'tailored').map((end) => [end.deliverable, end.changed]),
  )
  const amended = new Map(ends.map(({ deliverable, contract = [] }) => [deliverable, contract]))
  for (const [id, { submit }] of replies) {
    const proposed = submit.contract.map(({ entry }) => entry)
    must(
      isDeepStrictEqual([...(amended.get(id) ?? [])].sort(), proposed.sort()),
      `${id}: expected ${proposed.join(', ') || 'nothing'} to be amended, got ${(amended.get(id) ?? []).join(', ') || 'nothing'}`,
    )
    must(
      isDeepStrictEqual([...(changed.get(id) ?? [])].sort(), [...submit.files].sort()),
      `${id}: expected ${submit.files.join(', ')} to be changed, got ${(changed.get(id) ?? []).join(', ') || 'nothing'}`,
    )
  }
  return changed
}

export const tailoringCases = [
  {
    name: 'a good tailoring is taken whole, and its contract entries with it',
    slice: true,
    looksWith: LOOKS_WITH,
    run: async ({ folder, ...context }) => {
      const workspace = path.join(folder, 'platform')
      const changed = await tailored({ ...context, folder: 'feature', workspace, level: 'none' })
      return `${changed.size} deliverables changed`
    },
  },
  ...TAILORINGS.map(({ folder, title }) => ({
    name: `a good tailoring is taken whole and survives L3: ${title}`,
    slice: false,
    looksWith: LOOKS_WITH,
    run: async ({ folder: temporary, ...context }) => {
      const workspace = path.join(temporary, 'platform')
      const changed = await tailored({ ...context, folder, workspace })
      await noneFell({ ...context, folder, temporary }, workspace)
      const reached = await verified({ ...context, workspace }, 'L3', ['--allow-run'])
      return `${changed.size} deliverables changed; ${reached}`
    },
  })),
]
