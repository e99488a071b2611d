// A real gateway between the product and the scripted server: LiteLLM's proxy, installed once into a cache folder of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { NotRun } from './platform-toolchain.mjs'

const VERSION = '1.106.2'
/** It loads for half a minute where nothing else runs. */
const START_MINUTES = 5
/** No registry, or no address of one: then nothing can be said about the product. */
const UNREACHABLE = /error sending request|dns error|client error \(Connect\)|timed out|offline/i

/**
 * Starts it on a free port, knowing one model `id` that `model` stands behind.
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function litellm({ exec, folder, log, root }, { id, model, behind, key }) {
  const program = await installed(exec, path.join(root, '.cache', `litellm-${VERSION}`))
  const config = path.join(folder, 'litellm.json')
  // JSON is YAML. The last setting has messages translated where the model behind speaks chat completions only.
  const settings = {
    model_list: [{ model_name: id, litellm_params: { model, api_base: behind, api_key: 'sk-behind-the-gateway' } }],
    general_settings: { master_key: key },
    litellm_settings: { use_chat_completions_url_for_anthropic_messages: true, num_retries: 0 },
  }
  await writeFile(config, JSON.stringify(settings))
  const port = await freePort()
  const args = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--telemetry', 'False']
  const env = { PATH: process.env.PATH, HOME: folder, LITELLM_LOCAL_MODEL_COST_MAP: 'True', NO_DOCS: 'True' }
  log.write(`\n$ ${[program, ...args].join(' ')}\n`)
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => log.write(chunk))
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    process.kill(-child.pid, 'SIGKILL')
    await gone
  }
  const url = `http://127.0.0.1:${port}`
  const until = Date.now() + START_MINUTES * 60_000
  while (!(await answers(`${url}/health/liveliness`))) {
    if (child.exitCode !== null) throw new Error(`LiteLLM ended with ${child.exitCode} before it listened`)
    if (Date.now() > until) {
      await stop()
      throw new Error(`LiteLLM did not listen within ${START_MINUTES} minutes`)
    }
    await delay(500)
  }
  return { url, stop }
}

/** @returns {Promise<string>} the program; throws NotRun where it cannot be had */
async function installed(exec, home) {
  const [program, whole] = [path.join(home, 'bin', 'litellm'), path.join(home, 'whole')]
  if (existsSync(whole)) return program
  await rm(home, { recursive: true, force: true })
  await mkdir(path.dirname(home), { recursive: true })
  const python = path.join(home, 'bin', 'python')
  const steps = [
    ['venv', '--quiet', home],
    ['pip', 'install', '--quiet', '--python', python, `litellm[proxy]==${VERSION}`],
  ]
  for (const step of steps) {
    const { code, out } = await exec('sh', ['-c', 'uv "$@" 2>&1', 'uv', ...step], { minutes: 10 })
    if (code === 127) throw new NotRun('missing uv')
    const last = out.trim().split('\n').at(-1) ?? ''
    if (code !== 0 && UNREACHABLE.test(out)) throw new NotRun(`LiteLLM cannot be installed: ${last}`)
    if (code !== 0) throw new Error(`uv ${step[0]} ended with ${code}: ${last}`)
  }
  await writeFile(whole, '')
  return program
}

async function freePort() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const answers = (url) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )
