// Rules about pods, wherever a kind holds them: a Deployment, an InferenceService and a PyTorchJob all have `containers` somewhere inside.
import type { Json } from '../types.js'
import { eachObject, type JsonObject, listAt, objectAt, textAt } from './json-value.js'
import type { Path, StructuralProblem } from './structural.js'

const problem = (path: Path, message: string): StructuralProblem => ({ path, message })

export function podProblems(value: Json): StructuralProblem[] {
  const found: StructuralProblem[] = []
  // A StatefulSet makes a volume for each of these.
  const claims = listAt(value, 'spec', 'volumeClaimTemplates').map((one) => textAt(one, 'metadata', 'name'))
  eachObject(value, (object, path) => {
    if (Array.isArray(object.containers) && object.containers.every((one) => textAt(one, 'name') !== ''))
      found.push(...podSpec(object, path, claims))
  })
  return found
}

interface Container {
  readonly value: JsonObject
  readonly path: Path
}

function podSpec(spec: JsonObject, path: Path, claims: readonly string[]): StructuralProblem[] {
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    listAt(spec, list).map(
      (_, index): Container => ({ value: objectAt(spec, list, index), path: [...path, list, index] }),
    ),
  )
  const volumes = listAt(spec, 'volumes').map((one) => textAt(one, 'name'))
  const names = containers.map(({ value }) => textAt(value, 'name'))
  return [
    ...twice(names, 'two containers are called', [...path, 'containers']),
    ...twice(volumes, 'two volumes are called', [...path, 'volumes']),
    ...volumes
      .filter((name) => !containers.some(({ value }) => mounts(value).includes(name)))
      .map((name) => problem([...path, 'volumes'], `no container mounts the volume ${name}`)),
    ...containers.flatMap((one) => container(one, [...volumes, ...claims])),
  ]
}

const mounts = (value: JsonObject) =>
  [...listAt(value, 'volumeMounts'), ...listAt(value, 'volumeDevices')].map((one) => textAt(one, 'name'))

function container({ value, path }: Container, volumes: readonly string[]): StructuralProblem[] {
  const ports = listAt(value, 'ports').map((one) => textAt(one, 'name'))
  return [
    ...twice(
      listAt(value, 'env').map((one) => textAt(one, 'name')),
      'one container sets twice',
      [...path, 'env'],
    ),
    ...twice(ports, 'two ports are called', [...path, 'ports']),
    ...twice(
      listAt(value, 'volumeMounts').map((one) => textAt(one, 'mountPath')),
      'two volumes are mounted at',
      [...path, 'volumeMounts'],
    ),
    ...mounts(value)
      .filter((name) => !volumes.includes(name) && !isBroughtLater(name))
      .map((name) => problem([...path, 'volumeMounts'], `the pod has no volume ${name}`)),
    ...probePorts(value, ports).map((name) => problem(path, `a probe asks the port ${name}, which no port is called`)),
    ...resources(value, path),
  ]
}

/** Volumes that an operator adds to the pods that it makes. */
const isBroughtLater = (name: string) => /^kserve-/.test(name)

function probePorts(value: JsonObject, ports: readonly string[]): string[] {
  return ['livenessProbe', 'readinessProbe', 'startupProbe']
    .flatMap((probe) => ['httpGet', 'tcpSocket'].map((way) => textAt(value, probe, way, 'port')))
    .filter((port) => port !== '' && !ports.includes(port))
}

function twice(names: readonly string[], what: string, path: Path): StructuralProblem[] {
  return [...new Set(names.filter((name, index) => name !== '' && names.indexOf(name) !== index))].map((name) =>
    problem(path, `${what} ${name}`),
  )
}

function resources(value: JsonObject, path: Path): StructuralProblem[] {
  const requests = objectAt(value, 'resources', 'requests')
  const limits = objectAt(value, 'resources', 'limits')
  const found: StructuralProblem[] = []
  for (const [part, entries] of Object.entries({ requests, limits }))
    for (const [name, amount] of Object.entries(entries))
      if (quantity(amount) === undefined)
        found.push(
          problem([...path, 'resources', part, name], `expected a quantity such as 500m or 2Gi, got ${amount}`),
        )
  for (const [name, amount] of Object.entries(requests)) {
    const [asked, allowed] = [quantity(amount), quantity(limits[name])]
    if (asked !== undefined && allowed !== undefined && asked > allowed)
      found.push(
        problem(
          [...path, 'resources', 'requests', name],
          `the request ${amount} of ${name} is over its limit ${limits[name]}`,
        ),
      )
  }
  return found
}

const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** Number of units in a quantity of Kubernetes, or nothing where it is none. */
export function quantity(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const [, digits, suffix = ''] = /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?\.\d+)([a-zA-Z]{0,2})$/.exec(value) ?? []
  const factor = SUFFIXES[suffix]
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor
}
