// Metrics that nobody collects are not there: each pod that offers some is scraped, and each monitor finds a pod.
import type { Contract } from '../spec/contract.js'
import { listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { onceEach, type PlacedManifest, platformManifests } from './platform-manifests.js'
import { inFile, type Seam } from './seam.js'
import { sameEnvironment, selects, serves, type Workload, workloadsOf } from './workloads.js'

export const scrapeSeam: Seam = {
  name: 'seam/scrape',
  async find({ files, contract }) {
    // Without rules nobody asks for a metric.
    if (!files.some((file) => kindOf(file) === 'prometheus-rules')) return []
    const manifests = await platformManifests(files)
    const workloads = workloadsOf(manifests)
    const monitors = manifests.filter(({ manifest }) => /^(Pod|Service)Monitor$/.test(manifest.kind))
    const own = new Set(Object.keys(contract.namespaces))
    const scraped = (monitor: PlacedManifest, workload: Workload) =>
      sameEnvironment(monitor, workload.placed) && isScraped(monitor, workload, manifests)
    return onceEach([
      ...workloads
        .filter((one) => own.has(one.namespace) && offered(one, contract).length > 0)
        .filter((workload) => !monitors.some((monitor) => scraped(monitor, workload)))
        .map((one) =>
          inFile(
            one.placed.file,
            `no monitor scrapes the port ${offered(one, contract).join(' or ')} of ${one.kind} ${one.name}`,
          ),
        ),
      ...monitors
        .filter((monitor) => namespacesOf(monitor).every((name) => own.has(name)))
        .filter((monitor) => !workloads.some((workload) => scraped(monitor, workload)))
        .map(({ file, manifest: { kind, name } }) => inFile(file, `${kind} ${name} finds nothing to scrape`)),
    ])
  },
}

/** Ports that are called so, and those at which the contract promises metrics of the image that runs there. */
function offered({ ports, images }: Workload, contract: Contract): string[] {
  const owners = Object.values(contract.images)
    .filter(({ repository }) => images.some((image) => image.includes(repository)))
    .map(({ owner }) => owner)
  const promised = Object.values(contract.endpoints)
    .filter(({ owner, path }) => path.endsWith('/metrics') && owners.includes(owner))
    .map(({ port }) => port)
  return ports
    .filter(({ name, number }) => name === 'metrics' || (number !== undefined && promised.includes(number)))
    .map(({ name }) => name)
}

const namespacesOf = ({ manifest: { namespace = '', value } }: PlacedManifest): string[] => {
  const named = listAt(value, 'spec', 'namespaceSelector', 'matchNames')
  return named.length === 0 ? [namespace] : named.map(String)
}

function isScraped(monitor: PlacedManifest, workload: Workload, manifests: readonly PlacedManifest[]): boolean {
  const { kind, value } = monitor.manifest
  if (!namespacesOf(monitor).includes(workload.namespace)) return false
  const selector = { ...objectAt(value, 'spec', 'selector') }
  if (kind === 'PodMonitor')
    return (
      selects(selector, workload.labels) &&
      listAt(value, 'spec', 'podMetricsEndpoints').some((one) =>
        workload.ports.some(({ name }) => name === textAt(one, 'port')),
      )
    )
  return manifests.some(
    ({ manifest: service, ...placed }) =>
      service.kind === 'Service' &&
      service.namespace === workload.namespace &&
      sameEnvironment({ manifest: service, ...placed }, monitor) &&
      selects(selector, objectAt(service.value, 'metadata', 'labels')) &&
      serves(service.value, workload.labels) &&
      listAt(value, 'spec', 'endpoints').some((one) =>
        listAt(service.value, 'spec', 'ports').some((port) => textAt(port, 'name') === textAt(one, 'port')),
      ),
  )
}
