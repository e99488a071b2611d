import { describe, expect, it } from 'vitest'
import { allowed } from '../../src/tool/environment.js'

describe('allowed', () => {
  it('keeps paths, language, proxies and mirrors', () => {
    const env = {
      PATH: '/bin',
      HOME: '/h',
      LC_CTYPE: 'C',
      XDG_CACHE_HOME: '/c',
      https_proxy: 'p',
      UV_DEFAULT_INDEX: 'u',
      PIP_CERT: 'c',
    }
    expect(allowed(env)).toEqual(env)
  })

  it('drops keys, tokens, settings of other programs and what is not set', () => {
    const env = {
      OPENAI_API_KEY: 'k',
      AWS_SECRET_ACCESS_KEY: 'k',
      UV_PUBLISH_TOKEN: 'k',
      NODE_OPTIONS: 'x',
      PYTHONPATH: 'x',
      GIT_DIR: 'x',
      PATH: undefined,
    }
    expect(allowed(env)).toEqual({})
  })

  it('puts what is asked for on top', () => {
    expect(allowed({ PATH: '/bin', TZ: 'UTC' }, { PATH: '/mine', DO_NOT_TRACK: '1' })).toEqual({
      PATH: '/mine',
      TZ: 'UTC',
      DO_NOT_TRACK: '1',
    })
  })
})
