// Whoever is woken by a generated platform was woken rightly: each alert is tested at its bound, explained, and sent to somebody.
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { OFFICIAL_CHECKS, ruleTestsCheck } from '../../src/verify/official.js'
import { CHOICES, filesOf, nameOf, platformOf } from './platforms.js'

const CHART = 'deploy/charts/monitoring/'

interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}
interface Panel {
  readonly description?: string
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } }
  readonly links?: readonly { readonly url: string }[]
}
interface Tests {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[]
  }[]
}

const watched = CHOICES.filter(({ maturity }) => maturity > 1)
const textsOf = async (choice: (typeof CHOICES)[number]) =>
  new Map(filesOf(await platformOf(choice)).map(({ path, content }) => [path, content]))
const below = (files: ReadonlyMap<string, string>, folder: string) =>
  [...files].filter(([path]) => path.startsWith(`${CHART}${folder}/`)).map(([, content]) => content)
const alertsOf = (files: ReadonlyMap<string, string>): Rule[] =>
  below(files, 'rules')
    .flatMap((text) => (parse(text) as { groups: { rules: Rule[] }[] }).groups)
    .flatMap(({ rules }) => rules)
    .filter(({ alert }) => alert !== undefined)

describe.each(watched.map((choice) => [nameOf(choice), choice] as const))('%s', (_name, choice) => {
  it('sees every alert fire and stay silent', async () => {
    const files = await textsOf(choice)
    const expected = below(files, 'tests')
      .flatMap((text) => (parse(text) as Tests).tests)
      .flatMap((one) => one.alert_rule_test ?? [])
    const names = (fires: boolean) =>
      new Set(expected.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname))
    const alerts = alertsOf(files).map(({ alert }) => alert ?? '')
    expect(alerts.length).toBeGreaterThan(30)
    expect([...names(true)].sort()).toEqual([...alerts].sort())
    expect([...names(false)].sort()).toEqual([...alerts].sort())
  })

  it('says of every alert what it watches and what to do', async () => {
    const platform = await platformOf(choice)
    const files = await textsOf(choice)
    for (const { alert, labels = {}, annotations = {} } of alertsOf(files)) {
      expect(['critical', 'warning', 'none'], alert).toContain(labels.severity)
      const watches = labels.criterion === undefined ? labels.component : platform.contract.criteria[labels.criterion]
      expect(watches, `${alert} watches ${labels.criterion ?? labels.component}`).toBeDefined()
      expect(annotations.runbook_url).toBe(`docs/runbooks/${alert}.md`)
      expect(files.get(annotations.runbook_url ?? ''), alert).toMatch(
        /## First look[\s\S]+## Likely causes[\s\S]+## What to do/,
      )
    }
  })

  it('has alerts of an endpoint only where there is one, and of a list only where there is one', async () => {
    const files = await textsOf(choice)
    const platform = await platformOf(choice)
    const names = alertsOf(files).map(({ alert }) => alert)
    const mode = platform.spec.options.deployment_mode?.value
    expect(names.includes('ServingLatencyHigh')).toBe(mode !== 'batch')
    expect(names.includes('ListLate')).toBe(mode !== 'realtime')
    expect(names.includes('RolloutDegraded')).toBe(mode !== 'batch' && choice.maturity >= 4)
  })

  it('lets no applicable criterion of data, operations or cost go unwatched', async () => {
    const { contract } = await platformOf(choice)
    const seen = new Set(alertsOf(await textsOf(choice)).map(({ labels }) => labels?.criterion))
    const unwatched = Object.entries(contract.criteria)
      .filter(([, { area, status }]) => status === 'applicable' && ['data', 'operations', 'cost'].includes(area))
      .filter(([id]) => !seen.has(id))
    expect(unwatched.map(([id]) => id)).toEqual([])
  })
})

const churn = { example: 'churn-telecom', maturity: 5, options: { deployment_mode: 'hybrid' } } as const

it('tells of an outage within the minute that SC-OPS-4 allows', async () => {
  const files = await textsOf(churn)
  const seconds = (text: string | undefined) => Number(/^(\d+)s$/.exec(text ?? '')?.[1])
  const { route } = parse(files.get(`${CHART}alertmanager.yaml`) ?? '') as { route: { group_wait: string } }
  const scrapes = [...(files.get(`${CHART}templates/monitors.yaml`) ?? '').matchAll(/interval: (\S+)/g)]
  expect(scrapes.length).toBeGreaterThan(1)
  const scrape = Math.max(...scrapes.map(([, interval]) => seconds(interval)))
  const outages = alertsOf(files).filter(({ alert }) => /^(ServingDown|TargetDown|ComponentDown)$/.test(alert ?? ''))
  expect(outages.length).toBe(3)
  for (const outage of outages) expect(scrape + 15 + seconds(outage.for) + seconds(route.group_wait)).toBeLessThan(60)
})

