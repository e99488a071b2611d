// Rules and dashboards that lie in a repository watch nothing: each reaches the cluster, and people are told which dashboard is for what.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { type PlacedManifest, platformManifests } from './platform-manifests.js'
import { inFile, lineOf, type Seam } from './seam.js'

export const dashboardSeam: Seam = {
  name: 'wired/dashboard',
  async find({ files }) {
    const manifests = await platformManifests(files)
    if (manifests.length === 0) return []
    const loaded = loadedDashboards(manifests)
    const dashboards = await identified(files, 'dashboard', (value) => [textAt(value, 'uid')])
    const groups = new Set(
      manifests.flatMap(({ manifest }) =>
        manifest.kind === 'PrometheusRule' ? groupsOf(objectAt(manifest.value, 'spec')) : [],
      ),
    )
    const rules = await identified(files, 'prometheus-rules', groupsOf)
    return [
      ...dashboards
        .filter(({ id }) => !loaded.has(id))
        .map(({ file }) => inFile(file, 'no ConfigMap brings this dashboard to Grafana')),
      ...rules
        .filter(({ id }) => !groups.has(id))
        .map(({ file, id }) => inFile(file, `no PrometheusRule brings the group ${id} to Prometheus`)),
    ]
  },
}

/** Documents and dashboards know each other: whoever is woken is sent to a dashboard that exists. */
export const namedDashboardSeam: Seam = {
  name: 'seam/dashboard',
  async find({ files }) {
    const dashboards = await identified(files, 'dashboard', (value) => [textAt(value, 'uid')])
    const pages = files.filter(({ documentation }) => documentation)
    const known = new Set(dashboards.map(({ id }) => id))
    return [
      ...dashboards
        .filter(({ id }) => !pages.some(({ content }) => content.includes(`\`${id}\``)))
        .map(({ file, id }) => inFile(file, `no document says what the dashboard ${id} is for`)),
      ...pages.flatMap((file) =>
        [...file.content.matchAll(/\bdashboard `([\w-]+)`/gi)]
          .filter(([, name = '']) => !known.has(name))
          .map(([said, name = '']) => inFile(file, `there is no dashboard ${name}`, lineOf(file, said))),
      ),
    ]
  },
}

const groupsOf = (value: Json): string[] => listAt(value, 'groups').map((group) => textAt(group, 'name'))

async function identified(
  files: readonly EmittedFile[],
  kind: 'dashboard' | 'prometheus-rules',
  ids: (value: Json) => string[],
): Promise<{ file: EmittedFile; id: string }[]> {
  const found: { file: EmittedFile; id: string }[] = []
  for (const file of files.filter((one) => kindOf(one) === kind))
    for (const { value } of await dataDocuments(file)) for (const id of ids(value)) found.push({ file, id })
  return found
}

/** Uids of dashboards that a ConfigMap holds as text. */
function loadedDashboards(manifests: readonly PlacedManifest[]): Set<string> {
  const uids = new Set<string>()
  for (const { manifest } of manifests.filter((one) => one.manifest.kind === 'ConfigMap'))
    for (const text of Object.values(objectAt(manifest.value, 'data')))
      if (typeof text === 'string' && text.includes('"panels"')) uids.add(uidOf(text))
  return uids
}

function uidOf(text: string): string {
  try {
    return textAt(JSON.parse(text) as Json, 'uid')
  } catch {
    return ''
  }
}
