// Where the requirements text comes from: the argument, a file, or standard input; exactly one of them, or the workspace's spec.yaml.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../errors.js'
import { checkRequirements, decodeRequirements } from '../intake/decode.js'

/** Undefined where none was given; an empty one is an error, because it was meant to say something. */
export async function readRequirementsText(
  text: string | undefined,
  file: unknown,
  cwd: string,
): Promise<string | undefined> {
  if (text !== undefined && file !== undefined) {
    throw new UsageError('requirements were given as text and with --requirements-file; give one of them')
  }
  if (typeof file === 'string') {
    if (file === '-') return decodeRequirements(await readAll(process.stdin), 'standard input')
    const bytes = await readFile(path.resolve(cwd, file)).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`--requirements-file ${file} cannot be read: ${REASON[error.code ?? ''] ?? error.message}`)
    })
    return decodeRequirements(bytes, file)
  }
  return text === undefined ? undefined : checkRequirements(text)
}

const REASON: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder; name a text file',
  EACCES: 'you have no permission to read it',
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