it('sends what is critical to the person on call, and the sign of life to the outside', async () => {
  const { route, receivers } = parse((await textsOf(churn)).get(`${CHART}alertmanager.yaml`) ?? '') as {
    route: { receiver: string; routes: { matchers: string[]; receiver: string }[] }
    receivers: Record<string, unknown>[]
  }
  const to = (matcher: string) => route.routes.find(({ matchers }) => matchers.includes(matcher))?.receiver
  expect(to('severity="critical"')).toBe('on-call')
  expect(to('alertname="Watchdog"')).toBe('heartbeat')
  expect(Object.keys(receivers.find(({ name }) => name === 'on-call') ?? {})).toEqual(
    expect.arrayContaining(['pagerduty_configs', 'slack_configs', 'email_configs']),
  )
  expect(Object.keys(receivers.find(({ name }) => name === route.receiver) ?? {})).toEqual(
    expect.arrayContaining(['slack_configs', 'email_configs']),
  )
})

it('keeps the tests of rules right where the promised numbers are others', { timeout: 120_000 }, async () => {
  const other = { ...churn, instead: ['150 ms at the 99th percentile', '1000 ms at the 95th percentile'] as const }
  const files = filesOf(await platformOf(other))
  expect(files.find(({ path }) => path === `${CHART}rules/serving.yaml`)?.content).toContain('histogram_quantile(0.95')
  const serving = files.filter(({ path }) => /monitoring\/(rules|tests)\/serving/.test(path))
  const rules = OFFICIAL_CHECKS.filter(({ name }) => name === 'prometheus/rules')
  const results = [
    ...(await ruleTestsCheck.run(
      serving.filter(({ path }) => path.includes('/tests/')),
      serving,
    )),
    ...(
      await Promise.all(
        rules.map((check) =>
          check.run(
            serving.filter(({ path }) => path.includes('/rules/')),
            serving,
          ),
        ),
      )
    ).flat(),
  ]
  expect(results.filter(({ status }) => status !== 'pass')).toEqual([])
  expect(results.length).toBe(serving.length)
})

it('writes no price of its own', async () => {
  const files = await textsOf(churn)
  expect(parse(files.get(`${CHART}rules/prices.yaml`) ?? '').groups[0].rules).toEqual([])
  expect(
    [...files].filter(([path, text]) => path.startsWith('docs/') && /\d+(\.\d+)? ?(USD|EUR|€|\$)/.test(text)),
  ).toEqual([])
})

it('has dashboards whose panels say what they show, in which unit, and link to the runbooks', async () => {
  const files = await textsOf(churn)
  const dashboards = below(files, 'dashboards').map((text) => JSON.parse(text) as Record<string, unknown>)
  expect(dashboards.map(({ uid }) => uid).sort()).toEqual(
    ['cost', 'lists', 'model', 'pipeline', 'platform', 'serving'].map((name) => `subscriber-cancel-${name}`),
  )
  const panels = dashboards.flatMap(({ panels: some }) => some as Panel[])
  const incomplete = panels.filter(({ description, fieldConfig }) => !description || !fieldConfig.defaults.unit)
  expect(incomplete).toEqual([])
  const linked = panels.flatMap(({ links }) => links?.map(({ url }) => url) ?? [])
  expect(linked.length).toBeGreaterThan(30)
  expect(linked.filter((url) => !files.has(url))).toEqual([])
})

it('computes what a run costs from the price of its node', { timeout: 60_000 }, async () => {
  const files = filesOf(await platformOf(churn))
  const tests = files.filter(({ path }) => path === `${CHART}tests/run-costs.test.yaml`)
  expect((await ruleTestsCheck.run(tests, files)).map(({ status }) => status)).toEqual(['pass'])
})

it('leads from a log line to its trace, and keeps both where the contract says', async () => {
  const { contract } = await platformOf(churn)
  const files = await textsOf(churn)
  const template = (name: string) => files.get(`${CHART}templates/${name}.yaml`) ?? ''
  expect(template('otel-agent-configuration')).toMatch(
    /trace_parser[\s\S]+attributes\.trace_id[\s\S]+attributes\.span_id/,
  )
  expect(template('datasources')).toMatch(/matcherRegex: trace_id\n\s+datasourceUid: jaeger/)
  expect(template('otel-collector')).toContain(`port: ${contract.services.traces?.port}`)
  expect(template('loki')).toContain(`port: ${contract.services.logs?.port}`)
  expect(contract.buckets.logs?.uri).toBe('s3://subscriber-cancel-logs')
  expect(template('loki')).toContain('.Values.project }}-logs')
  expect(contract.identities.loki?.access).toEqual(['logs:write'])
})

it('explains monitoring by criterion, and loss by store, with scripts that are there', async () => {
  const { contract } = await platformOf(churn)
  const files = await textsOf(churn)
  const guide = files.get('docs/monitoring.md') ?? ''
  const areas = ['data', 'model', 'operations', 'cost']
  const ids = Object.entries(contract.criteria).filter(([, { area }]) => areas.includes(area))
  expect(ids.map(([id]) => id).filter((id) => !guide.includes(id))).toEqual([])
  const pages = ['docs/monitoring.md', 'docs/cost.md', 'docs/disaster-recovery.md']
  const scripts = pages.flatMap((page) => files.get(page)?.match(/scripts\/[\w-]+\.sh/g) ?? [])
  expect(scripts).toEqual(
    expect.arrayContaining(['scripts/restore-drill.sh', 'scripts/prices.sh', 'scripts/stop-spending.sh']),
  )
  expect(scripts.filter((path) => !files.has(path))).toEqual([])
})
