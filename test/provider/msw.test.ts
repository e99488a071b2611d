// Under msw 2 an error with a body hangs both vendors' packages, unless somebody reads the body for them: wire.ts does.
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { FORMATS, listener, opened, REQUEST } from './formats.js'

const HOST = 'http://vendor.invalid'
const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

describe.each(FORMATS)('$title under msw', (format) => {
  it.each([429, 500])('goes on after a %d with a body', async (status) => {
    let calls = 0
    server.use(
      http.post(`${HOST}/*`, () => {
        calls++
        return calls === 1
          ? new HttpResponse(format.error(status), { status, headers: { 'content-type': 'application/json' } })
          : new HttpResponse(format.body('text'), { headers: { 'content-type': 'text/event-stream' } })
      }),
    )
    expect(await opened(format, HOST).turn(REQUEST, listener().watch)).toMatchObject({ outcome: 'ok' })
    expect(calls).toBe(2)
  })
})
