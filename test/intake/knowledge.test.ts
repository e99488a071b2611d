import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DefinitionError } from '../../src/errors.js'
import { composeKnowledge, loadVocabulary } from '../../src/intake/knowledge.js'
import { DOMAINS, VOCABULARY } from './given.js'

it('joins the words of vocabulary and component, and knows what is built', () => {
  const known = composeKnowledge({
    options: { orchestration: { default: 'airflow', values: ['airflow', 'dagster'] } },
    maturity: 5,
    components: new Map([['orchestration/airflow', { recognise: ['astronomer'], advisories: [] }]]),
    vocabulary: VOCABULARY,
    domains: DOMAINS,
  })
  const { airflow, dagster } = known.options.orchestration?.values ?? {}
  expect(airflow?.recognise).toEqual(expect.arrayContaining(['airflow', 'astronomer']))
  expect([airflow?.built, dagster?.built, known.tasks.survival.built]).toEqual([true, false, false])
})

it('recognises every value of the vocabulary by one word at least', () => {
  for (const values of Object.values(VOCABULARY.options))
    for (const words of Object.values(values)) expect(words.length).toBeGreaterThan(0)
})

it('shows a mistake in a data file where it stands', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'knowledge-'))
  try {
    await mkdir(join(folder, 'task'), { recursive: true })
    await writeFile(join(folder, 'recognise.yaml'), 'options: {}\ntools:\n  - 5\n')
    await expect(loadVocabulary(folder)).rejects.toThrow(DefinitionError)
    await expect(loadVocabulary(folder)).rejects.toThrow(/recognise\.yaml:3:5: tools\[0\]: expected string, got 5/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
