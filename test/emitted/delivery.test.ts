// What a user receives to build, release and return: limits that add up, names that exist, and images that hold what they copy.
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { CHOICES, filesOf, nameOf, platformOf } from './platforms.js'

const step = z.looseObject({ uses: z.string().optional(), run: z.string().optional() })
const job = z.looseObject({
  needs: z.union([z.string(), z.array(z.string())]).default([]),
  uses: z.string().optional(),
  'timeout-minutes': z.number().optional(),
  permissions: z.record(z.string(), z.string()).optional(),
  steps: z.array(step).default([]),
})
const workflow = z.looseObject({ permissions: z.record(z.string(), z.string()), jobs: z.record(z.string(), job) })
type Workflow = z.infer<typeof workflow>

const WORKFLOWS = '.github/workflows/'
// Every example at the ends of maturity, and every third of the other choices: delivery varies with few options.
const CHOSEN = CHOICES.filter(({ maturity, options }, index) => (options ? index % 3 === 0 : maturity % 4 === 1)).map(
  (choice) => [nameOf(choice), choice] as const,
)

async function emitted(choice: (typeof CHOICES)[number]): Promise<Map<string, string>> {
  return new Map(filesOf(await platformOf(choice)).map(({ path, content }) => [path, content]))
}

function workflowsOf(files: ReadonlyMap<string, string>): Map<string, Workflow> {
  const found = [...files].filter(([path]) => path.startsWith(WORKFLOWS))
  return new Map(found.map(([path, text]) => [path.slice(WORKFLOWS.length), workflow.parse(parse(text))]))
}

/** Minutes until the last job has ended where each one takes as long as it may; a called workflow counts by its own longest way. */
function longestWay(name: string, all: ReadonlyMap<string, Workflow>): number {
  const jobs = all.get(name)?.jobs ?? {}
  const until = (id: string): number => {
    const one = jobs[id]
    if (one === undefined) throw new Error(`${name} needs the job ${id}, which it does not have`)
    const own = one.uses === undefined ? one['timeout-minutes'] : longestWay(one.uses.replace(/^.*\//, ''), all)
    if (own === undefined) throw new Error(`${name}: ${id} has no limit`)
    return own + Math.max(0, ...[one.needs].flat().map(until))
  }
  return Math.max(0, ...Object.keys(jobs).map(until))
}

it.each(CHOSEN)('SC-VELOCITY-1: a release of %s has to end within the hour', async (_name, choice) => {
  const files = await emitted(choice)
  const minutes = longestWay('release.yaml', workflowsOf(files))
  // Argo CD looks every three minutes on top.
  expect(minutes + 3).toBeLessThan(60)
  expect(files.get('docs/delivery.md')).toContain(`= ${minutes} minutes`)
  expect(files.get(`${WORKFLOWS}release.yaml`)).toContain(`= ${minutes} minutes`)
  expect(files.get(`${WORKFLOWS}release.yaml`)).toContain('scripts/velocity.sh "$GITHUB_SHA" 60')
})

it.each(CHOSEN)(
  'SC-VELOCITY-4: %s is released and returned by a workflow that anybody may start',
  async (_name, choice) => {
    const all = workflowsOf(await emitted(choice))
    for (const name of ['deploy.yaml', 'rollback.yaml']) {
      const one = all.get(name)
      expect(Object.keys(z.looseObject({ on: z.record(z.string(), z.unknown()) }).parse(one).on)).toContain(
        'workflow_dispatch',
      )
      const text = JSON.stringify(one)
      expect(text).toMatch(/scripts\/(deploy|rollback)\.sh/)
      expect(text).not.toMatch(/kubectl|kubeconfig/)
    }
  },
)

it.each(CHOSEN)(
  'every workflow of %s has limits, few rights, and actions that cannot change',
  async (_name, choice) => {
    const all = workflowsOf(await emitted(choice))
    expect(all.size).toBeGreaterThanOrEqual(4)
    for (const [name, { permissions, jobs }] of all) {
      expect(permissions, name).toEqual({ contents: 'read' })
      for (const [id, one] of Object.entries(jobs)) {
        expect(one.uses ?? one['timeout-minutes'], `${name}: ${id}`).toBeDefined()
        for (const { uses } of one.steps) if (uses) expect(uses, `${name}: ${id}`).toMatch(/@[0-9a-f]{40}$/)
      }
    }
  },
)

it.each(CHOSEN)('no image of %s is released before its model was validated', async (_name, choice) => {
  const files = await emitted(choice)
  const all = workflowsOf(files)
  const checks = Object.values(all.get('ci.yaml')?.jobs ?? {}).flatMap(({ steps }) => steps.map(({ run }) => run))
  expect(checks).toEqual(expect.arrayContaining(['make pipeline', 'make demo', 'make test']))
  const jobs = all.get('release.yaml')?.jobs ?? {}
  const before = (id: string): string[] => [jobs[id]?.needs ?? []].flat().flatMap((one) => [one, ...before(one)])
  expect(jobs.checks?.uses).toBe('./.github/workflows/ci.yaml')
  for (const environment of ['dev', 'staging', 'prod'])
    expect(before(environment)).toEqual(expect.arrayContaining(['checks', 'images', 'smoke']))
  // The image is tried with the model that the checks have made.
  const names = (jobs.smoke?.steps ?? []).map(
    (one) => z.looseObject({ name: z.string() }).safeParse(one.with).data?.name,
  )
  expect(names).toContain('model')
})

it.each(CHOSEN)('what the workflows and the Makefile of %s run is there', async (_name, choice) => {
  const files = await emitted(choice)
  const makefile = files.get('Makefile') ?? ''
  const targets = new Set([...makefile.matchAll(/^([a-z][\w-]*)( [a-z][\w-]*)*:/gm)].map(([, name]) => name))
  const runs = [...workflowsOf(files).values()].flatMap(({ jobs }) =>
    Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])),
  )
  const text = [...runs, makefile].join('\n')
  const scripts = new Set([...text.matchAll(/scripts\/[\w-]+\.sh/g)].map(([path]) => path))
  expect([...scripts].filter((path) => !files.has(path))).toEqual([])
  const made = runs.flatMap((run) => [...run.matchAll(/\bmake ([\w-]+)/g)].map(([, name]) => name))
  expect(made.length).toBeGreaterThan(4)
  expect(made.filter((name) => !targets.has(name))).toEqual([])
})

