// Writes validators/kubernetes.json.br: the structural schemas of every kind that the toolchain knows, as one compact file.
// Usage: node scripts/kubernetes-schemas.mjs [folder of the toolchain, default: $MLOPS_TOOLCHAIN] [file to write]
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import zlib from 'node:zlib'
import { parseAllDocuments } from 'yaml'

/** What these kinds' schemas were read from; the toolchain's README names it. */
const VERSION = '1.34.4'

/** Groups of Kubernetes itself by the short form that the file names carry; all others end in .k8s.io. */
const CORE_GROUPS = {
  '': '',
  apps: 'apps',
  autoscaling: 'autoscaling',
  batch: 'batch',
  policy: 'policy',
  rbac: 'rbac.authorization.k8s.io',
  flowcontrol: 'flowcontrol.apiserver.k8s.io',
}

/** The compact text, `name<TAB>schema` in each line; lines are sorted, so that the same toolchain gives the same bytes. */
export async function kubernetesSchemas(toolchain) {
  const folder = path.join(toolchain, 'schemas', 'kubernetes')
  const custom = await customKinds(path.join(toolchain, 'crds'))
  const kinds = {}
  const definitions = {}
  for (const name of (await readdir(folder)).sort()) {
    const { definitions: own = {}, ...schema } = JSON.parse(await readFile(path.join(folder, name), 'utf8'))
    for (const [key, value] of Object.entries(own)) {
      const before = definitions[key]
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(value))
        throw new Error(`two kinds define ${key} differently; the compact file holds one definition of each name`)
      definitions[key] = value
    }
    const { apiVersion, kind } = custom.get(name.replace(/\.json$/, '')) ?? coreKind(name)
    kinds[`${apiVersion}/${kind}`] = schema
  }
  return [`version\t${JSON.stringify(VERSION)}`, ...lines(kinds), ...lines(definitions)].join('\n')
}

/** A line for each schema, so that only those in use have to be parsed. */
const lines = (entries) =>
  Object.entries(entries)
    .map(([name, schema]) => `${name}\t${JSON.stringify(schema)}`)
    .sort()

async function customKinds(folder) {
  const found = new Map()
  for (const name of (await readdir(folder)).sort()) {
    for (const document of parseAllDocuments(await readFile(path.join(folder, name), 'utf8'))) {
      const crd = document.toJS()
      if (crd?.kind !== 'CustomResourceDefinition') continue
      const { group, names, versions } = crd.spec
      for (const { name: version } of versions)
        found.set(`${names.kind.toLowerCase()}-${group.split('.')[0]}-${version}`, {
          apiVersion: `${group}/${version}`,
          kind: names.kind,
        })
    }
  }
  return found
}

/** File names are lower case; the kind's own spelling is in the names of the definitions that the file holds. */
const SPELLING =
  'APIService Binding CertificateSigningRequest ClusterRole ClusterRoleBinding ComponentStatus ConfigMap ControllerRevision CronJob CSIDriver CSINode CSIStorageCapacity CustomResourceDefinition DaemonSet Deployment DeviceClass Endpoints EndpointSlice Event Eviction FlowSchema HorizontalPodAutoscaler Ingress IngressClass IPAddress Job Lease LimitRange LocalSubjectAccessReview MutatingWebhookConfiguration Namespace NetworkPolicy Node PersistentVolume PersistentVolumeClaim Pod PodDisruptionBudget PodTemplate PriorityClass PriorityLevelConfiguration ReplicaSet ReplicationController ResourceClaim ResourceClaimTemplate ResourceQuota ResourceSlice Role RoleBinding RuntimeClass Scale Secret SelfSubjectAccessReview SelfSubjectReview SelfSubjectRulesReview Service ServiceAccount ServiceCIDR StatefulSet StorageClass SubjectAccessReview TokenRequest TokenReview ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment VolumeAttributesClass'.split(
    ' ',
  )

function coreKind(name) {
  const [kind, ...rest] = name.replace(/\.json$/, '').split('-')
  const version = rest.pop()
  const short = rest.join('-')
  const group = CORE_GROUPS[short] ?? `${short}.k8s.io`
  const spelled = SPELLING.find((one) => one.toLowerCase() === kind)
  if (spelled === undefined) throw new Error(`${name}: expected a kind of Kubernetes or of a CRD, got ${kind}`)
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind: spelled }
}

if (process.argv[1] === import.meta.filename) {
  const toolchain = process.argv[2] ?? process.env.MLOPS_TOOLCHAIN
  if (toolchain === undefined) throw new Error('name the folder of the toolchain, or set MLOPS_TOOLCHAIN')
  const target = process.argv[3] ?? path.join(import.meta.dirname, '..', 'validators', 'kubernetes.json.br')
  const text = await kubernetesSchemas(toolchain)
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = zlib.constants
  const packed = zlib.brotliCompressSync(text, { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24 } })
  await writeFile(target, packed)
  console.log(`${path.relative(process.cwd(), target)}: ${packed.length} bytes, ${text.length} unpacked`)
}
