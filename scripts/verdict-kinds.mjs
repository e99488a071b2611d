// The kinds of files about which our checks and a real program can both be asked, and how each is asked.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAllDocuments } from 'yaml'
import { accountValues, NotRun, onPath } from './platform-toolchain.mjs'

let stopping = async () => {}
/** Ends the worker that our checks started. */
export const stop = () => stopping()

/**
 * @returns kinds: each with its files and `ask`, which gives two texts for each file: what was refused, or nothing.
 * `missing` names the programs without which nothing can be compared.
 */
export async function kindsToCompare({ root, files, folder, exec }) {
  const programs = 'promtool amtool actionlint bash kubectl kubeconform helm tofu dfcheck uv'.split(' ')
  const toolchain = process.env.MLOPS_TOOLCHAIN
  const missing = [...programs.filter((one) => !onPath(one)), ...(toolchain ? [] : ['MLOPS_TOOLCHAIN'])]
  if (missing.length > 0) return { kinds: [], missing }
  const ours = await ourChecks(root)
  stopping = ours.stop
  const context = { files, exec, ours, toolchain, at: path.join(folder, 'compared') }
  await write(context.at, files)
  const kinds = [
    ...SIMPLE.map((one) => simple(one, context)),
    await manifests(context),
    ...charts(context),
    terraform(context),
    python(context),
  ]
  return { kinds: kinds.filter(({ files: some }) => some.length > 0), missing: [] }
}

/** Our checks as the product runs them. */
async function ourChecks(root) {
  const load = (name) => import(pathToFileURL(path.join(root, 'dist', 'verify', name)).href)
  const { checkFiles, IN_PROCESS_CHECKS } = await load('in-process.js')
  const { pythonCheck } = await load('python.js')
  const { ruleTestsCheck } = await load('official.js')
  const { kindOf } = await load('kinds.js')
  const { manifestProblems } = await load('kubernetes.js')
  const { renderedCharts } = await load('helm.js')
  const { askValidator, stopValidators } = await load('validators.js')
  const all = [...IN_PROCESS_CHECKS, ruleTestsCheck]
  /** The first refusal of a file by the named checks, or nothing. */
  const refusal = async (file, project, names, about = (result) => result.file === file.path) => {
    const whole = project.map((one) => (one.path === file.path ? file : one))
    const checks = all.filter(({ name }) => names.includes(name))
    const some = whole.filter((one) => checks.some(({ kinds }) => kinds.includes(kindOf(one))))
    const asked = checks.some(({ name }) => name.startsWith('terraform') || name.startsWith('kustomize'))
      ? some
      : [file]
    const results = await checkFiles(asked, checks, whole)
    const said = results.find((result) => result.status === 'fail' && names.includes(result.check) && about(result))
    const silent = results.find(
      (result) => result.status === 'not run' && about(result) && names.includes(result.check),
    )
    if (said === undefined && silent !== undefined) throw new Error(`${silent.check} was not run: ${silent.reason}`)
    return said === undefined ? '' : oneLine(`${said.check}: ${said.reason}`)
  }
  /** Lint and syntax; how a file is laid out is another question. */
  const pythonResults = async (some, project) => {
    const results = await checkFiles(some, [pythonCheck], project)
    return results.filter(({ check }) => check !== 'python/format')
  }
  return { refusal, pythonResults, kindOf, manifestProblems, renderedCharts, askValidator, stop: stopValidators }
}

const oneLine = (text) => text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'refused'

async function write(folder, files) {
  for (const { path: name, content, mode } of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), content, { mode: mode === '100755' ? 0o755 : 0o644 })
  }
}

/** Kinds of which a program takes one file at its place among the others. */
const SIMPLE = [
  {
    kind: 'prometheus-rules',
    checks: ['yaml/parse', 'prometheus/rules'],
    run: (file) => ['promtool', ['check', 'rules', file]],
  },
  {
    kind: 'prometheus-tests',
    checks: ['yaml/parse', 'prometheus/test-shape', 'prometheus/test-series', 'prometheus/tests'],
    run: (file) => ['promtool', ['test', 'rules', file]],
  },
  {
    kind: 'alertmanager',
    checks: ['yaml/parse', 'alertmanager/config'],
    run: (file) => ['amtool', ['check-config', file]],
  },
  {
    kind: 'workflow',
    checks: ['yaml/parse', 'workflow/actionlint'],
    run: (file) => ['actionlint', ['-shellcheck=', '-pyflakes=', '-oneline', file]],
  },
  { kind: 'shell', checks: ['shell/parse'], run: (file) => ['bash', ['-n', file]] },
  { kind: 'dockerfile', checks: ['dockerfile/buildkit'], run: (file) => ['dfcheck', [file]] },
  {
    kind: 'kustomization',
    checks: ['yaml/parse', 'kustomize/structure', 'kustomize/build'],
    run: (file) => ['kubectl', ['kustomize', path.posix.dirname(file)]],
  },
]

