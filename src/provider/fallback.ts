// An ordered list of models that is asked as one: the next gets the request where one refuses or cannot answer.
import type { Failure, Model, Turn } from './turn.js'

/** With these another model may do better. A bad request stays one, and a reply that was only cut is worth keeping. */
const ELSEWHERE: ReadonlySet<Failure> = new Set(['key', 'model', 'context', 'rate', 'server', 'network', 'time'])

type NoAnswer = Extract<Turn, { reason: string }>

export function withFallback(models: readonly [Model, ...Model[]]): Model {
  const [first, ...rest] = models
  if (rest.length === 0) return first
  /** Refused for their key or their name, which stay the same for all calls. */
  const dead = new Set<string>()
  return {
    name: first.name,
    async turn(request, watch) {
      // Those that will never answer are only asked where nobody else is left.
      const alive = models.filter(({ name }) => !dead.has(name))
      const said: string[] = []
      let last: NoAnswer | undefined
      for (const model of alive.length > 0 ? alive : models) {
        if (last !== undefined) watch.onAgain?.(`${said.at(-1)}; next: ${model.name}`, 0)
        const turn = await model.turn(request, watch)
        if (!goesOn(turn)) return turn
        if (turn.outcome === 'failed' && (turn.failure === 'key' || turn.failure === 'model')) dead.add(model.name)
        said.push(`${model.name}: ${turn.reason}`)
        last = turn
      }
      // At least one model was asked, so there is a last answer.
      return last === undefined ? first.turn(request, watch) : withAll(last, said)
    },
  }
}

const withAll = (turn: NoAnswer, said: readonly string[]): Turn => ({ ...turn, reason: said.join(' | ') })

function goesOn(turn: Turn): turn is NoAnswer {
  if (turn.outcome === 'failed') return ELSEWHERE.has(turn.failure)
  return turn.outcome === 'refused' || turn.outcome === 'invalid'
}
