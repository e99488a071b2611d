// What no file that a user receives may hold, whatever was asked for.
import { homedir, hostname, userInfo } from 'node:os'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { CHOICES, filesOf, nameOf, platformOf, ROOT } from './platforms.js'

/** Larger than any file that a person is meant to read. */
const MAX_BYTES = 48_000
/** Kinds whose own language writes two braces. */
const BRACES =
  /\.(py|html|jinja|j2)$|^\.github\/workflows\/|^deploy\/(argocd|charts\/[\w-]+)\/(templates|rules|dashboards)\/|^scripts\/[\w-]+\.sh$/

/** Where this very machine would show. A short name is also a word. */
const HERE = [ROOT, homedir(), hostname(), userInfo().username].filter((name) => name.length > 5)

/** Given to the project's own test for hard-coded paths, as one that it must find. */
const PLANTED = '"/home/me/data.csv", "/tmp/x"'

const NEVER: readonly (readonly [string, RegExp])[] = [
  ['an absolute path of a machine', /(?<![\w.])\/(home|root|Users|tmp|private|var\/folders)\/\w/],
  ['an unfinished place', /\b(TODO|FIXME|XXX|HACK|TBD|lorem|ipsum|change-?me|your-[a-z]+-here)\b/i],
  ['a stand-in', /\bplaceholders?\b/i],
  ['a random id', /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i],
  ['a remnant of a template', /\{\{[#/>!~]|\{\{\s*(spec|contract|options|project|maturity|this)\b/],
  ['a value that was not there', /\bundefined\b|\[object Object\]/],
  ['a carriage return', /\r/],
  ['blanks at the end of a line', /[ \t]+$/m],
]

describe.each(CHOICES.map((choice) => [nameOf(choice), choice] as const))('%s', (_name, choice) => {
  const emitted = async () => filesOf(await platformOf(choice))

  it('holds nothing that does not belong', async () => {
    const files = await emitted()
    const found = files.flatMap(({ path, content }) => [
      ...NEVER.flatMap(([what, pattern]) => {
        const match = pattern.exec(content.replaceAll(PLANTED, ''))
        return match ? [`${path}:${content.slice(0, match.index).split('\n').length} ${what}: ${match[0]}`] : []
      }),
      ...HERE.filter((name) => content.includes(name)).map((name) => `${path} this machine: ${name}`),
      ...(content.includes('{{') && !BRACES.test(path) ? [`${path} two braces`] : []),
    ])
    expect(found).toEqual([])
  })

  it('is made of files of a sane size that end in a line', async () => {
    const files = await emitted()
    // A JSON Schema is made by a program and read by programs.
    const read = files.filter(({ path }) => !path.endsWith('.schema.json'))
    expect(read.filter(({ content }) => Buffer.byteLength(content) > MAX_BYTES).map(({ path }) => path)).toEqual([])
    expect(files.filter(({ content }) => content !== '' && !/[^\n]\n$/.test(content)).map(({ path }) => path)).toEqual(
      [],
    )
  })

  it('pins every direct dependency exactly', async () => {
    const projects = (await emitted()).filter(({ path }) => path.endsWith('pyproject.toml'))
    const loose = projects.flatMap(({ path, content }) =>
      requirements(content)
        .filter((one) => !/^[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==[0-9][0-9a-z.]*(\s*;.*)?$/i.test(one))
        .map((one) => `${path} ${one}`),
    )
    expect(projects.length).toBeGreaterThan(1)
    // The project itself, as an environment's path dependency, has no version to pin.
    expect(loose.filter((one) => !/ ml-platform(\[[a-z]+\])?$/.test(one))).toEqual([])
  })
})

function requirements(pyproject: string): string[] {
  const { project, ...rest } = parseToml(pyproject) as {
    project?: { dependencies?: string[]; 'optional-dependencies'?: Record<string, string[]> }
    'dependency-groups'?: Record<string, (string | object)[]>
    'build-system'?: { requires?: string[] }
  }
  return [
    ...(project?.dependencies ?? []),
    ...Object.values(project?.['optional-dependencies'] ?? {}).flat(),
    ...Object.values(rest['dependency-groups'] ?? {})
      .flat()
      .filter((one) => typeof one === 'string'),
    ...(rest['build-system']?.requires ?? []),
  ]
}
