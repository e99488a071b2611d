// Pods keep their sizes, their probes and their lack of rights.
import type { Json } from '../types.js'
import { clusterObjects, podsOf } from './guard-objects.js'
import { type GuardRule, type Loss, readAll } from './guard-subject.js'
import { at, listAt, objectAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'
import { quantity } from './kubernetes-pods.js'

type Pod = { [key: string]: Json }

export const podRule: GuardRule = {
  name: 'guard/pod',
  async find({ before, after, changes }) {
    const losses: Loss[] = []
    const was = (await readAll(before, clusterObjects)).flat()
    for (const object of (await readAll(after, clusterObjects)).flat()) {
      const old = was.find(({ id }) => id === object.id)
      const pods = old === undefined ? [] : podsOf(old.value)
      for (const { path, pod } of podsOf(object.value)) {
        const same = pods.find((one) => one.path === path)?.pod
        for (const reason of podWeakened(same, pod))
          losses.push({ file: object.file, line: object.line, reason: `${object.id}: ${reason}` })
      }
    }
    for (const change of changes)
      losses.push(
        ...imageWeakened(change.before?.content, change.after.content).map((reason) => ({
          file: change.after,
          reason: kindOf(change.after) === 'dockerfile' ? reason : '',
        })),
      )
    return losses.filter(({ reason }) => reason !== '')
  },
}

/** `was` is absent where the pod is new: then only what is harmful by itself counts. */
function podWeakened(was: Pod | undefined, is: Pod): string[] {
  const found: string[] = []
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (is[key] === true && was?.[key] !== true) found.push(`${key} opens the node; leave it off`)
  const paths = (pod: Pod | undefined) =>
    listAt(pod, 'volumes').filter((one) => at(one, 'hostPath') !== undefined).length
  if (paths(is) > paths(was)) found.push('a folder of the node is mounted; use a volume of the cluster')
  if (was?.automountServiceAccountToken === false && is.automountServiceAccountToken !== false)
    found.push('the pod gets a token of the cluster; keep automountServiceAccountToken: false')
  found.push(...contextWeakened(objectAt(was, 'securityContext'), objectAt(is, 'securityContext'), was !== undefined))
  for (const list of ['initContainers', 'containers'])
    for (const container of listAt(is, list)) {
      const name = textAt(container, 'name')
      const old = listAt(was, list).find((one) => textAt(one, 'name') === name)
      found.push(...containerWeakened(old, container).map((reason) => `${name}: ${reason}`))
    }
  return found
}

function containerWeakened(was: Json | undefined, is: Json): string[] {
  const found = contextWeakened(objectAt(was, 'securityContext'), objectAt(is, 'securityContext'), was !== undefined)
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
    if (at(was, probe) !== undefined && at(is, probe) === undefined) found.push(`its ${probe} is gone; keep it`)
  for (const part of ['requests', 'limits'])
    for (const [name, amount] of Object.entries(objectAt(was, 'resources', part))) {
      const now = at(is, 'resources', part, name)
      const [before, after] = [quantity(amount), quantity(now)]
      if (now === undefined && at(is, 'resources') !== null)
        found.push(`resources.${part}.${name} (${String(amount)}) is gone; keep it`)
      else if (before !== undefined && after !== undefined && after > before * 10)
        found.push(
          `resources.${part}.${name} went from ${String(amount)} to ${String(now)}; state the size in the requirements`,
        )
    }
  return found
}

const SAFE: Readonly<Record<string, boolean>> = {
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  privileged: false,
}

function contextWeakened(
  was: { readonly [key: string]: Json },
  is: { readonly [key: string]: Json },
  existed: boolean,
): string[] {
  const found: string[] = []
  for (const [key, safe] of Object.entries(SAFE)) {
    if (is[key] === !safe && was[key] !== !safe)
      found.push(`securityContext.${key} is ${String(!safe)}; it has to be ${String(safe)}`)
    else if (was[key] === safe && is[key] !== safe)
      found.push(`securityContext.${key}: ${String(safe)} is gone; keep it`)
  }
  if (is.runAsUser === 0 && was.runAsUser !== 0) found.push('it runs as root; keep the user')
  const dropped = (context: typeof was) => listAt(context, 'capabilities', 'drop').map(String)
  if (existed && dropped(was).includes('ALL') && !dropped(is).includes('ALL'))
    found.push('capabilities are no longer dropped; keep drop: [ALL]')
  if (listAt(is, 'capabilities', 'add').length > listAt(was, 'capabilities', 'add').length)
    found.push('it gets more capabilities; do without')
  const profile = (context: typeof was) => textAt(context, 'seccompProfile', 'type')
  if (existed && profile(was) !== '' && (profile(is) === '' || profile(is) === 'Unconfined'))
    found.push('its seccomp profile is gone; keep it')
  return found
}

/** An image goes on running as somebody without rights, and says whether it is well. */
function imageWeakened(was: string | undefined, is: string): string[] {
  const users = (text: string) => [...text.matchAll(/^USER\s+(\S+)/gim)].map(([, user]) => user ?? '')
  const last = users(is).at(-1)
  const found: string[] = []
  if (/^(root|0)(:|$)/.test(last ?? '')) found.push('the image runs as root; end with the USER of the baseline')
  else if (was !== undefined && users(was).length > 0 && last === undefined)
    found.push('USER is gone, so the image runs as root; keep it')
  if (was !== undefined && /^HEALTHCHECK\s+(?!NONE)/im.test(was) && !/^HEALTHCHECK\s+(?!NONE)/im.test(is))
    found.push('HEALTHCHECK is gone; keep it')
  return found
}
