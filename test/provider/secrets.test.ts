import { describe, expect, it } from 'vitest'
import { withoutSecret } from '../../src/provider/secrets.js'
import { answered, scripted } from './scripted.js'

const KEY = 'sk-0123456789-abcdef'
const ASKED = { system: '', tools: [], messages: [], maxTokens: 10 }

/** What is told while these pieces arrive, and what comes of the call. */
async function told(pieces: readonly string[], key = KEY) {
  const heard: string[] = []
  const caller = scripted((_, __, watch) => {
    for (const piece of pieces) watch.onText?.(piece)
    return answered(pieces.join(''))
  })
  const watch = { signal: new AbortController().signal, onText: (text: string) => void heard.push(text) }
  const { turn } = await withoutSecret(caller, key).call(ASKED, watch)
  return { heard, turn }
}

describe('a caller without its secret', () => {
  it('tells all of a reply that does not hold the key', async () => {
    const { heard, turn } = await told(['one ', 'two ', 'sk-0123456789-abcde', 'x'])
    expect(heard).toEqual(['one ', 'two ', 'sk-0123456789-abcdex'])
    expect(turn.outcome).toBe('ok')
  })
  it.each([
    ['as it is, in pieces', ['a long enough text before it, '.repeat(9), ...KEY, ' after']],
    ['in base64', [Buffer.from(`user:${KEY}`).toString('base64')]],
    ['as a part of a URL', [`https://host/?key=${encodeURIComponent(KEY)}`]],
  ])('takes no reply with the key %s, and tells no character of it', async (_, pieces) => {
    const { heard, turn } = await told(pieces)
    expect(turn).toMatchObject({ outcome: 'invalid', reason: expect.stringContaining('held the key') })
    expect(turn).not.toHaveProperty('reply')
    expect(heard.join('')).not.toContain('sk-0')
    expect(heard.join('')).not.toContain(Buffer.from(`user:${KEY}`).toString('base64').slice(8, 20))
  })
  it('lets words pass that a server of one’s own takes for a key', async () => {
    expect((await told(['ask ollama'], 'ollama')).turn.outcome).toBe('ok')
  })
})
