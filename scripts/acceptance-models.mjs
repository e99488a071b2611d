// Whole designs with a model, over real wires: through aimock, a server of models that nobody here wrote, and through a LiteLLM proxy.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { LLMock } from '@copilotkit/aimock'
import { parse } from 'yaml'
import { litellm } from './litellm.mjs'
import { askedIn, GOOD, LINE, PARTLY, REFUSED, reply } from './scripted-model.mjs'

const KEY = 'sk-acceptance-canary-7f3a9c'
const CHAT = '/v1/chat/completions'
/** By vendor: how it is asked, and where. */
const ANTHROPIC = {
  model: 'anthropic:claude-sonnet-5-5',
  route: '/v1/messages',
  env: (url) => ({ ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: url }),
  flags: () => ['--budget', '20'],
}
const OPENAI = {
  model: 'openai:gpt-6.1-sol',
  route: '/v1/responses',
  env: (url) => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${url}/v1` }),
  flags: () => ['--budget', '20'],
}
const COMPATIBLE = {
  model: 'compatible:scripted',
  route: CHAT,
  env: () => ({ OPENAI_API_KEY: KEY }),
  flags: (url) => ['--base-url', `${url}/v1`, '--budget', 'none'],
}

/** `open` gives the address that the product is told, and what has to be closed before the server; `asked` is what the server hears. */
const through = (server, { model, route, env, flags }, { slice = false, asked = route, options = [], open }) => ({
  name: ['a whole design with a model through', server, model.split(':')[0], route, ...options].join(' '),
  slice,
  run: async (context) => {
    const behind = await scripted()
    const closing = [behind.stop]
    const stop = async () => {
      for (const close of closing.splice(0)) await close()
    }
    try {
      const { url, stop: close } = await open(context, behind.url)
      if (close !== undefined) closing.unshift(close)
      const chosen = { model, env: env(url), flags: flags(url), options }
      return await designedTwice(context, chosen, { behind, stop, asked })
    } finally {
      await stop()
    }
  },
})

const aimock = (one, more = {}) => through('aimock', one, { ...more, open: async (_, url) => ({ url }) })

/** `model` is what LiteLLM has stand behind the name that it is asked for; where `asked` is another route, it translates. */
const proxied = (one, model, asked = one.route) =>
  through(asked === one.route ? 'LiteLLM' : 'LiteLLM, which translates', one, {
    asked,
    open: (context, url) => {
      const behind = asked === ANTHROPIC.route ? url : `${url}/v1`
      return litellm(context, { id: one.model.replace(/^\w+:/, ''), model, behind, key: KEY })
    },
  })

export const modelCases = [
  aimock(ANTHROPIC, { slice: true, options: ['--maturity', '1'] }),
  aimock(ANTHROPIC),
  aimock(OPENAI),
  aimock(COMPATIBLE),
  proxied(ANTHROPIC, 'anthropic/scripted'),
  proxied(ANTHROPIC, 'hosted_vllm/scripted', CHAT),
  proxied(OPENAI, 'openai/scripted'),
  proxied(OPENAI, 'deepseek/scripted', CHAT),
  proxied(COMPATIBLE, 'hosted_vllm/scripted'),
]

/** The server, and what it answered to whom. */
async function scripted() {
  const calls = []
  const mock = new LLMock({ port: 0 })
  mock.on({ predicate: () => true }, ({ messages }) => {
    const asked = askedIn(messages)
    const { text, calls: made = [] } = reply(asked)
    const usage = {
      input_tokens: Math.ceil(asked.text.length / 4),
      output_tokens: 20 + Math.ceil((text ?? '').length / 4),
    }
    calls.push({ deliverable: asked.deliverable, usage })
    const toolCalls = made.map(({ name, input }, at) => ({
      id: `call_${asked.deliverable}_${asked.turn}_${at}`,
      name,
      arguments: JSON.stringify(input),
    }))
    return { ...(text !== undefined && { content: text }), ...(made.length > 0 && { toolCalls }), usage }
  })
  await mock.start()
  let open = true
  const stop = async () => {
    if (open) await mock.stop()
    open = false
  }
  return { url: mock.url, calls, routes: () => new Set(mock.getRequests().map(({ path: route }) => route)), stop }
}

/** With the model and then, when nobody can be asked any more, from the record; beside them without a model, to compare with. */
async function designedTwice({ cli, exec, folder, root }, { model, env, flags, options }, { behind, stop, asked }) {
  const config = path.join(folder, 'config.yaml')
  await writeFile(config, '')
  const text = path.join(root, 'examples', 'churn-telecom.txt')
  const design = async (name, more, variables = {}) => {
    const workspace = path.join(folder, name, 'w')
    const args = ['design', '--requirements-file', text, '--workspace', workspace, '--yes', ...options, ...more]
    const home = { HOME: folder, MLOPS_AGENTS_CONFIG: config, ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '' }
    const { code, out } = await exec('node', [cli, ...args], { env: { ...home, ...variables }, minutes: 10 })
    must(code === 0, `design ${more.join(' ')} ended with ${code}: ${out.trim().split('\n').at(-1) ?? ''}`)
    return { workspace, out, git: async (...words) => (await exec('git', ['-C', workspace, ...words])).out }
  }
  const record = path.join(folder, 'answers.jsonl')
  const [plain, tailored] = await Promise.all([
    design('plain', []),
    design('tailored', ['--model', model, ...flags, '--record', record], env),
  ])
  const { calls } = behind
  said(tailored.out, plain.out)
  await paid(tailored.out, { calls, model, root })
  await committed(tailored)
  const routes = [...behind.routes()].join(', ')
  must(routes === asked, `the server was asked by ${routes}, expected ${asked}`)
  const answers = (await readFile(record, 'utf8')).trimEnd().split('\n').length - 1
  must(answers === calls.length, `${record} holds ${answers} answers, the server gave ${calls.length}`)
  const { code } = await exec('grep', ['-rqaF', KEY, tailored.workspace, record])
  must(code === 1, 'the key is somewhere in the workspace or in the record')

  await stop()
  const again = await design('again', ['--replay', record])
  for (const branch of ['HEAD^{tree}', 'mlops-agents/generated^{tree}']) {
    const [was, is] = [await tailored.git('rev-parse', branch), await again.git('rev-parse', branch)]
    must(was === is, `${branch} is ${is.trim()} after --replay, expected ${was.trim()}`)
  }
  await sameFiles(tailored.workspace, again.workspace)
  said(again.out, plain.out)
  return `${calls.length} calls for ${levels(tailored.out).length} deliverables`
}

/** Lines of the table of levels: files may be more or fewer, what was reached may not. */
const levels = (out) =>
  [...out.matchAll(/^ {2}([a-z-]+) +\d+ {2}(L\d|none) *$/gm)].map(([, id, level]) => `${id} ${level}`)

function said(out, plain) {
  const before = levels(plain)
  must(before.length >= 15, `only ${before.length} deliverables were made without a model`)
  const fallen = before.filter((line, at) => levels(out)[at] !== line)
  must(fallen.length === 0, `with a model these are not as without: ${fallen.join(', ')}`)
  const expected = [
    `Agents tailored 2 of ${before.length} deliverables`,
    `    ${GOOD.deliverable}: 1 file changed, 0 removed\n`,
    `    ${PARTLY.deliverable}: 1 file changed, 0 removed\n`,
    `    ${PARTLY.deliverable}: ${PARTLY.refused} was not accepted: `,
    `    ${REFUSED.deliverable}: not tailored: all dropped`,
    `    ${REFUSED.deliverable}: ${REFUSED.path} was not accepted: `,
  ]
  for (const text of expected) must(out.includes(text), `the report does not say "${text.trim()}"`)
  const refused = [...out.matchAll(/ was not accepted: /g)].length
  must(refused === 2, `the report names ${refused} files that were not accepted, expected 2`)
}

/** What stands at the end is what the server counted, at the price in workflows/prices.yaml. */
async function paid(out, { calls, model, root }) {
  const sum = (name) => calls.reduce((all, { usage }) => all + usage[name], 0)
  const [input, output] = [sum('input_tokens'), sum('output_tokens')]
  const { prices } = parse(await readFile(path.join(root, 'workflows', 'prices.yaml'), 'utf8'))
  const price = prices[model]
  const longest = Math.max(...calls.map(({ usage }) => usage.input_tokens))
  must(longest < (price?.long?.over ?? Number.POSITIVE_INFINITY), `a call of ${longest} tokens has another price`)
  const usd =
    price === undefined ? 'price unknown' : `$${((input * price.input + output * price.output) / 1e6).toFixed(2)}`
  const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
  const [, ...row] = /^ {2}sum +(\d+) +([\d,]+) +\d+ % +([\d,]+) {3}(.+?) *$/m.exec(out) ?? []
  const expected = [String(calls.length), grouped(input), grouped(output), usd]
  must(
    row.join(' | ') === expected.join(' | '),
    `the report says ${row.join(' | ') || 'no sum'}, the server ${expected.join(' | ')}`,
  )
}

/** One commit a deliverable; what the agent changed is what differs from the baseline, and nothing is left open. */
async function committed({ workspace, out, git }) {
  const ids = (
    await git('log', '--format=%(trailers:key=Deliverable,valueonly,separator=%x20)', 'mlops-agents/generated')
  )
    .split('\n')
    .filter(Boolean)
  const made = ['spec', ...levels(out).map((line) => line.split(' ')[0])]
  must(
    [...ids].sort().join(' ') === [...made].sort().join(' '),
    `commits are of ${ids.join(' ')}, expected one of each of ${made.join(' ')}`,
  )
  for (const { deliverable, path: file } of [GOOD, PARTLY]) {
    const commit = (
      await git('log', '--format=%H', `--grep=^Deliverable: ${deliverable}$`, 'mlops-agents/generated')
    ).trim()
    const diff = (await git('diff', '--numstat', `${commit}^2`, commit)).trim()
    must(
      diff === `2\t0\t${file}`,
      `${deliverable} differs from its baseline by "${diff}", expected two lines of ${file}`,
    )
    must(
      (await readFile(path.join(workspace, file), 'utf8')).split('\n').includes(LINE),
      `${file} does not hold the line as it was sent`,
    )
  }
  must((await git('status', '--porcelain')) === '', 'the workspace is not clean after design')
}

async function sameFiles(one, other) {
  const [was, is] = [await contents(one), await contents(other)]
  const names = [...new Set([...was.keys(), ...is.keys()])]
  const differing = names.filter(
    (name) => !was.get(name)?.equals(is.get(name) ?? Buffer.alloc(0)) && was.get(name) !== is.get(name),
  )
  must(differing.length === 0, `--replay gives other files: ${differing.slice(0, 3).join(', ')}`)
}

/** Path -> bytes of everything that is not git's or the record's. */
async function contents(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
  const own = names.filter((name) => !/^\.(git|mlops-agents)\//.test(name)).sort()
  return new Map(await Promise.all(own.map(async (name) => [name, await readFile(path.join(folder, name))])))
}

function must(condition, message) {
  if (!condition) throw new Error(message)
}
