// Names on the cluster: namespaces, service accounts, services, images and secrets are those of the contract, and somebody makes each.
import type { Contract } from '../spec/contract.js'
import type { EmittedFile } from '../types.js'
import { renderedCharts } from './helm.js'
import { eachObject, listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { onceEach, type PlacedManifest, platformManifests } from './platform-manifests.js'
import { type Finding, inContract, inFile, lineOf, type Seam } from './seam.js'

/** Whether the design has anything for a cluster; without it the contract's names are for nobody yet. */
const hasCluster = (manifests: readonly PlacedManifest[]): boolean => manifests.length > 0

export const namespaceSeam: Seam = {
  name: 'seam/namespace',
  async find({ files, contract }) {
    const manifests = await platformManifests(files)
    if (!hasCluster(manifests)) return []
    const known = new Set(Object.keys(contract.namespaces))
    const made = new Set(
      manifests.filter(({ manifest }) => manifest.kind === 'Namespace').map(({ manifest }) => manifest.name),
    )
    const foreign = foreignNamespaces(manifests)
    return onceEach([
      ...manifests
        .filter(
          ({ manifest: { namespace } }) =>
            namespace !== undefined && !known.has(namespace) && !made.has(namespace) && !foreign.has(namespace),
        )
        .map((one) =>
          inFile(
            one.file,
            `the namespace ${one.manifest.namespace} is neither in the contract nor made by anything`,
            one.line(['metadata', 'namespace']),
          ),
        ),
      ...Object.entries(contract.namespaces)
        .filter(([name]) => !made.has(name))
        .map(([name, { owner }]) => inContract(owner, `no manifest makes the namespace ${name}`)),
    ])
  },
}

/** Namespaces of Kubernetes itself, of Argo CD, and those that its applications are told to create. */
function foreignNamespaces(manifests: readonly PlacedManifest[]): Set<string> {
  const names = new Set(['kube-system', 'argocd', 'default'])
  for (const { manifest } of manifests.filter(
    ({ manifest: { kind } }) => kind === 'Application' || kind === 'AppProject',
  )) {
    names.add(textAt(manifest.value, 'spec', 'destination', 'namespace'))
    for (const one of listAt(manifest.value, 'spec', 'destinations')) names.add(textAt(one, 'namespace'))
  }
  return names
}

export const identitySeam: Seam = {
  name: 'seam/service-account',
  async find({ files, contract }) {
    const manifests = await platformManifests(files)
    if (!hasCluster(manifests)) return []
    const id = (name: string, namespace: string) => `${namespace}/${name}`
    const made = new Set(
      manifests
        .filter(({ manifest }) => manifest.kind === 'ServiceAccount')
        .map(({ manifest: m }) => id(m.name, m.namespace ?? '')),
    )
    const known = new Set(Object.entries(contract.identities).map(([name, one]) => id(name, one.namespace)))
    const findings: Finding[] = []
    for (const { file, manifest, line } of manifests)
      eachObject(manifest.value, (object, path) => {
        const name = textAt(object, 'serviceAccountName')
        if (name === '' || !Array.isArray(object.containers)) return
        const own = id(name, manifest.namespace ?? '')
        if (!made.has(own) && !known.has(own))
          findings.push(
            inFile(
              file,
              `the service account ${own} is neither in the contract nor made by anything`,
              line([...path, 'serviceAccountName']),
            ),
          )
      })
    // Service accounts outside our namespaces come with somebody else's chart.
    for (const [name, { owner, namespace }] of Object.entries(contract.identities))
      if (namespace in contract.namespaces && !made.has(id(name, namespace)))
        findings.push(inContract(owner, `no manifest makes the service account ${id(name, namespace)}`))
    return onceEach(findings)
  },
}

/** `prediction.shop-serving.svc:8080`, wherever it stands. */
const ADDRESS = /\b([a-z0-9][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.svc(?:\.cluster\.local)?(?::(\d+))?/g

export const serviceSeam: Seam = {
  name: 'seam/service',
  async find({ files, contract }) {
    const manifests = await platformManifests(files)
    if (!hasCluster(manifests)) return []
    const known = knownServices(manifests, contract)
    const own = new Set(Object.keys(contract.namespaces))
    const findings = files
      .filter((file) => !file.documentation && kindOf(file) !== 'helm-template')
      .flatMap((file) => addresses(file, own, known))
    for (const { file, text } of await renderedCharts(files))
      findings.push(...addresses({ ...file, content: text }, own, known).map(({ reason }) => inFile(file, reason)))
    for (const [key, { owner, service, namespace }] of Object.entries(contract.services)) {
      const produced = manifests.some(
        ({ manifest: m }) => m.kind === 'Service' && m.name === service && m.namespace === namespace,
      )
      // Operators and charts of others make some; their settings then name them.
      if (
        !produced &&
        !files.some((file) => isSetting(file) && new RegExp(`\\b${service}\\b`).test(file.content)) &&
        !isOperated(service, manifests)
      )
        findings.push(inContract(owner, `nothing makes the service ${service}.${namespace} of services.${key}`))
    }
    return onceEach(findings)
  },
}

const isSetting = (file: EmittedFile) => /(^|\/)operators\/[^/]+\.yaml$/.test(file.path)

/** The Prometheus operator makes one headless service for all of a kind. */
const isOperated = (service: string, manifests: readonly PlacedManifest[]) =>
  service.endsWith('-operated') &&
  manifests.some(({ manifest }) => /^(Prometheus(Rule)?|Alertmanager|Application)$/.test(manifest.kind))

function knownServices(manifests: readonly PlacedManifest[], contract: Contract): Map<string, Set<number>> {
  const known = new Map<string, Set<number>>()
  const add = (name: string, port: number) => known.set(name, (known.get(name) ?? new Set()).add(port))
  for (const { service, namespace, port } of Object.values(contract.services)) add(`${service}.${namespace}`, port)
  for (const { manifest: m } of manifests.filter(({ manifest }) => manifest.kind === 'Service'))
    for (const port of listAt(m.value, 'spec', 'ports'))
      add(`${m.name}.${m.namespace ?? ''}`, Number(objectAt(port).port))
  return known
}

function addresses(
  file: EmittedFile,
  own: ReadonlySet<string>,
  known: ReadonlyMap<string, ReadonlySet<number>>,
): Finding[] {
  return [...file.content.matchAll(ADDRESS)].flatMap(([text, service, namespace = '', port]) => {
    const ports = known.get(`${service}.${namespace}`)
    if (!own.has(namespace)) return []
    if (ports === undefined)
      return [inFile(file, `no service is called ${service} in ${namespace}`, lineOf(file, text))]
    return port !== undefined && !ports.has(Number(port))
      ? [
          inFile(
            file,
            `${service}.${namespace} answers on ${[...ports].join(', ')}, not on ${port}`,
            lineOf(file, text),
          ),
        ]
      : []
  })
}

export const imageSeam: Seam = {
  name: 'seam/image',
  async find({ files, contract }) {
    const manifests = await platformManifests(files)
    if (!hasCluster(manifests)) return []
    const repositories = new Set(Object.values(contract.images).map(({ repository }) => repository))
    const findings: Finding[] = []
    for (const { file, manifest, line } of manifests)
      eachObject(manifest.value, (object, path) => {
        // The stand-in of the registry marks our own images in what is rendered.
        const own = /^registry\.example\.com\/([^:@]+)/.exec(textAt(object, 'image'))?.[1]
        if (own !== undefined && !repositories.has(own))
          findings.push(inFile(file, `the contract has no image ${own}`, line([...path, 'image'])))
      })
    for (const [name, { owner }] of Object.entries(contract.images)) {
      const dockerfile = `docker/${name}.Dockerfile`
      if (!files.some(({ path }) => path === dockerfile))
        findings.push(inContract(owner, `no ${dockerfile} builds images.${name}`))
    }
    const strange = files.filter((file) => {
      const name = /^docker\/([\w-]+)\.Dockerfile$/.exec(file.path)?.[1]
      return name !== undefined && !(name in contract.images)
    })
    findings.push(
      ...strange.map((file) => inFile(file, 'the contract has no image of this name')),
      ...listed(files, contract),
    )
    return onceEach(findings)
  },
}

/** Scripts and workflows go through the images line by line, `<image> <repository>`. */
const IMAGE_LIST = 'docker/images'

function listed(files: readonly EmittedFile[], contract: Contract): Finding[] {
  const list = files.find(({ path }) => path === IMAGE_LIST)
  if (list === undefined)
    return files
      .filter((file) => ['shell', 'workflow'].includes(kindOf(file)) && /\bdocker\/images\b/.test(file.content))
      .map((file) => inFile(file, `${IMAGE_LIST} does not exist`, lineOf(file, IMAGE_LIST)))
  const lines = list.content.split('\n').filter((line) => line !== '')
  const expected = Object.entries(contract.images).map(([name, { repository }]) => `${name} ${repository}`)
  return [
    ...expected.filter((line) => !lines.includes(line)).map((line) => inFile(list, `${line} is missing`)),
    ...lines
      .filter((line) => !expected.includes(line))
      .map((line) => inFile(list, `${line} is no image of the contract`, lineOf(list, line))),
  ]
}

/** Secrets that pods read are made in their namespace, with the key that is read. */
export const clusterSecretSeam: Seam = {
  name: 'seam/cluster-secret',
  async find({ files }) {
    const manifests = await platformManifests(files)
    const made = new Map<string, Set<string> | 'any'>()
    for (const {
      manifest: { kind, name, namespace, value },
    } of manifests) {
      if (kind === 'Secret')
        made.set(
          `${namespace}/${name}`,
          new Set([...Object.keys(objectAt(value, 'data')), ...Object.keys(objectAt(value, 'stringData'))]),
        )
      if (kind !== 'ExternalSecret') continue
      const keys = listAt(value, 'spec', 'data').map((one) => textAt(one, 'secretKey'))
      // What is taken whole, or put together by a template, has keys that only the store knows.
      const open = listAt(value, 'spec', 'dataFrom').length > 0 || 'template' in objectAt(value, 'spec', 'target')
      made.set(`${namespace}/${textAt(value, 'spec', 'target', 'name') || name}`, open ? 'any' : new Set(keys))
    }
    if (made.size === 0) return []
    const findings: Finding[] = []
    for (const { file, manifest, line } of manifests)
      eachObject(manifest.value, (object, path) => {
        for (const kind of ['secretKeyRef', 'secretRef']) {
          const reference = objectAt(object, kind)
          const [name, key] = [textAt(reference, 'name'), textAt(reference, 'key')]
          if (name === '' || reference.optional === true) continue
          const keys = made.get(`${manifest.namespace}/${name}`)
          if (keys === undefined)
            findings.push(
              inFile(file, `nothing makes the secret ${name} in ${manifest.namespace}`, line([...path, kind])),
            )
          else if (key !== '' && keys !== 'any' && !keys.has(key))
            findings.push(inFile(file, `the secret ${name} has no key ${key}`, line([...path, kind])))
        }
      })
    return onceEach(findings)
  },
}
