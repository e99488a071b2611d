// Rules and dashboards that lie in a repository watch nothing: each reaches the cluster, and people are told which dashboard is for what.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { type PlacedManifest, platformManifests } from './platform-manifests.js'
import { type Finding, inFile, lineOf, type Seam } from './seam.js'

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
    const pages = files.filter(({ documentation }) => documentation)
    return [
      ...dashboards
        .filter(({ id }) => !loaded.has(id))
        .map(({ file }) => inFile(file, 'no ConfigMap brings this dashboard to Grafana')),
      ...rules
        .filter(({ id }) => !groups.has(id))
        .map(({ file, id }) => inFile(file, `no PrometheusRule brings the group ${id} to Prometheus`)),
      ...dashboards
        .filter(({ id }) => !pages.some(({ content }) => content.includes(`\`${id}\``)))
        .map(({ file, id }) => inFile(file, `no document says what the dashboard ${id} is for`)),
      ...unknownDashboards(pages, new Set(dashboards.map(({ id }) => id))),
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

/** `dashboard \`name\`` in a document is a dashboard that exists. */
const unknownDashboards = (pages: readonly EmittedFile[], known: ReadonlySet<string>): Finding[] =>
  known.size === 0 && !pages.some(({ content }) => SAID.test(content))
    ? []
    : pages.flatMap((file) =>
        [...file.content.matchAll(new RegExp(SAID, 'g'))]
          .filter(([, name = '']) => !known.has(name))
          .map(([said, name = '']) => inFile(file, `there is no dashboard ${name}`, lineOf(file, said))),
      )

const SAID = /\b[Dd]ashboard `([\w-]+)`/