it.each(CHOSEN)(
  'each image of %s has a file to build it from, that copies what exists and runs as nobody',
  async (_name, choice) => {
    const platform = await platformOf(choice)
    const files = new Map(filesOf(platform).map(({ path, content }) => [path, content]))
    const named = [...(files.get('docker/images') ?? '').matchAll(/^(\S+) (\S+)$/gm)].map(([, name]) => name)
    const built = [...files.keys()].flatMap((path) => /^docker\/([\w-]+)\.Dockerfile$/.exec(path)?.[1] ?? [])
    expect(named.sort()).toEqual(built.sort())
    const allowed = new Set([...(files.get('.dockerignore') ?? '').matchAll(/^!(\S+)$/gm)].map(([, path]) => path))
    for (const name of built) {
      const text = files.get(`docker/${name}.Dockerfile`) ?? ''
      expect([...text.matchAll(/^FROM /gm)].length, name).toBeGreaterThan(1)
      expect(text, name).toMatch(/^USER 10001:10001$/m)
      const sources = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list]) => (list ?? '').split(' '))
      for (const source of sources) {
        // Locks are made by the first `make`, from a pyproject.toml that is there.
        const file = source.replace(/uv\.lock$/, 'pyproject.toml')
        expect(
          [...files.keys()].some((path) => path === file || path.startsWith(`${file}/`)),
          `${name}: ${source}`,
        ).toBe(true)
        expect(allowed.has(source.split('/')[0] ?? ''), `${name}: ${source} reaches the builder`).toBe(true)
      }
      const stages = new Set([...text.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, stage]) => stage))
      for (const [, from] of text.matchAll(/--from=(\S+)/g))
        expect(stages.has(from), `${name}: --from=${from}`).toBe(true)
    }
  },
)

it.each(CHOSEN)('Argo CD runs every chart of %s, each with values of each environment', async (_name, choice) => {
  const files = await emitted(choice)
  const values = z
    .looseObject({
      charts: z.record(z.string(), z.unknown()),
      operators: z.record(z.string(), z.looseObject({ values: z.boolean().optional() })),
    })
    .parse(parse(files.get('deploy/argocd/values.yaml') ?? ''))
  const charts = [...files.keys()].flatMap((path) => /^deploy\/charts\/([\w-]+)\/Chart\.yaml$/.exec(path)?.[1] ?? [])
  expect(Object.keys(values.charts).sort()).toEqual(charts.sort())
  for (const environment of ['dev', 'staging', 'prod'])
    for (const name of ['applications', 'images', ...charts])
      expect(files.has(`deploy/environments/${environment}/${name}.yaml`), `${environment}/${name}.yaml`).toBe(true)
  const wanted = Object.entries(values.operators).flatMap(([name, operator]) => (operator.values ? [name] : []))
  const given = [...files.keys()].flatMap((path) => /^deploy\/operators\/([\w-]+)\.yaml$/.exec(path)?.[1] ?? [])
  // Argo CD itself is installed by scripts/bootstrap.sh.
  expect(given.filter((name) => name !== 'argo-cd').sort()).toEqual(wanted.sort())
})
