// Plays a page that tells a story at a prompt: types each of its commands and compares what was shown there with what came.
import { cp, mkdir, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** A line of its own that stands for any lines. */
const LEFT_OUT = '…'

/**
 * The commands of a page's ```console blocks, in order: `$ command   # ends with 4`, and below it lines of the output.
 * @returns {{ command: string, code: number, shown: string[], line: number }[]}
 */
export function readStory(text) {
  const told = []
  let inside = false
  for (const [at, line] of text.split('\n').entries()) {
    if (/^```/.test(line)) inside = line === '```console'
    else if (inside && line.startsWith('$ ')) {
      const [, command, code = '0'] = /^\$ (.*?)(?: +# ends with (\d+))?$/.exec(line)
      told.push({ command, code: Number(code), shown: [], line: at + 1 })
    } else if (inside) told.at(-1)?.shown.push(line)
  }
  return told
}

/** What differs from one time to the next: durations, dates, hashes, and the spaces around them. */
const settled = (line) =>
  line
    .replace(/\b[0-9a-f]{7,40}\b/g, '<hash>')
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d UTC\b/g, '<time>')
    .replace(/\b\d+(\.\d+)? s\b/g, '<seconds>')
    .replace(/ +/g, ' ')
    .trim()

/** The first shown line that did not come; runs of shown lines follow each other, with anything in between where that is said. */
export function firstMissing(shown, output) {
  const lines = output.split('\n').map(settled)
  let from = 0
  for (const run of runsOf(shown)) {
    const at = lines.findIndex(
      (_, start) => start >= from && run.every((line, i) => lines[start + i] === settled(line)),
    )
    if (at < 0) return run.find((line) => !lines.slice(from).includes(settled(line))) ?? `${run[0]} (with what follows)`
    from = at + run.length
  }
  return undefined
}

function runsOf(shown) {
  const runs = [[]]
  for (const line of shown) {
    if (line.trim() === LEFT_OUT) runs.push([])
    else runs.at(-1).push(line)
  }
  return runs.filter((run) => run.some((line) => line.trim() !== ''))
}

/**
 * Types the commands of `story` below `folder`, as Ada who has cloned this repository; those that `skipped` says are not typed.
 * @throws Error with the line of the page where the story went another way
 */
export async function playStory({ story, root, folder, cli, exec, skipped = () => false }) {
  const bin = path.join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(path.join(bin, 'mlops-agents'), `#!/bin/sh\nexec node ${cli} "$@"\n`, { mode: 0o755 })
  await writeFile(path.join(folder, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.org\n')
  // Her home is a new one; what installers have downloaded before need not come again.
  const cache = process.env.UV_CACHE_DIR ?? path.join(os.homedir(), '.cache', 'uv')
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder, XDG_CONFIG_HOME: folder, UV_CACHE_DIR: cache }
  let cwd = path.join(folder, 'mlops-agents')
  await cp(path.join(root, 'examples'), path.join(cwd, 'examples'), { recursive: true })
  let typed = 0
  for (const { command, code, shown, line } of story) {
    if (skipped(command)) continue
    // Where a command leaves the shell is where the next one begins.
    const script = `cd ${JSON.stringify(cwd)} && { ${command}\n} 2>&1; ended=$?; echo; pwd; exit $ended`
    const { code: ended, out } = await exec('bash', ['-c', script], { cwd: folder, env, minutes: 20 })
    const lines = out.trimEnd().split('\n')
    cwd = lines.pop() ?? folder
    const said = lines.join('\n')
    typed++
    if (ended !== code)
      throw new Error(`line ${line}: "${command}" ended with ${ended}, not ${code}: ${said.slice(-600)}`)
    const missing = firstMissing(shown, said)
    if (missing !== undefined) throw new Error(`line ${line}: "${command}" did not print: ${missing}\nbut:\n${said}`)
  }
  return `${typed} commands`
}
