// Delivery by Git: Argo CD installs every chart and overlay of this repository, from files that exist, and reads every file of values.
import { posix } from 'node:path'
import type { Contract } from '../spec/contract.js'
import type { EmittedFile, Json } from '../types.js'
import { type Application, applicationsOf } from './applications.js'
import { type Chart, chartsOf } from './charts.js'
import { dataDocuments } from './documents.js'
import { listAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { onceEach, type PlacedManifest, platformManifests } from './platform-manifests.js'
import { type Finding, inContract, inFile, type Seam } from './seam.js'

export const applicationSeam: Seam = {
  name: 'wired/application',
  async find({ files, contract }) {
    const charts = await chartsOf(files)
    const manifests = await platformManifests(delivery(files, charts))
    const applications = applicationsOf(manifests)
    if (applications.length === 0) return charts.length === 0 ? [] : missingCharts(charts, contract, new Set())
    const delivering = new Set(applications.map(({ file }) => file.path))
    return onceEach([
      ...missingCharts(charts, contract, delivering),
      ...missingSources(applications, files),
      ...forbidden(applications, manifests),
      ...uninstalledCharts(charts, applications),
      ...(await unbuiltOverlays(files, applications)),
      ...environmentGaps(charts),
      ...unreadValues(files, applications),
    ])
  },
}

/** Only charts that hold Applications have to be rendered, which is the dear part. */
function delivery(files: readonly EmittedFile[], charts: readonly Chart[]): EmittedFile[] {
  const silent = charts.filter(
    ({ files: own }) => !own.some(({ content }) => /^kind: App(lication|Project)$/m.test(content)),
  )
  const left = new Set(silent.flatMap((chart) => chart.files))
  return files.filter((file) => !left.has(file))
}

/** The charts of the contract are those of the repository; only what holds Applications is in nobody's contract. */
function missingCharts(charts: readonly Chart[], contract: Contract, delivering: ReadonlySet<string>): Finding[] {
  const named = new Set(charts.map(({ name }) => name))
  return [
    ...Object.entries(contract.charts)
      .filter(([name]) => !named.has(name))
      .map(([name, { owner }]) => inContract(owner, `there is no Chart.yaml of the chart ${name}`)),
    ...charts
      .filter(({ name, files }) => !(name in contract.charts) && !files.some(({ path }) => delivering.has(path)))
      .flatMap((chart) => onChart(chart, `the contract has no chart ${chart.name}`)),
  ]
}

const onChart = ({ files, folder }: Chart, reason: string): Finding[] =>
  files.filter(({ path }) => path === `${folder}/Chart.yaml`).map((file) => inFile(file, reason))

function missingSources(applications: readonly Application[], files: readonly EmittedFile[]): Finding[] {
  const paths = new Set(files.map(({ path }) => path))
  return applications.flatMap(({ file, name, environment, sources }) => {
    const where = environment === undefined ? name : `${name} in ${environment}`
    return sources.flatMap(({ path, valueFiles }) => [
      ...(path === '' || ['Chart.yaml', 'kustomization.yaml'].some((one) => paths.has(`${path}/${one}`))
        ? []
        : [inFile(file, `the application ${where} installs ${path}, which is neither a chart nor a kustomization`)]),
      ...valueFiles
        .filter((one) => !paths.has(one))
        .map((one) => inFile(file, `the application ${where} reads the values ${one}, which do not exist`)),
    ])
  })
}

/** An AppProject says from where and to where; Argo CD refuses an Application of a project that does not. */
function forbidden(applications: readonly Application[], manifests: readonly PlacedManifest[]): Finding[] {
  return applications.flatMap(({ file, environment, name, project, namespace, sources }) => {
    // The project `default` comes with Argo CD and forbids nothing.
    if (project === 'default') return []
    const found = manifests.find(
      ({ manifest, environment: other }) =>
        manifest.kind === 'AppProject' && manifest.name === project && other === environment,
    )
    if (found === undefined) return [inFile(file, `the application ${name} belongs to no project ${project}`)]
    const { value } = found.manifest
    const allows = (list: readonly Json[], wanted: string, key?: string) =>
      list.some((one) => ['*', wanted].includes(key === undefined ? String(one) : textAt(one, key)))
    return [
      ...(namespace === '' || allows(listAt(value, 'spec', 'destinations'), namespace, 'namespace')
        ? []
        : [inFile(file, `the project ${project} does not let the application ${name} into ${namespace}`)]),
      ...sources
        .filter(({ repository }) => !allows(listAt(value, 'spec', 'sourceRepos'), repository))
        .map(({ repository }) =>
          inFile(file, `the project ${project} does not let the application ${name} take from ${repository}`),
        ),
    ]
  })
}

function uninstalledCharts(charts: readonly Chart[], applications: readonly Application[]): Finding[] {
  const installed = new Set(applications.flatMap(({ sources }) => sources.map(({ path }) => path)))
  return charts
    .filter(({ folder }) => !installed.has(folder))
    .flatMap((chart) => onChart(chart, `no application of Argo CD installs the chart ${chart.name}`))
}

/** A kustomization that neither another one nor an Application builds on never reaches a cluster. */
async function unbuiltOverlays(
  files: readonly EmittedFile[],
  applications: readonly Application[],
): Promise<Finding[]> {
  const kustomizations = files.filter((file) => kindOf(file) === 'kustomization')
  const built = new Set(applications.flatMap(({ sources }) => sources.map(({ path }) => path)))
  for (const file of kustomizations)
    for (const { value } of await dataDocuments(file))
      for (const one of [...listAt(value, 'resources'), ...listAt(value, 'components')])
        built.add(posix.join(posix.dirname(file.path), String(one)))
  return kustomizations
    .filter((file) => !built.has(posix.dirname(file.path)))
    .map((file) => inFile(file, 'neither an application of Argo CD nor another kustomization builds on this one'))
}

/** A chart that is given values in one environment is given them in all: a missing file is a release that fails there. */
function environmentGaps(charts: readonly Chart[]): Finding[] {
  const all = new Set(charts.flatMap(({ environments }) => environments.map(({ name }) => name)))
  return charts
    .filter(({ environments }) => environments.length > 0)
    .flatMap((chart) =>
      [...all]
        .filter((name) => !chart.environments.some((one) => one.name === name && one.values.some(isOf(chart))))
        .flatMap((name) => onChart(chart, `the chart ${chart.name} has no values for the environment ${name}`)),
    )
}

const isOf =
  ({ name }: Chart) =>
  (file: EmittedFile) =>
    posix.basename(file.path, '.yaml') === name

/** Where Applications read values, each file is read by one of them, or named by whoever runs before Argo CD does. */
function unreadValues(files: readonly EmittedFile[], applications: readonly Application[]): Finding[] {
  const read = new Set(applications.flatMap(({ sources }) => sources.flatMap(({ valueFiles }) => valueFiles)))
  const folders = new Set([...read].map((path) => posix.dirname(path)))
  return files
    .filter(({ path }) => folders.has(posix.dirname(path)) && !read.has(path))
    .filter(({ path }) => !files.some((other) => !other.documentation && other.content.includes(path)))
    .map((file) => inFile(file, 'no application of Argo CD reads these values'))
}
