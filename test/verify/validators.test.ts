// The worker that runs the validators: what it answers when all is well, when time runs out, and after it was ended.
import { afterAll, describe, expect, it } from 'vitest'
import { askValidator, startValidators, stopValidators } from '../../src/verify/validators.js'

afterAll(stopValidators)

const parse = (text: string) => askValidator({ validator: 'prometheus/expressions', files: { e: text } })

describe('askValidator', () => {
  it('names every tool with its version', async () => {
    const { data } = await askValidator({ validator: 'versions', files: {} })
    expect(data).toMatchObject({
      actionlint: expect.stringMatching(/^actionlint \d/),
      go: expect.stringMatching(/^go\d/),
    })
  })

  it('answers many questions that are asked at once', async () => {
    const answers = await Promise.all(['up', 'rate(x[5m])', 'sum by (job) (up{job="a"})'].map(parse))
    expect(answers.map((answer) => answer.data)).toEqual([
      { e: { type: 'vector', selectors: [{ metric: 'up', labels: [] }] } },
      { e: { type: 'vector', selectors: [{ metric: 'x', labels: [] }] } },
      { e: { type: 'vector', selectors: [{ metric: 'up', labels: ['job'] }] } },
    ])
  })

  it('gives no verdict, and says why, when the time is over; the next question is answered', async () => {
    const slow = Array.from({ length: 20_000 }, (_, index) => `up{a="${index}"}`).join(' or ')
    const answer = await askValidator(
      { validator: 'prometheus/expressions', files: { e: slow } },
      { wallSeconds: 0.001 },
    )
    expect(answer).toMatchObject({ error: expect.stringContaining('timed out'), problems: [], version: '' })
    expect((await parse('up')).problems).toEqual([])
  })

  it('answers what was handed over behind a question whose time was over', async () => {
    const slow = Array.from({ length: 20_000 }, (_, index) => `up{a="${index}"}`).join(' or ')
    const [late, ...others] = await Promise.all([
      askValidator({ validator: 'prometheus/expressions', files: { e: slow } }, { wallSeconds: 0.001 }),
      ...['up', 'up ==', 'up'].map(parse),
    ])
    expect(late.error).toContain('timed out')
    expect(others.map(({ error, problems }) => [error, problems.length])).toEqual([
      [undefined, 0],
      [undefined, 1],
      [undefined, 0],
    ])
  })

  it('starts again after it was stopped', async () => {
    await stopValidators()
    expect((await parse('up ==')).problems).toEqual([expect.objectContaining({ line: 1, severity: 'error' })])
  })

  it('can be started ahead, and stopped while it prepares itself', async () => {
    await stopValidators()
    startValidators()
    await stopValidators()
    startValidators()
    expect((await parse('up ==')).problems).toEqual([expect.objectContaining({ line: 1, severity: 'error' })])
  })

  it('hands texts over and back letter by letter, whatever they are written in', async () => {
    const chart = { 'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', 'c/values.yaml': '' }
    const files = {
      ...chart,
      'c/files/größe.txt': 'Größe in µm: 12 ≥ 3 🙂\n',
      'c/templates/a.yaml': 'kind: A\ntext: {{ .Files.Get "files/größe.txt" | quote }}\n',
      'c/templates/ü.yaml': 'kind: B\n',
    }
    const { data } = await askValidator({ validator: 'helm/template', files, options: { chart: 'c' } })
    expect(data).toEqual({
      manifests: {
        'c/templates/a.yaml': 'kind: A\ntext: "Größe in µm: 12 ≥ 3 🙂\\n"\n',
        'c/templates/ü.yaml': 'kind: B\n',
      },
    })
    const none = await askValidator({ validator: 'helm/template', files: chart, options: { chart: 'c' } })
    expect(none).toMatchObject({ data: { manifests: {} }, problems: [] })
  })

  it('refuses in the second document of a manifest what parses alone, in the words of Helm', async () => {
    const rendered = (text: string) =>
      askValidator({
        validator: 'helm/template',
        files: { 'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', 'c/templates/a.yaml': text },
        options: { chart: 'c' },
      })
    expect((await rendered('---\nkind: A\n\n---\n---\nkind: B\n')).problems).toEqual([])
    expect((await rendered('kind: A\n---\nkind: [\n')).problems).toEqual([
      expect.objectContaining({ file: 'c/templates/a.yaml', message: expect.stringContaining('YAML parse error on') }),
    ])
  })

  it('gives no verdict on a question that makes no sense', async () => {
    const answer = await askValidator({ validator: 'helm/lint', files: {}, options: { chart: 'charts/none' } })
    expect(answer).toMatchObject({ error: expect.stringContaining('charts/none/Chart.yaml'), problems: [] })
  })
})

/** Rules that say something without the series of the test, or through another rule: none may be taken for silent. */
const RULES = `groups:
  - name: g
    rules:
      - {alert: Chained, expr: 'job:up:min > 0'}
      - {record: 'job:up:min', expr: 'min by (job) (up)'}
      - {alert: Absent, expr: 'absent(gone)'}
      - {alert: Constant, expr: 'vector(1)'}
      - {alert: Following, expr: 'ALERTS{alertname="Constant"}'}
      - {alert: Named, expr: '{__name__=~"u.*"}'}
      - {alert: Silent, expr: 'sum(rate(gone[5m])) > 0'}
`
const ruleTest = (alerts: readonly string[]) => `rule_files: [rules.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [{series: 'up{job="a"}', values: '1x5'}]
    alert_rule_test:
${alerts.map((one) => `      - ${one}`).join('\n')}
`
const firing = (alert: string, labels = '{}') =>
  `{eval_time: 3m, alertname: ${alert}, exp_alerts: [{exp_labels: ${labels}}]}`

describe('tests of rules', () => {
  const ask = async (alerts: readonly string[]) => {
    const files = { 'rules.yaml': RULES, 'test.yaml': ruleTest(alerts) }
    return (await askValidator({ validator: 'prometheus/tests', files, options: { tests: ['test.yaml'] } })).problems
  }

  it('hear every rule that can say something', async () => {
    const following = '{alertstate: firing}'
    const alerts = [firing('Chained', '{job: a}'), firing('Absent'), firing('Constant'), firing('Named', '{job: a}')]
    expect(await ask([...alerts, firing('Following', following), '{eval_time: 3m, alertname: Silent}'])).toEqual([])
  })

  it('refuse an alert that a silent rule is expected to give', async () => {
    expect(await ask([firing('Silent')])).toEqual([
      expect.objectContaining({ file: 'test.yaml', message: expect.stringContaining('alertname: Silent') }),
    ])
  })
})
