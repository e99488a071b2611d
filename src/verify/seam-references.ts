// Objects of the cluster that name others: what is named is made by something, and what only exists to be named is named.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { eachObject, type JsonObject, listAt, objectAt, textAt } from './json-value.js'
import { type Kind, kindOf } from './kinds.js'
import { onceEach, type PlacedManifest, platformManifests } from './platform-manifests.js'
import { type Finding, inFile, type Seam } from './seam.js'
import { sameEnvironment, workloadsOf } from './workloads.js'

interface Reference {
  /** Kinds that may carry the name. */
  readonly kinds: readonly string[]
  readonly name: string
  /** Nothing where the kind has no namespace. */
  readonly namespace?: string
}

export const referenceSeam: Seam = {
  name: 'seam/reference',
  async find({ files }) {
    const manifests = await platformManifests(files)
    const workloads = workloadsOf(manifests)
    const findings: Finding[] = []
    const referred = new Set<PlacedManifest>()
    for (const placed of manifests)
      for (const reference of referencesOf(placed)) {
        const { kinds, name, namespace } = reference
        const found = manifests.filter(
          (other) =>
            kinds.includes(other.manifest.kind) &&
            other.manifest.name === name &&
            (namespace === undefined || other.manifest.namespace === namespace) &&
            sameEnvironment(placed, other),
        )
        for (const one of found) referred.add(one)
        const made = workloads.some(
          (one) => kinds.includes(one.kind) && one.name === name && sameEnvironment(placed, one.placed),
        )
        if (found.length === 0 && !made)
          findings.push(
            inFile(
              placed.file,
              `${placed.manifest.kind} ${placed.manifest.name} names the ${kinds[0]} ${name}, which nothing makes`,
            ),
          )
      }
    const wanted = await sidecarLabels(files)
    return onceEach([
      ...findings,
      ...unreferred(manifests, referred, files, wanted),
      ...wanted
        .filter(({ label }) => !manifests.some(({ manifest }) => label in labelsOf(manifest.value)))
        .map(({ file, label }) => inFile(file, `nothing has the label ${label} that is looked for here`)),
    ])
  },
}

const labelsOf = (value: Json): JsonObject => objectAt(value, 'metadata', 'labels')

/** Kinds that workloads are scaled and mounted by, with the fields that name others. */
function referencesOf(placed: PlacedManifest): Reference[] {
  const { kind, namespace = '', value } = placed.manifest
  const here = (kinds: readonly string[], name: string): Reference[] =>
    name === '' ? [] : [{ kinds, name, namespace }]
  const scaled = (field: string) =>
    here([textAt(value, 'spec', field, 'kind') || 'Deployment'], textAt(value, 'spec', field, 'name'))
  switch (kind) {
    case 'HorizontalPodAutoscaler':
    case 'ScaledObject':
      return scaled('scaleTargetRef')
    case 'VerticalPodAutoscaler':
      return scaled('targetRef')
    case 'Rollout':
      return [
        ...scaled('workloadRef').filter(() => 'workloadRef' in objectAt(value, 'spec')),
        ...rolloutReferences(value, here),
        ...podReferences(value, here),
      ]
    case 'VirtualService':
    case 'DestinationRule':
      return hosts(value).flatMap((host) => addressed(host, namespace))
    case 'StatefulSet':
      return [...here(['Service'], textAt(value, 'spec', 'serviceName')), ...podReferences(value, here)]
    case 'PersistentVolumeClaim':
      return [
        ...cluster('StorageClass', textAt(value, 'spec', 'storageClassName')),
        ...cluster('PersistentVolume', textAt(value, 'spec', 'volumeName')),
      ]
    case 'TrainJob':
      return here([textAt(value, 'spec', 'runtimeRef', 'kind')], textAt(value, 'spec', 'runtimeRef', 'name'))
    case 'ExternalSecret':
      // What is generated on the cluster comes from no store.
      return textAt(value, 'spec', 'secretStoreRef', 'name') === ''
        ? []
        : [
            {
              kinds: [textAt(value, 'spec', 'secretStoreRef', 'kind') || 'SecretStore'],
              name: textAt(value, 'spec', 'secretStoreRef', 'name'),
            },
          ]
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return BUILT_IN.test(textAt(value, 'roleRef', 'name'))
        ? []
        : [{ kinds: [textAt(value, 'roleRef', 'kind')], name: textAt(value, 'roleRef', 'name') }]
    default:
      return podReferences(value, here)
  }
}

/** Roles, priorities and classes that a cluster has by itself. */
const BUILT_IN = /^(view|edit|admin|cluster-admin|system[-:].*)$/

const cluster = (kind: string, name: string): Reference[] =>
  name === '' || BUILT_IN.test(name) ? [] : [{ kinds: [kind], name }]

type Here = (kinds: readonly string[], name: string) => Reference[]

