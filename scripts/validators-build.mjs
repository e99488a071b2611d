// Compiles the validators from their source in a folder of its own, and compares the bytes with the committed file.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { NotRun } from './platform-toolchain.mjs'

const SOURCE = 'validators/go'
const UNREACHABLE = /dial tcp|no such host|i\/o timeout|connection refused|proxyconnect|TLS handshake timeout/

/** @returns {Promise<string>} the hash that both have; throws where they differ, and NotRun where nobody can compile */
export async function builtFromSource({ root, folder, exec }) {
  const { code: absent } = await exec('go', ['version'])
  if (absent !== 0) throw new NotRun('missing go')
  // Only what git knows: a leftover of an earlier build must not take part.
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', SOURCE], {
    cwd: root,
    encoding: 'utf8',
  }).split('\n')
  for (const file of files.filter((name) => name !== '' && !name.endsWith('.br'))) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await cp(path.join(root, file), path.join(folder, file))
  }
  const { code, out } = await exec('bash', ['-c', './compile.sh 2>&1'], { cwd: path.join(folder, SOURCE), minutes: 40 })
  const last = out.trim().split('\n').at(-1) ?? ''
  if (code === 3 || (code !== 0 && UNREACHABLE.test(out))) throw new NotRun(last)
  if (code !== 0) throw new Error(`the validators do not compile: ${last}`)
  const built = await readFile(path.join(folder, SOURCE, '.build', 'validators.wasm'))
  const committed = brotliDecompressSync(await readFile(path.join(root, SOURCE, 'validators.wasm.br')))
  const [ours, theirs] = [built, committed].map((bytes) => createHash('sha256').update(bytes).digest('hex'))
  if (ours !== theirs)
    throw new Error(`${SOURCE} compiles to ${ours}, the committed file holds ${theirs}: run ${SOURCE}/build.sh`)
  return `sha256 ${ours}, ${built.length} bytes`
}
