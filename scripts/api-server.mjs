// A real Kubernetes API server for `kubectl apply --dry-run=server`: etcd and kube-apiserver on free loopback ports. Nothing is
// scheduled and no webhook runs, so it says what the API accepts, not what a cluster does with it.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/**
 * Starts the two in `folder` and applies the definitions of custom resources of the folder `crds`.
 * @returns {Promise<{kubectl: (args: string[]) => string[], stop: () => Promise<void>}>} arguments for kubectl that lead to this server
 */
export async function startApiServer({ folder, crds, exec }) {
  const [clients, peers, port] = [await freePort(), await freePort(), await freePort()]
  const token = randomBytes(16).toString('hex')
  const at = (name) => path.join(folder, name)
  execFileSync('openssl', ['genrsa', '-out', at('sa.key'), '2048'], { stdio: 'ignore' })
  await writeFile(at('tokens.csv'), `${token},admin,1,"system:masters"\n`)
  await writeFile(at('kubeconfig'), kubeconfig(port, token))
  const children = [
    started('etcd', at('etcd.log'), [
      ...['--data-dir', at('etcd'), '--unsafe-no-fsync'],
      ...[
        '--listen-client-urls',
        `http://127.0.0.1:${clients}`,
        '--advertise-client-urls',
        `http://127.0.0.1:${clients}`,
      ],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${peers}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${peers}`,
      ],
      ...['--initial-cluster', `default=http://127.0.0.1:${peers}`],
    ]),
    started('kube-apiserver', at('apiserver.log'), [
      `--etcd-servers=http://127.0.0.1:${clients}`,
      ...[`--secure-port=${port}`, '--bind-address=127.0.0.1', `--cert-dir=${at('certificates')}`],
      ...[`--service-account-key-file=${at('sa.key')}`, `--service-account-signing-key-file=${at('sa.key')}`],
      '--service-account-issuer=https://kubernetes.default.svc',
      ...[
        `--token-auth-file=${at('tokens.csv')}`,
        '--authorization-mode=RBAC',
        '--service-cluster-ip-range=10.0.0.0/24',
      ],
      '--disable-admission-plugins=ServiceAccount,TaintNodesByCondition',
    ]),
  ]
  const kubectl = (args) => ['--kubeconfig', at('kubeconfig'), '--cache-dir', at('cache'), ...args]
  const stop = async () => {
    for (const child of children.reverse()) {
      const ended = new Promise((resolve) => child.once('close', resolve))
      if (child.exitCode === null && child.kill('SIGTERM')) await Promise.race([ended, wait(5000)])
      if (child.exitCode === null) child.kill('SIGKILL')
    }
  }
  try {
    await ready(() => exec('kubectl', kubectl(['get', '--raw', '/readyz'])), at('apiserver.log'))
    const files = (await readdir(crds))
      .filter((name) => name.endsWith('.yaml'))
      .flatMap((name) => ['-f', path.join(crds, name)])
    const created = await exec('kubectl', kubectl(['create', ...files]), { minutes: 5 })
    if (created.code !== 0) throw new Error('the definitions of custom resources were refused')
    await exec('kubectl', kubectl(['wait', '--for=condition=Established', '--timeout=180s', 'crd', '--all']), {
      minutes: 5,
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { kubectl, stop }
}

function started(program, logFile, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(logFile)
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  child.on('error', (error) => log.write(String(error)))
  return child
}

async function ready(ask, logFile) {
  for (let tried = 0; tried < 240; tried++) {
    const { code, out } = await ask()
    if (code === 0 && out.trim() === 'ok') return
    await wait(500)
  }
  throw new Error(`the API server did not come up within two minutes; see ${logFile}`)
}

const kubeconfig = (port, token) => `apiVersion: v1
kind: Config
clusters: [{name: local, cluster: {server: "https://127.0.0.1:${port}", insecure-skip-tls-verify: true}}]
users: [{name: admin, user: {token: "${token}"}}]
contexts: [{name: local, context: {cluster: local, user: admin}}]
current-context: local
`
