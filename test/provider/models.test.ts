import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { openBudget } from '../../src/provider/budget.js'
import { findAccess, parseModelName } from '../../src/provider/models.js'
import { openModel } from '../../src/provider/open.js'

describe('a name of a model', () => {
  it.each([
    ['anthropic:claude-opus-5-5', 'anthropic', 'claude-opus-5-5'],
    [' openai:gpt-6-sol ', 'openai', 'gpt-6-sol'],
    ['compatible:qwen3:8b', 'compatible', 'qwen3:8b'],
    ['compatible:meta-llama/Llama-4', 'compatible', 'meta-llama/Llama-4'],
  ])('%s is understood', (name, vendor, id) => {
    expect(parseModelName(name)).toEqual({ vendor, id })
  })
  it.each(['claude-opus-5-5', 'google:gemini', 'anthropic:', ':x', 'openai:a b', ''])('%j is refused', (name) => {
    expect(() => parseModelName(name)).toThrow(UsageError)
    expect(() => parseModelName(name)).toThrow(/expected anthropic:<id>, openai:<id> or compatible:<id>/)
  })
})

describe('keys and base URLs', () => {
  it('come from the variables that the packages read themselves', () => {
    const env = { ANTHROPIC_API_KEY: 'k-a', OPENAI_API_KEY: 'k-o', OPENAI_BASE_URL: '', OPENAI_ORG_ID: 'org' }
    expect(findAccess('anthropic:x', env)).toMatchObject({ baseUrl: 'https://api.anthropic.com', key: 'k-a' })
    expect(findAccess('openai:x', env)).toMatchObject({
      baseUrl: 'https://api.openai.com/v1',
      key: 'k-o',
      organization: 'org',
    })
    expect(findAccess('anthropic:x', { ANTHROPIC_AUTH_TOKEN: 't' })).toMatchObject({ key: 't', token: true })
    const elsewhere = { ...env, ANTHROPIC_BASE_URL: 'http://a:1/', OPENAI_BASE_URL: 'http://b:2/v1' }
    expect(findAccess('anthropic:x', elsewhere).baseUrl).toBe('http://a:1')
    expect(findAccess('openai:x', elsewhere, 'http://c:3').baseUrl).toBe('http://c:3')
    expect(findAccess('compatible:x', elsewhere)).not.toHaveProperty('organization')
  })
  it('are missed by name before anything is sent', () => {
    expect(() => findAccess('anthropic:x', {})).toThrow(/set ANTHROPIC_API_KEY.*nothing was sent/)
    expect(() => findAccess('openai:x', { OPENAI_API_KEY: ' ' })).toThrow(/set OPENAI_API_KEY/)
    expect(() => findAccess('compatible:x', {})).toThrow(/--base-url .*OPENAI_BASE_URL/)
    expect(findAccess('compatible:x', {}, 'http://127.0.0.1:1/v1')).not.toHaveProperty('key')
  })
  it('are not shown where the URL is wrong', () => {
    for (const url of ['user:hunter2@host', 'ftp://user:hunter2@host']) {
      expect(() => findAccess('compatible:x', {}, url)).toThrow(/expected http/)
      expect(() => findAccess('compatible:x', {}, url)).not.toThrow(/hunter2/)
    }
  })
  it('of one vendor are not sent to the server of another', () => {
    const budget = openBudget({ limit: 'none', prices: new Map() })
    const env = { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' }
    const open = (names: string[]) => openModel({ names, env, budget, baseUrl: 'http://127.0.0.1:1' })
    expect(() => open(['anthropic:x', 'openai:y'])).toThrow(/different vendors/)
    expect(() => open(['anthropic:x', 'compatible:y'])).not.toThrow()
    expect(() => open([])).toThrow(/at least one model/)
  })
})
