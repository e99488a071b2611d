// Writes validators/terraform: the shape of every resource and data source of a provider, and the functions of the language.
// Usage: node scripts/terraform-schemas.mjs [folder of the toolchain, default: $MLOPS_TOOLCHAIN] [folder to write into]
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import zlib from 'node:zlib'

/** Providers whose resources a platform of ours may hold; each is one file. */
const PROVIDERS = { aws: 'hashicorp/aws/5.58.0' }

/** Functions that OpenTofu has and Terraform has not: a platform must run with both. */
const TOFU_ONLY = ['base64gunzip', 'cidrcontains', 'urldecode']

/**
 * `name<TAB>shape` in each line, e.g. `resource.aws_s3_bucket`. A shape is `{a: {argument: "rs"}, b: {block: [min, max, mode, shape]}}`;
 * the first letter of an argument says required, optional or computed, the second its type.
 */
export async function providerShapes(toolchain, provider) {
  const source = PROVIDERS[provider]
  const mirror = path.join(toolchain, 'terraform-mirror', 'registry.opentofu.org')
  const text = await readFile(path.join(mirror, source, 'linux_amd64', 'schema.json'), 'utf8')
  const [schemas] = Object.values(JSON.parse(text).provider_schemas)
  const lines = (prefix, entries) =>
    Object.entries(entries).map(([name, { block }]) => `${prefix}.${name}\t${JSON.stringify(shape(block))}`)
  return [
    `provider\t${JSON.stringify(shape(schemas.provider.block))}`,
    `version\t${JSON.stringify(source.split('/').at(-1))}`,
    ...lines('resource', schemas.resource_schemas),
    ...lines('data', schemas.data_source_schemas),
  ]
    .sort()
    .join('\n')
}

function shape({ attributes = {}, block_types = {} }) {
  const letter = (one) => (one.required ? 'r' : one.optional ? 'o' : 'c')
  const a = Object.fromEntries(Object.entries(attributes).map(([name, one]) => [name, letter(one) + type(one.type)]))
  const b = Object.fromEntries(
    Object.entries(block_types).map(([name, one]) => [
      name,
      [one.min_items ?? 0, one.max_items ?? 0, one.nesting_mode, shape(one.block)],
    ]),
  )
  return { ...(Object.keys(a).length > 0 ? { a } : {}), ...(Object.keys(b).length > 0 ? { b } : {}) }
}

/** s(tring), n(umber), b(ool), d(ynamic); collections in capitals: L(ist), S(et), M(ap), O(bject), T(uple). */
function type(given) {
  if (given === undefined) return 'O'
  if (typeof given === 'string') return given[0]
  return given[0][0].toUpperCase()
}

/** Least and greatest number of arguments of every function; null where there is no greatest. */
export function languageFunctions(tofu) {
  const { function_signatures } = JSON.parse(
    execFileSync(tofu, ['metadata', 'functions', '-json'], { stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  return Object.fromEntries(
    Object.entries(function_signatures)
      .filter(([name]) => !name.includes('::') && !TOFU_ONLY.includes(name))
      .map(([name, { parameters = [], variadic_parameter }]) => [
        name,
        [parameters.length, variadic_parameter === undefined ? parameters.length : null],
      ]),
  )
}

if (process.argv[1] === import.meta.filename) {
  const toolchain = process.argv[2] ?? process.env.MLOPS_TOOLCHAIN
  if (toolchain === undefined) throw new Error('name the folder of the toolchain, or set MLOPS_TOOLCHAIN')
  const folder = process.argv[3] ?? path.join(import.meta.dirname, '..', 'validators', 'terraform')
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN } = zlib.constants
  for (const provider of Object.keys(PROVIDERS)) {
    const text = await providerShapes(toolchain, provider)
    const packed = zlib.brotliCompressSync(text, { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_LGWIN]: 24 } })
    await writeFile(path.join(folder, `${provider}.br`), packed)
    console.log(`${provider}: ${packed.length} bytes, ${text.length} unpacked`)
  }
  const functions = languageFunctions(path.join(toolchain, 'bin', 'tofu'))
  await writeFile(path.join(folder, 'functions.json'), `${JSON.stringify(functions)}\n`)
}
