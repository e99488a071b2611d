import { describe, expect, it } from 'vitest'
import { readManifests } from '../../src/verify/manifests.js'

const read = async (text: string) => {
  const { manifests, problems } = await readManifests(text)
  return { values: manifests.map(({ value }) => value), problems }
}
// A comment that looks like a merge key is enough to be read by the parser that knows version 1.1 of YAML.
const slowly = (text: string) => read(`# <<: 1\n${text}`)
const values = (text: string) => read(`# nothing\n${text}`)

const SCALARS = [
  ...['yes', 'No', 'ON', 'off', 'y', 'N', 'true', 'True', 'FALSE', 'null', '~', 'Null', 'yesterday', 'none', 'nan'],
  ...[
    '0',
    '-0',
    '+1',
    '8080',
    '-12',
    '0755',
    '08',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '12345678901234567890',
    '1e3',
    '1E-3',
  ],
  ...[
    '0.5',
    '-0.25',
    '.5',
    '5.',
    '.',
    '.inf',
    '-.INF',
    '.nan',
    '1.',
    '1.2.3',
    '1.30',
    '1.2e4',
    '12:30',
    '1:2:3.5',
    '2026-11-21',
  ],
  ...['10m', '500Mi', '5Gi', '1h30m', '10.0.0.0/8', '2026-11-21T10:00:00Z', '9e', '0a', '-', '-x', '--flag', 'a: b'],
  ...[
    '"yes"',
    "'0755'",
    'x # y',
    '1 2',
    'e3',
    '=',
    '!x',
    '*',
    '&',
    '@x',
    'E-3',
    'edge',
    'exec',
    '1d',
    '89bde05a8b8e8a059f3d40fb781fcc8e55212e781a40eaac68a1d57e62a11306',
    '1e5f',
    'a != b',
    'a && b',
    '[]',
    '{}',
    '[yes, 0755]',
    '{on: 010}',
    '{a: 1}',
  ],
]

describe('readManifests', () => {
  it.each(SCALARS)('reads %s as version 1.1 of YAML does, whichever parser it takes', async (scalar) => {
    for (const text of [`a: ${scalar}\nb:\n  - ${scalar}\n`, `${scalar}: 1\n`, `a: |\n  ${scalar}\nb: 1\n`])
      expect(await values(text)).toEqual(await slowly(text))
  })

  it('takes an unquoted yes for a boolean and 0755 for an octal number, as the cluster does', async () => {
    expect((await values('a: yes\nb: 0755\nc: 010m\nd: 12:30\n')).values).toEqual([
      { a: true, b: 493, c: '010m', d: '12:30' },
    ])
  })

  it.each([
    'a: 1\na: 2\n',
    'a: [1\n',
    '---\na: 1\n---\n# nothing\n---\nb: 2\n',
    '--- text\n',
    '- 1\n',
    '? a\n: 1\n',
    'a:\n\tb: 1\n',
    'a: "x\n',
    '~: 1\n',
    ': 1\n',
    'a: >-\n  x\n   y\n\n  z\nb: |+\n  t\n\nc: "\\u00e4\\n"\n',
    'a: b: c\n',
    '%YAML 1.2\n---\na: yes\n',
    '',
  ])('says of %j what the slower parser says', async (text) => {
    expect(await values(text)).toEqual(await slowly(text))
  })

  it('knows the lines of what it has read quickly', async () => {
    const { manifests } = await readManifests('kind: A\n---\nkind: B\nspec:\n  ports:\n    - 1\n')
    expect(manifests.map(({ kind }) => kind)).toEqual(['A', 'B'])
    expect(manifests[1]?.line(['spec', 'ports', 0])).toBe(6)
  })
})
