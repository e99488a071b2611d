import { describe, expect, it } from 'vitest'
import { linksCheck, markdownCheck } from '../../src/verify/markdown.js'
import { emitted, lines } from './emitted.js'

const RIGHT =
  '# Churn\n\nSee [settings](../conf/dev.yaml), [make](#churn), [uv](https://docs.astral.sh/uv/) and `src/churn/data.py`.\nThe report goes to `reports/tests.json`; `pandas.DataFrame` is no path.\n'
const project = [
  emitted('conf/dev.yaml', ''),
  emitted('src/churn/data.py', ''),
  emitted('reports/.gitkeep', ''),
  emitted('.gitignore', 'reports/*.json\n'),
]

async function failures(content: string) {
  const file = emitted('docs/README.md', content)
  const all = [...project, file]
  return lines([...(await markdownCheck.run([file], all)), ...(await linksCheck.run([file], all))])
}

describe('markdown', () => {
  it('accepts a right file', async () => expect(await failures(RIGHT)).toEqual([]))
  it.each([
    ['a list marker that changes', `${RIGHT}\n- a\n* b\n`, 'README.md:7 MD004'],
    ['a heading level that is left out', `${RIGHT}\n### Deep\n`, 'README.md:6 MD001'],
    [
      'a link that leads nowhere',
      RIGHT.replace('dev.yaml', 'prod.yaml'),
      'README.md:3 the link ../conf/prod.yaml leads nowhere',
    ],
    [
      'a path that does not exist',
      RIGHT.replace('churn/data.py', 'churn/gone.py'),
      'README.md:3 the path src/churn/gone.py does not exist',
    ],
  ])('finds %s', async (_, content, expected) => expect((await failures(content)).join('\n')).toContain(expected))
})
