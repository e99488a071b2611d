// What acceptance demands of a platform that stands: apart from the list of cases, so that a new case runs no old one again.
import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** Deliverables that are executed on the user's machine; the others wait for their components. */
const PIPELINE = [
  ...[
    'ingestion',
    'data-quality',
    'features',
    'model-requirements',
    'experiment-design',
    'training',
    'tracking',
    'registry',
  ],
  ...['code-structure', 'performance', 'testing', 'serving', 'model-monitoring', 'drift'],
]

/** Processor seconds that a generated project's whole test suite may take, once everything is installed. */
const TEST_SECONDS = 60
/** Processor time is no exact measure: the same work takes longer where other programs share caches and cores. */
const BUSY_MACHINE = 1.25

export function must(condition, message) {
  if (!condition) throw new Error(message)
}

export function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? ''
}

/** Verifies the designed platform up to `level`, and demands that every pipeline deliverable that exists at this maturity reaches it. */
export async function verified({ cli, exec, workspace }, level, more = []) {
  const args = ['verify', '--workspace', workspace, '--level', level, '--json', ...more]
  const { code, out } = await exec('node', [cli, ...args], { minutes: 25 })
  const document = JSON.parse(lastLine(out))
  const failed = document.results.filter((result) => result.status === 'fail')
  must(
    failed.length === 0,
    failed
      .slice(0, 3)
      .map((result) => `${result.file ?? result.deliverable ?? ''} ${result.check}: ${result.reason}`)
      .join(' | '),
  )
  must(code === 0, `verify ended with ${code}`)
  const low = document.deliverables.filter(
    (deliverable) => PIPELINE.includes(deliverable.id) && deliverable.level < level,
  )
  must(
    low.length === 0,
    `below ${level}: ${low.map((deliverable) => `${deliverable.id} ${deliverable.level}`).join(', ')}`,
  )
  const reached = document.deliverables.filter((deliverable) => deliverable.level >= level)
  return `${reached.length} of ${document.deliverables.length} deliverables at ${level}`
}

/** How long the tests took, as they wrote it down themselves; fails above the bound. */
export async function testSeconds(workspace) {
  const { cpu_seconds: seconds } = JSON.parse(await readFile(path.join(workspace, 'reports', 'tests.json'), 'utf8'))
  const said = `the tests took ${seconds} CPU seconds, the bound is ${TEST_SECONDS}, ${TEST_SECONDS * BUSY_MACHINE} on a busy machine`
  must(seconds > 0 && seconds <= TEST_SECONDS * BUSY_MACHINE, said)
  return said
}
