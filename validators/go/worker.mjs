// Runs the validators inside a worker thread: their module blocks while it checks, and can be ended from outside.
import { randomFillSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { brotliDecompressSync } from 'node:zlib'

// Node calls its WASI experimental; whoever runs a check can do nothing about that.
const emit = process.emitWarning
process.emitWarning = (warning, ...rest) => {
  if (!String(warning).includes('WASI')) emit(warning, ...rest)
}
const { WASI } = await import('node:wasi')

// Bytes that say how long the head of a request or an answer is.
const HEAD = 4

// Before its first patch kustomize reads all that Kubernetes says of its objects, which takes longer than all the rest of it.
const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n'
const PATCHED = {
  'kustomization.yaml': 'kind: Kustomization\nresources: [resource.yaml]\npatches:\n  - path: patch.yaml\n',
  'resource.yaml': NAMESPACE,
  'patch.yaml': `${NAMESPACE}  labels:\n    a: b\n`,
}

const wasi = new WASI({
  version: 'preview1',
  args: ['validators'],
  // Without a soft bound Go lets its heap double before it collects.
  env: { GOMEMLIMIT: `${workerData.memoryMebibytes}MiB` },
  // The one folder that the tools may touch, for those that insist on reading paths.
  preopens: { '/tmp': workerData.folder },
})
const module = await compiled()
// The bytes are in the module now; until somebody collects them they lie in memory a second time.
globalThis.gc?.()
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: { ...wrapped(), ...clocks() } })
wasi.initialize(instance)
const { memory, request_room, respond, answer_place } = instance.exports

parentPort.on('message', ({ id, ...question }) => {
  parentPort.postMessage({ id, ...asked(question), memoryBytes: memory.buffer.byteLength })
})
parentPort.postMessage({ ready: true })
// Nobody waits for an answer yet: what the tools would prepare for their first question is prepared now.
if (workerData.ahead) asked({ head: { validator: 'kustomize', options: { folders: ['.'] } }, files: PATCHED })

function asked({ head, files }) {
  const texts = Object.values(files)
  const sizes = texts.map((text) => Buffer.byteLength(text))
  const said = JSON.stringify({ ...head, files: Object.keys(files).map((name, at) => ({ name, size: sizes[at] })) })
  const length = Buffer.byteLength(said)
  const whole = sizes.reduce((sum, size) => sum + size, HEAD + length)
  // Asking for room can grow the memory, which detaches the buffer that was there before.
  const place = request_room(whole)
  const room = Buffer.from(memory.buffer, place, whole)
  room.writeUInt32LE(length)
  let at = HEAD + room.write(said, HEAD)
  for (const text of texts) at += room.write(text, at)
  return answered(respond())
}

/** Of what the module made the texts stand behind the head, which says how long each is. */
function answered(length) {
  const bytes = Buffer.from(memory.buffer, answer_place(), length)
  let at = HEAD + bytes.readUInt32LE()
  const { manifests, ...answer } = JSON.parse(bytes.toString('utf8', HEAD, at))
  if (manifests === null) return { answer }
  const made = manifests.map(({ name, size }) => [name, bytes.toString('utf8', at, (at += size))])
  return { answer: { ...answer, data: { manifests: Object.fromEntries(made) } } }
}

// Unpacked into one piece: put together from many, it would need twice the memory for a moment.
function compiled() {
  const packed = readFileSync(new URL('validators.wasm.br', import.meta.url))
  return WebAssembly.compile(brotliDecompressSync(packed, { chunkSize: 128 * 2 ** 20 }))
}

// Node 20's own clocks, and above all its poll_oneoff, were seen to write where they must not (segmentation faults in
// rule tests, which set timers). Time and randomness are ours therefore; files stay Node's, behind plain functions.
function wrapped() {
  return Object.fromEntries(Object.entries(wasi.wasiImport).map(([name, run]) => [name, (...values) => run(...values)]))
}

function clocks() {
  const asleep = new Int32Array(new SharedArrayBuffer(4))
  const view = () => new DataView(instance.exports.memory.buffer)
  // Clock 0 is the wall's, the others only move forward.
  const now = (clock) => (clock === 0 ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint())
  return {
    sched_yield: () => 0,
    random_get(place, length) {
      randomFillSync(new Uint8Array(instance.exports.memory.buffer, place, length))
      return 0
    },
    clock_time_get(clock, _precision, place) {
      view().setBigUint64(place, now(clock), true)
      return 0
    },
    // Sleeps until the first of the timers; there is nothing else that Go could wait for here.
    poll_oneoff(subscriptions, events, count, eventCount) {
      let first
      for (let place = subscriptions; place < subscriptions + count * 48; place += 48) {
        if (view().getUint8(place + 8) !== 0) continue
        const timeout = view().getBigUint64(place + 24, true)
        const absolute = (view().getUint16(place + 40, true) & 1) === 1
        const left = absolute ? timeout - now(view().getUint32(place + 16, true)) : timeout
        if (first === undefined || left < first.left) first = { left, user: view().getBigUint64(place, true) }
      }
      view().setUint32(eventCount, first === undefined ? 0 : 1, true)
      if (first === undefined) return 0
      if (first.left > 0n) Atomics.wait(asleep, 0, 0, Number(first.left) / 1e6)
      view().setBigUint64(events, first.user, true)
      view().setUint16(events + 8, 0, true)
      view().setUint8(events + 10, 0)
      return 0
    },
  }
}
