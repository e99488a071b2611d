// A server may send back what it was sent, the key too. A reply with the key in it is no reply: it would be recorded, and put into files.
import type { Caller } from './call.js'
import { formsOf } from './redact.js'

/** A shorter one is no secret but a word that a server of one's own wants to hear (`none`, `ollama`). */
const SHORTEST = 12

/** The same caller; what holds the key in any form is not handed on, neither as it arrives nor as a reply. */
export function withoutSecret(caller: Caller, key: string | undefined): Caller {
  if (key === undefined || key.length < SHORTEST) return caller
  const forms = formsOf(key)
  const held = (text: string): boolean => forms.some((form) => text.includes(form))
  return {
    name: caller.name,
    async call(request, watch) {
      // What may be the beginning of a key waits for what comes after it; once a key has come, nothing is told any more.
      let waiting = ''
      let found = false
      const tell = (end: number): void => {
        found ||= held(waiting)
        if (end <= 0 || found) return
        watch.onText?.(waiting.slice(0, end))
        waiting = waiting.slice(end)
      }
      const tried = await caller.call(request, {
        ...watch,
        onText: (text) => {
          waiting += text
          tell(waiting.length - begun(waiting, forms))
        },
      })
      const { turn } = tried
      if (!('reply' in turn)) return tried
      const parts = turn.reply.map((part) => (part.type === 'text' ? part.text : '')).join('')
      if (found || held(waiting) || held(parts) || held(JSON.stringify(turn)))
        return {
          turn: { outcome: 'invalid', reason: 'the reply held the key that it was asked with; it was not kept' },
        }
      tell(waiting.length)
      return tried
    },
  }
}

/** How many characters at the end of a text one of the forms may begin with. */
function begun(text: string, forms: readonly string[]): number {
  const lengths = forms.map((form) => {
    const first = form.charAt(0)
    let at = text.indexOf(first, Math.max(0, text.length - form.length + 1))
    while (at !== -1 && !form.startsWith(text.slice(at))) at = text.indexOf(first, at + 1)
    return at === -1 ? 0 : text.length - at
  })
  return Math.max(0, ...lengths)
}
