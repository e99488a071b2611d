// Runs the validators' module in a thread of its own: it can be ended at any time, and what it does to globals stays here.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import v8 from 'node:v8'
import { WASI } from 'node:wasi'
import { parentPort } from 'node:worker_threads'
import { brotliDecompressSync } from 'node:zlib'

// Compiling every function well takes several times as long as all the checks together.
v8.setFlagsFromString('--liftoff-only')

// Some tools insist on reading files; they see this folder and nothing else of the machine.
const folder = mkdtempSync(join(tmpdir(), 'mlops-agents-validators-'))
const wasi = new WASI({ version: 'preview1', args: ['validators'], env: {}, preopens: { '/tmp': folder }, returnOnExit: true })
const bytes = brotliDecompressSync(readFileSync(new URL('validators.wasm.br', import.meta.url)))
const instance = await WebAssembly.instantiate(await WebAssembly.compile(bytes), wasi.getImportObject())
wasi.initialize(instance)
const { memory, request_room, respond, answer_place } = instance.exports

parentPort.on('message', (message) => {
  if (message === 'end') {
    rmSync(folder, { recursive: true, force: true })
    process.exit(0)
  }
  const { id, text } = message
  const request = Buffer.from(text)
  new Uint8Array(memory.buffer, request_room(request.length), request.length).set(request)
  const length = respond()
  parentPort.postMessage({ id, text: Buffer.from(memory.buffer, answer_place(), length).toString() })
})
