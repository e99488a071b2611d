// Which model a user means and how it is reached: `vendor:id`, a base URL and a key, all of them values that someone else read.
import { UsageError } from '../errors.js'

const VENDORS = ['anthropic', 'openai', 'compatible'] as const
export type Vendor = (typeof VENDORS)[number]

/** Names and values of environment variables, as cli read them. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Everything needed to reach a model. */
export interface Access {
  /** `vendor:id`. */
  readonly name: string
  readonly vendor: Vendor
  readonly id: string
  readonly baseUrl: string
  readonly key?: string
  /** `true`: the key is a token that was given out for a time, which one vendor takes in another place. */
  readonly token?: true
  readonly organization?: string
  readonly project?: string
}

const EXPECTED = 'expected anthropic:<id>, openai:<id> or compatible:<id>, e.g. anthropic:claude-opus-5-5'
const HOME: Readonly<Record<'anthropic' | 'openai', string>> = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com/v1',
}

export function parseModelName(name: string): { readonly vendor: Vendor; readonly id: string } {
  // Ids have colons of their own (`compatible:qwen3:8b`), so only the first one parts.
  const [, prefix, id] = /^([a-z]+):(\S+)$/.exec(name.trim()) ?? []
  const vendor = VENDORS.find((known) => known === prefix)
  if (vendor === undefined || id === undefined) throw new UsageError(`--model ${name}: ${EXPECTED}`)
  return { vendor, id }
}

/** Finds base URL and key; a missing one is an error that names it, before anything is sent. `baseUrl` is the user's own flag. */
export function findAccess(name: string, env: Variables, baseUrl?: string): Access {
  const { vendor, id } = parseModelName(name)
  const known = { name: `${vendor}:${id}`, vendor, id }
  if (vendor === 'anthropic') {
    const key = filled(env.ANTHROPIC_API_KEY)
    const token = filled(env.ANTHROPIC_AUTH_TOKEN)
    const url = checkedUrl(baseUrl ?? filled(env.ANTHROPIC_BASE_URL) ?? HOME.anthropic, name)
    if (key !== undefined) return { ...known, baseUrl: url, key }
    if (token !== undefined) return { ...known, baseUrl: url, key: token, token: true }
    throw missingKey(name, 'ANTHROPIC_API_KEY')
  }
  const key = filled(env.OPENAI_API_KEY)
  if (vendor === 'openai' && key === undefined) throw missingKey(name, 'OPENAI_API_KEY')
  const url = baseUrl ?? filled(env.OPENAI_BASE_URL) ?? (vendor === 'openai' ? HOME.openai : undefined)
  if (url === undefined) {
    throw new UsageError(
      `--model ${name}: a compatible server has no address of its own; give --base-url (e.g. http://127.0.0.1:11434/v1) or set OPENAI_BASE_URL`,
    )
  }
  const organization = filled(env.OPENAI_ORG_ID)
  const project = filled(env.OPENAI_PROJECT_ID)
  return {
    ...known,
    baseUrl: checkedUrl(url, name),
    ...(key === undefined ? {} : { key }),
    // Names of an account at one vendor are nobody else's business.
    ...(vendor !== 'openai' || organization === undefined ? {} : { organization }),
    ...(vendor !== 'openai' || project === undefined ? {} : { project }),
  }
}

/** An empty variable is how shells say that there is none. */
const filled = (value: string | undefined): string | undefined => {
  const trimmed = value?.trim()
  return trimmed === '' ? undefined : trimmed
}

const missingKey = (name: string, variable: string): UsageError =>
  new UsageError(`--model ${name} needs a key: set ${variable} in the environment; nothing was sent`)

function checkedUrl(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const plain = url !== undefined && url.username === '' && url.password === ''
  if (plain && (url.protocol === 'https:' || url.protocol === 'http:')) return text.replace(/\/+$/, '')
  // The text itself stays out of the message: a URL may hold a password.
  throw new UsageError(
    `--model ${name}: the base URL is not one; expected http:// or https:// and a host, with no name and password in it`,
  )
}
