// The guides are about the platform that they come with: the stages, settings and files that they name are there.
import { describe, expect, it } from 'vitest'
import { CHOICES, type Choice, nameOf, platformOf } from './platforms.js'

/** What each guide cannot be without, whatever was asked for; `when` by maturity or mode. */
const GUIDES: readonly { readonly page: string; readonly about: readonly string[] }[] = [
  { page: 'docs/data-preparation.md', about: ['data/landing', 'contract.yaml', '_operation', 'max_bad_share'] },
  {
    page: 'docs/model-training.md',
    about: [
      'stage train',
      'stage evaluate',
      'conf/split.yaml',
      'conf/baseline.yaml',
      'average_precision',
      'TRAINING__SEED',
    ],
  },
  {
    page: 'docs/model-validation.md',
    about: [
      'make test',
      'beats_baseline',
      'permuted_labels',
      'roc_auc',
      'tests/quality/test_model.py',
      'evaluate.json',
    ],
  },
  {
    page: 'docs/model-deployment.md',
    about: ['stage deploy', 'registry.deploy_alias', 'models/serving', 'registry rollback', 'deploy.json'],
  },
  {
    page: 'docs/orchestration.md',
    about: ['dags/training.py', 'sensor', 'Tracking', 'make test-dags', 'conf/orchestration.yaml'],
  },
  { page: 'docs/validation-checklist.md', about: ['beats_baseline', 'register.json', 'model-card.md', '| [ ] |'] },
  { page: 'docs/troubleshooting.md', about: ['reports/alerts.jsonl', 'MissingHandover', '## Unstable training'] },
]

/** Paths of the project that a page names, as people write them: in a code span, or bare below docs. */
const named = (text: string): string[] => [
  ...new Set(
    [
      ...text.matchAll(
        /(?<![\w/-])((?:deploy|infrastructure|scripts|docker|conf|src|tests|dags|docs|environments|feature_repo|proto|openapi)\/[\w./-]*\w\.[a-z]+)/g,
      ),
    ].map(([, path = '']) => path),
  ),
]

/** Rows of a table that nothing heads: an empty line between them ends the table, and the row is shown as text. */
const stray = (text: string): string[] => {
  const lines = text.split('\n')
  const isRow = (line = '') => line.startsWith('|')
  return lines.filter((line, at) => isRow(line) && !isRow(lines[at - 1]) && !/^\|[\s:|-]+\|$/.test(lines[at + 1] ?? ''))
}

/** Comes into being where the commands are run. */
const MADE = /terraform\.tfstate/

describe.each(CHOICES.map((choice): [string, Choice] => [nameOf(choice), choice]))('the guides of %s', (_, choice) => {
  it('are all there, each about its own subject', async () => {
    const { composition } = await platformOf(choice)
    const pages = new Map(composition.files.map(({ path, content }) => [path, content]))
    const missing = GUIDES.flatMap(({ page, about }) =>
      about.filter((subject) => !(pages.get(page) ?? '').includes(subject)).map((subject) => `${page}: ${subject}`),
    )
    expect(missing).toEqual([])
  })

  it('name files of this platform, and stages and modules that it has', async () => {
    const { composition } = await platformOf(choice)
    const here = new Set(composition.files.map(({ path }) => path))
    const pages = composition.files.filter(({ path }) => /^docs\/.*\.md$/.test(path))
    const absent = pages.flatMap(({ path, content }) =>
      named(content)
        .filter((name) => !here.has(name) && !MADE.test(name))
        .map((name) => `${path}: ${name}`),
    )
    expect(absent).toEqual([])
    const stages = pages.flatMap(({ path, content }) =>
      [...content.matchAll(/\bstage ([a-z]+)\b(?=[`\n ])/g)]
        .filter(([, stage = '']) => content.includes(`uv run --locked stage ${stage}`))
        .map(([, stage = '']) => ({ path, stage })),
    )
    expect(stages.length).toBeGreaterThan(3)
    expect(stages.filter(({ stage }) => !here.has(`src/ml_platform/stages/${stage}.py`))).toEqual([])
  })

  it('have no row of a table that stands outside of one', async () => {
    const { composition } = await platformOf(choice)
    const pages = composition.files.filter(({ path }) => path.endsWith('.md'))
    expect(pages.flatMap(({ path, content }) => stray(content).map((row) => `${path}: ${row}`))).toEqual([])
  })

  it('are found from the README', async () => {
    const { composition } = await platformOf(choice)
    const readme = composition.files.find(({ path }) => path === 'README.md')?.content ?? ''
    const pages = composition.files.map(({ path }) => path).filter((path) => /^docs\/.*\.md$/.test(path))
    // A runbook is found from its alert, and by its folder from here.
    const listed = (page: string) =>
      readme.includes(page) || (page.startsWith('docs/runbooks/') && readme.includes('docs/runbooks/'))
    expect(pages.filter((page) => !listed(page))).toEqual([])
  })
})
