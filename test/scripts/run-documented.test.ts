// A small project with planted faults, really run: each fault is named with its place, and what is sound is counted.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { runDocumented } from '../../scripts/run-documented.mjs'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function project(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'documented-')))
  folders.push(root)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content, { mode: path.endsWith('.sh') ? 0o755 : 0o644 })
  }
  const git = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'core.hooksPath=/dev/null']
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...git, 'commit', '-qm', 'x'],
  ])
    execFileSync('git', args, { cwd: root, stdio: 'ignore' })
  return root
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const run = (files: Readonly<Record<string, string>>) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'documented-')))
  folders.push(folder)
  return runDocumented({ workspace: project(files), folder, log: { write: () => true }, minutes: 1 })
}

const MAKEFILE = 'setup:\n\ttrue first\n\ngreet: setup\n\techo hello\n'

describe('runDocumented', () => {
  it('runs typed commands and targets, and counts what was parsed', async () => {
    const readme = '```sh\nmake setup\ngit status\n```\nThen `make greet`, or `git fetch s3://<bucket>/x`.\n'
    expect(await run({ Makefile: MAKEFILE, 'README.md': readme })).toBe(
      '5 ran (0 servers, 2 lines of make and dvc), 1 parsed, 0 run by other cases',
    )
  })

  it('names each broken command with file and line', async () => {
    const readme = '```sh\nmake setup\nmake nowhere\n```\n\n`git log -- docs/gone.md` and `git no-such-thing`\n'
    const failed = run({ Makefile: MAKEFILE, 'README.md': readme })
    await expect(failed).rejects.toThrow(/README\.md:3 `make nowhere` ended with 2: .*No rule to make target/)
    await expect(failed).rejects.toThrow(
      /README\.md:6 `git log -- docs\/gone\.md` names docs\/gone\.md, which does not exist/,
    )
    await expect(failed).rejects.toThrow(/README\.md:6 `git no-such-thing` ended with 1/)
    await expect(failed).rejects.toThrow(/3 failed/)
  })

  it('finds a line of dvc that nothing runs, blocks that cannot be read, and a tree that has changed', async () => {
    const failed = run({
      Makefile: MAKEFILE,
      'README.md': '`make greet`\n\n```\nx\n```\n',
      'docs/a.md': '`cp Makefile copied`\n',
      'dvc.yaml': 'stages:\n  a:\n    cmd: echo never\n',
    })
    await expect(failed).rejects.toThrow(/README\.md:3 a block of no language/)
    await expect(failed).rejects.toThrow(/dvc\.yaml:3 `echo never` was run by no target of make/)
    await expect(failed).rejects.toThrow(/what the project tracks has changed: \?\? copied/)
  })

  it('gives steps of a workflow what a runner gives, and parses those that need more', async () => {
    const steps = '- run: echo a >> "$GITHUB_OUTPUT"\n      - env: {A: x}\n        run: gh api "$A"'
    const workflow = `jobs:\n  a:\n    steps:\n      ${steps}\n`
    expect(await run({ '.github/workflows/a.yaml': workflow })).toMatch(/^1 ran .* 1 parsed/)
    await expect(run({ 'README.md': '`bash -c "echo > $GITHUB_OUTPUT"`\n' })).rejects.toThrow(/README\.md:1/)
  })

  it('holds what cannot run here to the programs, paths and options that there are', async () => {
    const failed = run({
      'scripts/teardown.sh': 'case "$1" in --dry-run) ;; esac\n',
      'README.md': '`scripts/teardown.sh dev --dry-run`\n`scripts/teardown.sh dev --dry`\n`aws x | no-such-tool`\n',
    })
    await expect(failed).rejects.toThrow(/1 parsed.* 2 failed/)
    await expect(failed).rejects.toThrow(/README\.md:2 .*--dry, which it does not know/)
    await expect(failed).rejects.toThrow(/README\.md:3 .*no-such-tool is not on this machine/)
  })

  it('fails where nothing is documented', async () => {
    await expect(run({ 'README.md': 'Hello.\n' })).rejects.toThrow('no command is documented')
  })

  const server = (status: number) =>
    `require("http").createServer((_, answer) => answer.writeHead(${status}).end()).listen(process.env.PORT)\n`
  const served = async (code: string) => {
    const [port, unused] = [await freePort(), await freePort()]
    const endpoints = {
      rest: { port },
      rest_ready: { port, path: '/ready' },
      grpc: { port: code === '' ? unused : port },
    }
    return run({
      Makefile: `serve:\n\tPORT=${port} node server.js\n`,
      'README.md': '`make serve`\n',
      'server.js': code,
      'contract.yaml': JSON.stringify({ endpoints }),
    })
  }

  it('starts a server, waits until it is ready, and stops it', async () => {
    expect(await served(server(200))).toBe('2 ran (1 servers, 1 lines of make and dvc), 0 parsed, 0 run by other cases')
  })

  it('leaves nothing behind of a server whose child does not stop', async () => {
    const child = 'setInterval(() => {}, 1000); process.on("SIGINT", () => {})'
    const code = `const { pid } = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "ignore" })
require("fs").writeFileSync(process.env.OUT, String(pid))
${server(200)}`
    const out = join(realpathSync(mkdtempSync(join(tmpdir(), 'documented-'))), 'pid')
    folders.push(dirname(out))
    process.env.OUT = out
    await served(code).finally(() => delete process.env.OUT)
    const pid = Number(readFileSync(out, 'utf8'))
    await expect
      .poll(() => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      .toBeFalsy()
  })

  it('says why a server did not come up', async () => {
    await expect(served('')).rejects.toThrow(/`make serve` ended before it listened/)
    await expect(served('throw new Error("no model")')).rejects.toThrow(/ended before it listened .*Error 1/)
  })
})
