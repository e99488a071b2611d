// How a release is tried out before everybody gets it, where a chart's values say so.
import type { Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { layered } from './guard-layers.js'
import { isStated } from './guard-stated.js'
import type { GuardRule, Loss } from './guard-subject.js'
import { at, isObject, listAt, numberAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'

const CAREFUL = ['canary', 'shadow', 'ab', 'blue-green', 'bluegreen']

export const rolloutRule: GuardRule = {
  name: 'guard/rollout',
  async find({ changes, project, about }) {
    const losses: Loss[] = []
    for (const { before, after } of changes) {
      if (before === undefined || kindOf(after) !== 'helm-values') continue
      const [[old], [now]] = [await dataDocuments(before), await dataDocuments(after)]
      if (old === undefined || now === undefined) continue
      const was = at((await layered(old, before, project)).value, 'rollout')
      const is = at((await layered(now, after, project)).value, 'rollout')
      if (was === undefined) continue
      const lost = (reason: string, ...path: string[]) =>
        losses.push({ file: after, line: now.position(['rollout', ...path]).line, reason })
      if (!isObject(is)) {
        lost('`rollout` is gone: a release would meet everybody at once; keep it')
        continue
      }
      const [strategy, next] = [textAt(was, 'strategy'), textAt(is, 'strategy')]
      if (CAREFUL.includes(strategy) && !CAREFUL.includes(next))
        lost(
          `rollout.strategy went from ${strategy} to ${next || 'none'}: a release would meet everybody at once; keep it`,
          'strategy',
        )
      for (const reason of moves(was, is)) lost(reason, 'canary')
      for (const [key, value] of Object.entries(isObject(was) ? (at(was, 'analysis') ?? {}) : {})) {
        const later = numberAt(is, 'analysis', key)
        if (at(is, 'analysis', key) === undefined) lost(`rollout.analysis.${key} is gone; keep it`, 'analysis')
        else if (later !== undefined && later > Number(value) && !isStated(about.stated, later, `rollout ${key}`))
          lost(
            `rollout.analysis.${key} went from ${Number(value)} to ${later}: a bad release would be taken back later; keep it`,
            'analysis',
            key,
          )
      }
    }
    return losses
  },
}

/** A canary starts no larger, has no fewer moves and waits no less between them. */
function moves(was: Json, is: Json): string[] {
  const weights = (value: Json) => listAt(value, 'canary', 'weights').map(Number)
  const [before, after] = [weights(was), weights(is)]
  const [minutes, next] = [numberAt(was, 'canary', 'minutes'), numberAt(is, 'canary', 'minutes')]
  const found: string[] = []
  if (after.length < before.length)
    found.push(`the canary has ${after.length} moves and no longer ${before.length}; keep them`)
  if ((after[0] ?? 100) > (before[0] ?? 100))
    found.push(
      `the canary starts with ${after[0] ?? 100} % and no longer with ${before[0]} %; keep the first move small`,
    )
  if (minutes !== undefined && (next === undefined || next < minutes))
    found.push(`the canary waits ${next ?? 0} minutes and no longer ${minutes}; keep them`)
  return found
}
