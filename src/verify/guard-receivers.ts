// Alertmanager goes on telling the same people at least as soon: receivers, routes, silences by inhibition.
import type { EmittedFile, Json } from '../types.js'
import { dataDocuments } from './documents.js'
import { amount } from './guard-directions.js'
import type { GuardRule, Loss } from './guard-subject.js'
import { isObject, listAt, textAt } from './json-value.js'
import { kindOf } from './kinds.js'

interface Route {
  readonly id: string
  readonly value: Json
  readonly line: number | undefined
}

export const receiverRule: GuardRule = {
  name: 'guard/receiver',
  async find({ changes }) {
    const losses: Loss[] = []
    for (const { before, after } of changes) {
      if (before === undefined || kindOf(before) !== 'alertmanager') continue
      const [[was], [is]] = [await dataDocuments(before), await dataDocuments(after)]
      if (was === undefined || is === undefined) continue
      const lost = (reason: string, line?: number): Loss => ({ file: after, line, reason })
      const ways = waysOf(is.value)
      for (const [name, kinds] of waysOf(was.value)) {
        const left = ways.get(name)
        const gone = kinds.filter((kind) => left?.includes(kind) !== true)
        if (gone.length > 0)
          losses.push(lost(`the receiver ${name} is no longer told by ${gone.join(', ')}; keep every way`))
      }
      losses.push(...routesLost(was.value, is, after, ways))
      const [known, quiet] = [
        listAt(was.value, 'inhibit_rules').map((one) => JSON.stringify(one)),
        listAt(is.value, 'inhibit_rules'),
      ]
      for (const [at, rule] of quiet.entries())
        if (!known.includes(JSON.stringify(rule)) && broad(rule))
          losses.push(
            lost(
              'an inhibition silences alerts that have nothing to do with its source; name the target and what is `equal`',
              is.position(['inhibit_rules', at]).line,
            ),
          )
    }
    return losses
  },
}

/** How each receiver is reached. */
function waysOf(value: Json): Map<string, string[]> {
  return new Map(
    listAt(value, 'receivers').map((one) => [
      textAt(one, 'name'),
      isObject(one) ? Object.keys(one).filter((key) => key.endsWith('_configs') && listAt(one, key).length > 0) : [],
    ]),
  )
}

function routesOf(
  value: Json,
  position: (path: readonly (string | number)[]) => { line?: number | undefined },
): Route[] {
  const found: Route[] = []
  const visit = (route: Json | undefined, path: readonly (string | number)[]): void => {
    if (!isObject(route)) return
    const id = path.length === 1 ? '' : JSON.stringify([route.matchers, route.match, route.match_re])
    found.push({ id, value: route, line: position(path).line })
    for (const [at, inner] of listAt(route, 'routes').entries()) visit(inner, [...path, 'routes', at])
  }
  visit(isObject(value) ? value.route : undefined, ['route'])
  return found
}

function routesLost(
  was: Json,
  is: Awaited<ReturnType<typeof dataDocuments>>[number],
  file: EmittedFile,
  ways: ReadonlyMap<string, string[]>,
): Loss[] {
  const now = routesOf(is.value, is.position)
  const before = routesOf(was, () => ({}))
  const said = (id: string) => (id === '' ? 'everything' : id.replace(/[[\]"\\]|,null/g, ''))
  const lost = before.flatMap(({ id, value }): Loss[] => {
    const after = now.find((one) => one.id === id)
    if (after === undefined) return [{ file, reason: `the route of ${said(id)} is gone; keep it` }]
    const told = textAt(after.value, 'receiver')
    const [had, has] = [waysOf(was).get(textAt(value, 'receiver')) ?? [], ways.get(told) ?? []]
    const fewer = had.filter((kind) => !has.includes(kind))
    const later = (['group_wait', 'group_interval', 'repeat_interval'] as const).filter(
      (key) => (amount(textAt(after.value, key)) ?? 0) > (amount(textAt(value, key)) ?? Number.POSITIVE_INFINITY),
    )
    return [
      ...(fewer.length > 0
        ? [
            {
              file,
              line: after.line,
              reason: `${said(id)} goes to ${told}, which is not reached by ${fewer.join(', ')}; keep the receiver`,
            },
          ]
        : []),
      ...later.map((key) => ({
        file,
        line: after.line,
        reason: `${key} of ${said(id)} is longer: people hear of it later; keep it`,
      })),
      ...muted(after.value, value).map((key) => ({
        file,
        line: after.line,
        reason: `${key} silences ${said(id)} at times; keep it open`,
      })),
    ]
  })
  const fresh = now.filter(({ id }) => !before.some((one) => one.id === id))
  return [
    ...lost,
    ...fresh
      .filter(({ value }) => (ways.get(textAt(value, 'receiver')) ?? []).length === 0)
      .map(({ id, value, line }) => ({
        file,
        line,
        reason: `${said(id)} goes to ${textAt(value, 'receiver') || 'no receiver'}, which tells nobody; name one that does`,
      })),
  ]
}

const muted = (is: Json, was: Json): string[] =>
  ['mute_time_intervals', 'active_time_intervals'].filter((key) => listAt(is, key).length > listAt(was, key).length)

/** An inhibition whose targets are not named one by one, nor bound to the same place as its source. */
function broad(rule: Json): boolean {
  const targets = listAt(rule, 'target_matchers').map(String)
  const named =
    targets.some((one) => /^alertname\s*=~?\s*"?[A-Z]/.test(one)) &&
    !targets.some((one) => /alertname\s*=~\s*"?\.[*+]/.test(one))
  return !named && listAt(rule, 'equal').filter((one) => one !== 'severity').length === 0
}