function rolloutReferences(value: JsonObject, here: Here): Reference[] {
  const found: Reference[] = []
  eachObject(objectAt(value, 'spec', 'strategy') as Json, (object) => {
    for (const key of ['stableService', 'canaryService', 'activeService', 'previewService'])
      found.push(...here(['Service'], textAt(object, key)))
    found.push(
      ...here(['AnalysisTemplate', 'ClusterAnalysisTemplate'], textAt(object, 'templateName')),
      ...here(['VirtualService'], textAt(object, 'virtualService', 'name')),
    )
  })
  return found
}

/** What pods need to start: settings, volumes, storage, a priority. */
function podReferences(value: JsonObject, here: Here): Reference[] {
  const found: Reference[] = []
  eachObject(value as Json, (object) => {
    for (const key of ['configMap', 'configMapRef', 'configMapKeyRef']) {
      const named = objectAt(object, key)
      if (named.optional !== true) found.push(...here(['ConfigMap'], textAt(named, 'name')))
    }
    found.push(
      ...here(['PersistentVolumeClaim'], textAt(object, 'persistentVolumeClaim', 'claimName')),
      ...cluster('PriorityClass', Array.isArray(object.containers) ? textAt(object, 'priorityClassName') : ''),
    )
    for (const claim of listAt(object, 'volumeClaimTemplates'))
      found.push(...cluster('StorageClass', textAt(claim, 'spec', 'storageClassName')))
  })
  return found
}

function hosts(value: JsonObject): string[] {
  const found = [textAt(value, 'spec', 'host')]
  eachObject(value as Json, (object) => found.push(textAt(object, 'destination', 'host')))
  return found.filter((host) => host !== '')
}

/** `service`, `service.namespace` or its whole name; a host outside of the cluster is nobody's Service. */
function addressed(host: string, namespace: string): Reference[] {
  const [name = '', other = namespace, ...rest] = host.split('.')
  return rest.length > 0 && rest[0] !== 'svc' ? [] : [{ kinds: ['Service'], name, namespace: other }]
}

/** Labels by which a sidecar of somebody else's chart looks for what it loads (`sidecar: {dashboards: {label: …}}`). */
async function sidecarLabels(files: readonly EmittedFile[]): Promise<{ file: EmittedFile; label: string }[]> {
  const found: { file: EmittedFile; label: string }[] = []
  for (const file of files.filter((one) => !one.documentation && ['yaml', 'helm-values'].includes(kindOf(one))))
    for (const { value } of /^\s*sidecar:/m.test(file.content) ? await dataDocuments(file) : [])
      eachObject(value, (object) => {
        for (const one of Object.values(objectAt(object, 'sidecar')))
          if (textAt(one, 'label') !== '') found.push({ file, label: textAt(one, 'label') })
      })
  return found
}

/** Kinds that do nothing by themselves: they are there to be named. */
const NAMED = /^(ConfigMap|AnalysisTemplate|PriorityClass|PersistentVolumeClaim|StorageClass|Cluster?SecretStore)$/

function unreferred(
  manifests: readonly PlacedManifest[],
  referred: ReadonlySet<PlacedManifest>,
  files: readonly EmittedFile[],
  sidecars: readonly { label: string }[],
): Finding[] {
  // Named in one environment is enough: what another one switches off stays ready there.
  const names = new Set([...referred].map(({ manifest }) => idOf(manifest)))
  return manifests
    .filter(({ manifest }) => NAMED.test(manifest.kind) && !names.has(idOf(manifest)))
    .filter(({ manifest }) => !sidecars.some(({ label }) => label in labelsOf(manifest.value)))
    .filter(({ manifest }) => !isDefault(manifest.value))
    .filter(({ file, manifest }) => !isNamedElsewhere(file, manifest.name, files))
    .map(({ file, manifest: { kind, name } }) => inFile(file, `nothing uses the ${kind} ${name}`))
}

const idOf = ({ kind, name, namespace = '' }: PlacedManifest['manifest']) => `${kind} ${namespace}/${name}`

const isDefault = (value: Json) =>
  textAt(value, 'metadata', 'annotations', 'storageclass.kubernetes.io/is-default-class') === 'true'

/** Settings of pods that are made at run time name objects too, and templates that another choice of values renders. */
const isNamedElsewhere = (own: EmittedFile, name: string, files: readonly EmittedFile[]): boolean => {
  // As a value, of any key but those that give a name instead of taking it.
  const value = new RegExp(`(?<!\\bname|\\bnamespace): *["']?${name.replace(/[.]/g, '\\.')}["']? *($|[,}\\]#])`, 'm')
  return files.some(
    (other) =>
      other !== own &&
      NAMING.includes(kindOf(other)) &&
      !['contract.yaml', 'spec.yaml'].includes(other.path) &&
      other.content.includes(name) &&
      value.test(other.content),
  )
}

const NAMING: readonly Kind[] = ['yaml', 'helm-values', 'helm-template', 'kubernetes']