function simple({ kind, checks, run }, { files, exec, ours, at }) {
  const own = files.filter((file) => ours.kindOf(file) === kind)
  const ask = async (subjects) => {
    const verdicts = []
    for (const subject of subjects) {
      const before = files.find((file) => file.path === subject.path)
      const file = { ...(before ?? own[0]), ...subject }
      await write(at, [file])
      const [program, args] = run(file.path)
      const { code, out } = await exec('bash', ['-c', '"$0" "$@" 2>&1', program, ...args], { cwd: at })
      const project = before === undefined ? [...files, file] : files
      verdicts.push({
        // A file that is no longer of its kind is read by other checks.
        ours: await ours.refusal(file, project, checks),
        theirs: code === 0 ? '' : oneLine(out),
      })
      if (before === undefined) await rm(path.join(at, file.path))
      else await write(at, [before])
    }
    return verdicts
  }
  return { name: kind, files: own, ask }
}

/** Objects as charts render them, one file each; kubeconform reads all of them in one go. */
async function manifests({ files, exec, ours, toolchain, at }) {
  const rendered = (await ours.renderedCharts(files)).filter(({ environment }) => environment === 'dev')
  const texts = [
    ...rendered.map(({ text }) => text),
    ...files.filter((file) => ours.kindOf(file) === 'kubernetes').map(({ content }) => content),
  ]
  const objects = [
    ...new Set(
      texts.flatMap((text) =>
        parseAllDocuments(text).map((document) => document.toString().replace(/^(#.*\n|\n)*---\n/, '')),
      ),
    ),
  ]
  const own = objects
    .filter((content) => /^apiVersion:/m.test(content))
    .map((content, index) => ({ path: `object-${String(index).padStart(3, '0')}.yaml`, content }))
  const ask = async (subjects) => {
    const folder = path.join(at, 'objects')
    await write(
      folder,
      subjects.map(({ content }, index) => ({ path: `${String(index).padStart(4, '0')}.yaml`, content })),
    )
    const schemas = `${toolchain}/schemas/kubernetes/{{ .ResourceKind }}{{ .KindSuffix }}.json`
    const { out } = await exec('kubeconform', [
      '-strict',
      '-output',
      'json',
      '-verbose',
      '-schema-location',
      schemas,
      folder,
    ])
    const { resources } = JSON.parse(out)
    await rm(folder, { recursive: true })
    return Promise.all(
      subjects.map(async ({ content }, index) => {
        const about = resources.filter(
          ({ filename }) => path.basename(filename) === `${String(index).padStart(4, '0')}.yaml`,
        )
        const bad = about.find(({ status }) => status !== 'statusValid' && status !== 'statusEmpty')
        const [problem] = await ours.manifestProblems(content)
        return {
          ours: problem === undefined ? '' : oneLine(problem.message),
          theirs: bad === undefined ? '' : oneLine(bad.msg || bad.status),
        }
      }),
    )
  }
  return { name: 'kubernetes', files: own, ask, mutants: 120 }
}

/** Helm as a program and Helm in our process, with the same values. */
function charts({ files, exec, ours, at }) {
  const folders = files
    .filter((file) => /^deploy\/.*Chart\.yaml$/.test(file.path))
    .map((file) => path.posix.dirname(file.path))
  return folders.map((chart) => {
    const name = path.posix.basename(chart)
    const own = files.filter((file) => file.path.startsWith(`${chart}/`))
    const given = (name === 'argocd' ? ['applications'] : [name, 'images'])
      .map((base) => files.find((file) => file.path === `deploy/environments/dev/${base}.yaml`))
      .filter((file) => file !== undefined)
    const account = {
      path: `account-${name}.json`,
      content: JSON.stringify(nested([`environment=dev`, ...accountValues(name)])),
    }
    const values = [...given, account]
    const ask = async (subjects) => {
      await write(at, [account])
      const verdicts = []
      for (const subject of subjects) {
        const before = own.find((file) => file.path === subject.path)
        await write(at, [subject])
        const flags = values.flatMap((file) => ['--values', file.path])
        const commands = [
          ['lint', '--strict', '--quiet', chart, ...flags],
          ['template', name, chart, ...flags],
        ]
        const said = []
        for (const args of commands) {
          const { code, out } = await exec('bash', ['-c', 'helm "$@" 2>&1', 'helm', ...args], { cwd: at })
          if (code !== 0) said.push(out)
        }
        if (before === undefined) await rm(path.join(at, subject.path))
        else await write(at, [before])
        const texts = Object.fromEntries([...own, ...values, subject].map((file) => [file.path, file.content]))
        const options = { chart, values: values.map((file) => file.path), release: name, namespace: 'default' }
        const answers = []
        for (const validator of ['helm/lint', 'helm/template'])
          answers.push(await ours.askValidator({ validator, files: texts, options }))
        const broken = answers.find(({ error }) => error !== undefined && error !== '')
        const problem = answers.flatMap(({ problems }) => problems).find(({ severity }) => severity !== 'info')
        verdicts.push({
          ours: problem === undefined ? (broken === undefined ? '' : oneLine(broken.error)) : oneLine(problem.message),
          theirs: said.length === 0 ? '' : oneLine(said[0]),
        })
      }
      return verdicts
    }
    return {
      name: `helm ${name}`,
      files: own.slice(0, 1),
      broken: own.filter((file) => /\.(yaml|tpl)$/.test(file.path) && !/\/(tests|rules)\//.test(file.path)),
      ask,
      mutants: 12,
    }
  })
}

/** `a.b=c` as helm's --set reads it. */
function nested(pairs) {
  const result = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const keys = pair.slice(0, at).split('.')
    const last = keys.pop()
    let inside = result
    for (const key of keys) inside = inside[key] ??= {}
    inside[last] = /^\d+$/.test(pair.slice(at + 1)) ? Number(pair.slice(at + 1)) : pair.slice(at + 1)
  }
  return result
}

/** One root and its modules: OpenTofu judges all files of a root together, so we are asked about all of them too. */
function terraform({ files, exec, ours, at }) {
  const root = 'infrastructure/environments/dev'
  const own = files.filter((file) => /^infrastructure\/(environments\/dev|modules\/[^/]+)\/[^/]+\.tf$/.test(file.path))
  let ready
  const ask = async (subjects) => {
    ready ??= exec('tofu', ['init', '-backend=false', '-input=false', '-no-color'], { cwd: path.join(at, root) })
    const { code: initial, out: said } = await ready
    if (initial !== 0) throw new Error(`tofu init ended with ${initial}: ${said}`)
    const verdicts = []
    for (const subject of subjects) {
      const before = files.find((file) => file.path === subject.path)
      await write(at, [subject])
      const { code, out } = await exec('bash', ['-c', 'tofu validate -no-color 2>&1'], { cwd: path.join(at, root) })
      if (before === undefined) await rm(path.join(at, subject.path))
      else await write(at, [before])
      const file = { ...(before ?? own[0]), ...subject }
      const project = before === undefined ? [...files, file] : files
      const about = (result) => /^infrastructure\/(environments\/dev|modules)\//.test(result.file ?? '')
      verdicts.push({
        ours: await ours.refusal(file, project, ['terraform/hcl', 'terraform/schema'], about),
        theirs: code === 0 ? '' : oneLine(out),
      })
    }
    return verdicts
  }
  return { name: 'terraform', files: own.slice(0, 1), broken: own, ask }
}

/** Ruff of the very version that is inside our process, on copies beside the files that they are made from. */
function python({ files, exec, ours, at }) {
  const own = files.filter((file) => ours.kindOf(file) === 'python' && !file.path.startsWith('dags/'))
  const ask = async (subjects) => {
    const copies = subjects.map((subject, index) => ({
      ...(files.find((file) => file.path === subject.path) ?? own[0]),
      content: subject.content,
      path: subject.operator === 'as emitted' ? subject.path : subject.path.replace(/\.py$/, `_broken${index}.py`),
    }))
    await write(at, copies)
    const others = files.filter((file) => !copies.some((copy) => copy.path === file.path))
    const results = await ours.pythonResults(copies, [...others, ...copies])
    const ruff = ['tool', 'run', '--from', `ruff==${results[0].version}`, 'ruff']
    const flags = ['check', '--no-cache', '--force-exclude', '--output-format', 'json']
    const { code, out } = await exec('uv', [...ruff, ...flags, ...copies.map((copy) => copy.path)], { cwd: at })
    if (code > 1) throw new NotRun(`ruff ${results[0].version} ended with ${code}`)
    const theirs = JSON.parse(out)
    for (const copy of copies) if (!files.some((file) => file.path === copy.path)) await rm(path.join(at, copy.path))
    return copies.map((copy) => {
      const said = results.find(({ file, status }) => file === copy.path && status === 'fail')
      const named = theirs.find(({ filename }) => path.relative(at, filename) === copy.path)
      return {
        ours: said === undefined ? '' : oneLine(said.reason),
        theirs: named === undefined ? '' : oneLine(`${named.code ?? 'syntax'}: ${named.message}`),
      }
    })
  }
  return { name: 'python', files: own, ask }
}
