// The peer: copier, the most used project generator, copying a template of as many small files as the product writes.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const VERSION = '9.19.1'

/** The program itself in an environment of its own, so that no installer's start is timed; undefined where uv is missing or fails. */
export function installCopier(cache) {
  const environment = join(cache, `copier-${VERSION}`)
  const program = join(environment, 'bin', 'copier')
  if (existsSync(program)) return program
  try {
    const python = join(environment, 'bin', 'python')
    execFileSync('uv', ['venv', '--quiet', '--clear', environment])
    execFileSync('uv', ['pip', 'install', '--quiet', '--python', python, '--compile-bytecode', `copier==${VERSION}`])
    return program
  } catch (error) {
    process.stderr.write(`copier ${VERSION} could not be installed with uv: ${error.message}\n`)
    return undefined
  }
}

/** Small files in folders of about ten, each rendered with the project's name: what a template of that size looks like. */
export function writeTemplate(folder, files) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'copier.yml'), '_subdirectory: template\nproject:\n  type: str\n  default: churn\n')
  for (let index = 0; index < files; index++) {
    const inside = join(folder, 'template', `part_${Math.floor(index / 10)}`)
    mkdirSync(inside, { recursive: true })
    writeFileSync(
      join(inside, `module_${index}.py.jinja`),
      `"""Part ${index} of {{ project }}."""\n\nNAME = "{{ project }}-${index}"\n\n\ndef number() -> int:\n    return ${index}\n`,
    )
  }
}
