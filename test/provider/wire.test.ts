// What is seen at the fetch itself; everything else of it is shown by misbehaviour.test.ts.
import { afterEach, describe, expect, it } from 'vitest'
import { Endless, wireFetch } from '../../src/provider/wire.js'
import { type Answer, type WireServer, wireServer } from './wire-server.js'

let server: WireServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})
async function fetched(answer: Answer, most?: number): Promise<Response> {
  server = await wireServer(() => answer)
  return wireFetch(5000, most)(server.url)
}

describe('the fetch of the packages', () => {
  it('lets a reply through as it is, up to its limit', async () => {
    const response = await fetched({ pieces: ['one ', 'two'], headers: { 'x-id': '7' } }, 7)
    expect(await response.text()).toBe('one two')
    expect(response.headers.get('x-id')).toBe('7')
  })
  it('gives up on a reply that goes on and on', async () => {
    const response = await fetched({ pieces: ['one ', 'two '] }, 7)
    await expect(response.text()).rejects.toThrow(Endless)
  })
  it('hands on an answer that may have no body', async () => {
    expect((await fetched({ status: 304 })).status).toBe(304)
  })
  it('reads no more of an error than is worth it', async () => {
    const response = await fetched({ status: 500, pieces: Array.from({ length: 40 }, () => 'x'.repeat(10_000)) })
    expect((await response.text()).length).toBeLessThan(200_000)
  })
})
