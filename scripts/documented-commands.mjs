// Finds every command that a generated project documents or carries, with its place, and says what becomes of it: run, served or parsed.
// Nothing is left out silently: what looks like a command and cannot be read is a problem with file and line.
import { parseAllDocuments } from 'yaml'
import { programsOf, variablesOf } from './shell-words.mjs'

/** Fences that hold text, never commands. Any other language is a problem, so that a new kind cannot go unseen. */
const TEXT_FENCES = new Set(['text', 'yaml', 'json', 'toml', 'ini', 'dotenv', 'csv', 'sql', 'mermaid', 'promql', 'hcl'])
const SHELL_FENCES = new Set(['sh', 'bash', 'shell', 'console'])

/** First words by which a code span in a sentence or a table is known to be a command. Scripts of the project come on top. */
const PROGRAMS = new Set([
  ...['make', 'uv', 'uvx', 'python', 'python3', 'pip', 'git', 'bash', 'sh', 'curl', 'wget', 'cp', 'mv', 'rm', 'mkdir'],
  ...[
    'docker',
    'kubectl',
    'helm',
    'terraform',
    'aws',
    'gcloud',
    'az',
    'argocd',
    'grpcurl',
    'npm',
    'npx',
    'source',
    'export',
  ],
  ...[
    'airflow',
    'dvc',
    'mlflow',
    'wandb',
    'feast',
    'optuna',
    'tensorboard',
    'pytest',
    'ruff',
    'mypy',
    'uvicorn',
    'gh',
    'glab',
  ],
])

/** What a reader puts in place of a name in angle brackets. One that is not here is a problem. */
const FILL = {
  name: 'ingest',
  stage: 'ingest',
  environment: 'dev',
  'run id': '2026-11-20',
  date: '2026-11-20',
  bucket: 'example',
}

/** Commands that run until they are stopped. `ports`: where they must listen, by contract where a name is given. */
export const SERVERS = [
  { match: /\bserve$/, ports: ['rest', 'grpc'] },
  { match: /\bkserve-predictor\b/, ports: ['kserve', 'rest', 'grpc'] },
  { match: /\btensorboard\b/, ports: [6006] },
  { match: /\bmlflow (ui|server)\b/, ports: [5000] },
  { match: /\bscripts\/airflow\.sh\b|^make airflow$/, ports: [8080] },
]

/** Commands that are parsed instead of run, by program or by what they say, `unless` they say otherwise; nothing that could run without the named thing may stand here. */
export const PARSED = [
  { program: 'aws', needs: 'a cloud account' },
  { program: 'gcloud', needs: 'a cloud account' },
  { program: 'az', needs: 'a cloud account' },
  { program: 'terraform', needs: 'a cloud account' },
  { program: 'kubectl', needs: 'a cluster' },
  { program: 'helm', unless: /\bhelm (template|lint)\b/, needs: 'a cluster' },
  { program: 'argocd', needs: 'a cluster' },
  { program: 'docker', needs: 'a container daemon' },
  { program: 'skopeo', needs: 'a registry of images' },
  { program: 'gh', needs: 'an account at the code host' },
  { program: 'glab', needs: 'an account at the code host' },
  // Scripts that begin by asking for an account, a cluster or a daemon, also where they only plan.
  { match: /\bscripts\/(bootstrap|prices|restore-drill|teardown)\.sh\b/, needs: 'a cloud account' },
  { match: /\bscripts\/(stop-spending|vault)\.sh\b/, needs: 'a cluster' },
  { match: /^make images$|\bscripts\/(images|smoke)\.sh\b/, needs: 'a container daemon' },
  { match: /\b(s3|gs|abfss):\/\//, needs: 'a cloud account' },
  { match: /\bdvc (push|pull|fetch|gc\b.*--cloud)/, needs: 'a cloud account' },
  { match: /--environment[ =](dev|staging|prod)\b/, needs: 'a cloud account' },
  { match: /\bML_PLATFORM_ENVIRONMENT=(dev|staging|prod)\b/, needs: 'a cloud account' },
  { match: /\$\{\{/, needs: 'a workflow run at the code host' },
]

/** What every runner of the code host sets, and nothing on a reader's machine does. */
export const RUNNER = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'RUNNER_TEMP', 'GITHUB_SHA']

/** Commands that cost minutes and that another case of acceptance runs from the same workspace. */
export const ELSEWHERE = [
  { match: /^make test-dags$/, case: 'Airflow: the DAGs import, and a whole run trains' },
  { match: / pytest environments\/orchestrator\/tests$/, case: 'Airflow: the DAGs import, and a whole run trains' },
]

/**
 * @param {ReadonlyMap<string, string>} files path -> content of the project's tracked files
 * @returns {{commands: {file: string, line: number, text: string}[], problems: {file: string, line: number, reason: string}[]}}
 */
export function documentedCommands(files) {
  const commands = []
  const problems = []
  const scripts = projectScripts(files.get('pyproject.toml') ?? '')
  for (const [file, content] of files) {
    const found = readCommands(file, content, scripts)
    commands.push(...found.commands.map((one) => ({ file, ...one })))
    problems.push(...found.problems.map((one) => ({ file, ...one })))
  }
  return { commands, problems }
}

function readCommands(file, content, scripts) {
  if (file.endsWith('.md')) return markdownCommands(content, scripts)
  if (/(^|\/)Makefile$/.test(file)) return makeCommands(content)
  if (/(^|\/)dvc\.yaml$/.test(file)) return dvcCommands(content)
  if (/^\.github\/workflows\/.*\.ya?ml$/.test(file)) return workflowCommands(content)
  if (/(^|\/)\.gitlab-ci\.yml$/.test(file))
    return yamlCommands(content, (path) => path.some((key) => /^(before_|after_)?script$/.test(key)))
  return { commands: [], problems: [] }
}

/** Names that `uv run` gives through the project itself. */
export function projectScripts(pyproject) {
  const section = /^\[project\.scripts\]\n((?:[^[\n].*\n|\n)*)/m.exec(`${pyproject}\n`)?.[1] ?? ''
  return new Set([...section.matchAll(/^([\w-]+)\s*=/gm)].map(([, name]) => name))
}

export function markdownCommands(content, scripts = new Set()) {
  const commands = []
  const problems = []
  let fence
  let open
  const known = (text) => {
    const words = withoutVariables(text).split(/\s+/)
    return words.length > 1 && (PROGRAMS.has(words[0]) || scripts.has(words[0]) || words[0].startsWith('scripts/'))
  }
  content.split('\n').forEach((raw, index) => {
    const line = index + 1
    const mark = /^\s*(`{3,}|~{3,})\s*(\S*)/.exec(raw)
    if (fence === undefined && mark) {
      fence = { mark: mark[1], language: mark[2] }
      if (!SHELL_FENCES.has(fence.language) && !TEXT_FENCES.has(fence.language))
        problems.push({
          line,
          reason: `a block of ${fence.language || 'no'} language: expected sh for commands, text for anything else`,
        })
    } else if (fence !== undefined) {
      if (mark?.[1].startsWith(fence.mark) && mark[2] === '') {
        if (open) problems.push({ line: open.line, reason: 'the block ends within a command' })
        fence = open = undefined
      } else if (SHELL_FENCES.has(fence.language)) {
        const text = fence.language === 'console' ? /^\s*\$ (.*)/.exec(raw)?.[1] : raw
        if (text === undefined && !open) return
        const joined = { line: open?.line ?? line, text: `${open?.text ?? ''}${withoutComment((text ?? raw).trim())}` }
        open = joined.text.endsWith('\\') ? { ...joined, text: `${joined.text.slice(0, -1).trimEnd()} ` } : undefined
        if (!open && joined.text !== '') commands.push(joined)
      }
    } else {
      if (/^(\t| {4,})\S/.test(raw) && known(raw.trim()))
        problems.push({ line, reason: `an indented command (${raw.trim()}): expected a fenced block` })
      for (const [, , text] of raw.matchAll(/(`+)(.+?)\1(?!`)/g)) {
        // A cell of a table writes its pipes as \|.
        const command = text.trim().replaceAll('\\|', '|')
        if (known(command)) commands.push({ line, text: command })
      }
    }
  })
  if (fence !== undefined) problems.push({ line: content.split('\n').length, reason: 'a block without an end' })
  return { commands, problems }
}

const withoutVariables = (text) => text.replace(/^(\$ )?([A-Za-z_]\w*=("[^"]*"|'[^']*'|\S*)\s+)*/, '')

/** Takes a comment off the end; a # inside quotes or a word is none. */
function withoutComment(text) {
  let quote
  for (let at = 0; at < text.length; at++) {
    const one = text[at]
    if (quote) quote = one === quote ? undefined : quote
    else if (one === '"' || one === "'") quote = one
    else if (one === '#' && (at === 0 || /\s/.test(text[at - 1]))) return text.slice(0, at).trimEnd()
  }
  return text.trimEnd()
}

/** Every target as `make <target>`, and each recipe line by itself, with the automatic variables that a person would type out. */
export function makeCommands(content) {
  const commands = []
  const problems = []
  const rules = makeRules(content)
  const needed = rules.flatMap((rule) => rule.needs)
  for (const { names, needs, recipe, line } of rules)
    for (const name of names) {
      if (name.startsWith('.')) continue
      if (!/[%/.]/.test(name)) commands.push({ line, text: `make ${name}` })
      const instances = name.includes('%') ? needed.filter((one) => matchesPattern(name, one)) : [name]
      if (instances.length === 0) problems.push({ line, reason: `nothing needs a file like ${name}` })
      for (const instance of new Set(instances))
        for (const step of recipe) {
          const text = step.text
            .replace(/^[@+-]+/, '')
            .replaceAll('$(@D)', instance.replace(/\/?[^/]*$/, '') || '.')
            .replaceAll('$@', instance)
            .replaceAll('$<', needs[0] ?? '')
            .replaceAll('$(MAKE)', 'make')
            .replaceAll('$$', '$')
          if (/\$[({@<^*?+|%]/.test(text))
            problems.push({ line: step.line, reason: `a variable of make that is not resolved here: ${text}` })
          else commands.push({ line: step.line, text, recipe: true })
        }
    }
  return { commands, problems }
}

const matchesPattern = (pattern, name) => {
  const [before = '', after = ''] = pattern.split('%')
  return name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after)
}

function makeRules(content) {
  const rules = []
  let current
  let open
  content.split('\n').forEach((raw, index) => {
    const text = open ? `${open.text} ${raw.trim()}` : raw
    const line = open?.line ?? index + 1
    open = text.endsWith('\\') ? { text: text.slice(0, -1).trimEnd(), line } : undefined
    if (open) return
    if (text.startsWith('\t')) {
      if (!/^\t\s*(#|$)/.test(text)) current?.recipe.push({ text: text.trim(), line })
      return
    }
    const rule = /^([^\s#:=][^:=]*?)\s*:(?![:=])\s*([^=#]*)(#.*)?$/.exec(text)
    if (!rule || /^(export|override|unexport)\b/.test(text)) return
    current = { names: rule[1].split(/\s+/), needs: rule[2].split(/[\s|]+/).filter(Boolean), recipe: [], line }
    rules.push(current)
  })
  return rules
}

export function yamlCommands(content, isCommand) {
  const commands = []
  const problems = []
  const lineAt = (offset) => content.slice(0, offset).split('\n').length
  const visit = (node, path) => {
    if (!node) return
    if (node.items) {
      for (const item of node.items)
        if (item.key === undefined) visit(item, path)
        else visit(item.value, [...path, String(item.key.value ?? item.key)])
    } else if (typeof node.value === 'string' && isCommand(path)) {
      const line = lineAt(node.range[0]) + (/^BLOCK/.test(node.type) ? 1 : 0)
      commands.push({ line, text: node.value.trim() })
    }
  }
  for (const document of parseAllDocuments(content)) {
    for (const error of document.errors) problems.push({ line: lineAt(error.pos[0]), reason: error.message })
    visit(document.contents, [])
  }
  return { commands, problems }
}

/** Steps of a workflow, each with the variables that only a run at the code host can give it. */
export function workflowCommands(content) {
  const { commands, problems } = yamlCommands(content, (path) => path.at(-1) === 'run')
  const given = new Set()
  const collect = (node, key) => {
    if (typeof node !== 'object' || node === null) return
    if (key === 'env') for (const name of Object.keys(node)) given.add(name)
    for (const [inner, value] of Object.entries(node)) collect(value, inner)
  }
  if (problems.length === 0) collect(parseAllDocuments(content)[0]?.toJS())
  const read = commands.map(({ line, text }) => {
    const variables = variablesOf(text).filter((name) => !RUNNER.includes(name))
    for (const name of variables)
      if (!given.has(name) && !/^(GITHUB|RUNNER)_/.test(name))
        problems.push({ line, reason: `no env of this workflow gives ${name}` })
    return variables.length === 0 ? { line, text } : { line, text, variables }
  })
  return { commands: read, problems }
}

/** Commands of DVC's stages, with its own variables filled in as it does. */
export function dvcCommands(content) {
  const { commands, problems } = yamlCommands(content, (path) => path.at(-1) === 'cmd')
  const values = Object.assign({}, ...(parseAllDocuments(content)[0]?.toJS()?.vars ?? []))
  const filled = commands.map(({ line, text }) => ({
    line,
    text: text.replace(/\$\{([\w.]+)\}/g, (all, name) => {
      const value = name.split('.').reduce((inner, key) => inner?.[key], values)
      if (value === undefined) problems.push({ line, reason: `dvc.yaml gives no value for ${all}` })
      return String(value ?? all)
    }),
    recipe: true,
  }))
  return { commands: filled, problems }
}

/** Where a reader is after how many pages; what is not named comes in between, by name. */
const READING_ORDER = [
  ...['README.md', 'Makefile', 'environments/', 'docs/data-', 'docs/features.md', 'docs/feature-store.md'],
  ...['docs/experiment-design.md', 'docs/model-training.md', 'docs/model-validation.md', 'docs/model-registry.md'],
]
const LAST = ['docs/troubleshooting.md', 'dvc.yaml', '.github/', '.gitlab-ci.yml']
const SETUP = /^(make setup|uv (lock|sync)\b.*)$/

function placeOf({ file, text }) {
  if (SETUP.test(text)) return -1
  const early = READING_ORDER.findIndex((start) => file.startsWith(start))
  const late = LAST.findIndex((start) => file.startsWith(start))
  return early >= 0 ? early : READING_ORDER.length + 1 + late
}

/**
 * The commands in the order in which a reader meets them, setup first; equal ones once, with all their places.
 * @returns {{plan: {text: string, how: 'run'|'serve'|'within'|'parse'|'elsewhere', reason?: string, ports?: (string|number)[], places: {file: string, line: number}[]}[], problems: {file: string, line: number, reason: string}[]}}
 */
export function planCommands(commands) {
  const problems = []
  const byText = new Map()
  for (const { file, line, text, recipe, variables } of [...commands].sort(
    (one, other) =>
      placeOf(one) - placeOf(other) || (one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line),
  )) {
    const filled = text.replace(/<([a-z][a-z _-]*)>/g, (all, name) => FILL[name] ?? all)
    const left = /<[a-z][a-z _-]*>|\$\{(?!\w+[}:])|\.\.\.|…/.exec(filled)
    const plan = byText.get(filled)
    const treated = treatment(filled, recipe, variables)
    // What a person is told to type is typed, even if make has the same line.
    if (plan?.how === 'within') Object.assign(plan, treated)
    if (plan) plan.places.push({ file, line })
    else if (left && !filled.includes('${{'))
      problems.push({ file, line, reason: `${text}: nothing says what stands for ${left[0]}` })
    else byText.set(filled, { text: filled, ...treated, places: [{ file, line }] })
  }
  return { plan: [...byText.values()], problems }
}

function treatment(text, recipe, variables = []) {
  const elsewhere = ELSEWHERE.find(({ match }) => match.test(text))
  if (elsewhere) return { how: 'elsewhere', reason: `run by the case "${elsewhere.case}"` }
  if (variables.length > 0) return { how: 'parse', reason: 'needs a workflow run at the code host' }
  const programs = programsOf(text)
  const outside = PARSED.find(
    (one) => (one.program ? programs.includes(one.program) : one.match.test(text)) && !one.unless?.test(text),
  )
  if (outside) return { how: 'parse', reason: `needs ${outside.needs}` }
  // make and dvc say each of their lines before they run it, so it is enough to have seen it.
  if (recipe) return { how: 'within' }
  const server = SERVERS.find(({ match }) => match.test(text))
  return server ? { how: 'serve', ports: server.ports } : { how: 'run' }
}
