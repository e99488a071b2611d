// A small, complete spec and contract that the tests of this folder change one thing of.
import { type Contract, contractSchema } from '../../src/spec/contract.js'
import { type FullSpec, fullSpecSchema } from '../../src/spec/schema.js'

const assumed = <T>(value: T) => ({ value, origin: 'assumed' as const, reason: 'usual' })
const stated = <T>(value: T, quote: string) => ({ value, origin: 'stated' as const, quote, req: 'REQ-001' })

export const sampleSpec = (): FullSpec =>
  fullSpecSchema.parse({
    version: 1,
    name: 'customer-churn',
    title: 'Predict whether a customer cancels',
    text: 'Predict which customers cancel within 30 days; answers in 150 ms by Monday 06:00.',
    requirements: [
      { id: 'REQ-001', text: 'Predict which customers cancel within 30 days; answers in 150 ms by Monday 06:00.' },
    ],
    task: stated(
      { kind: 'tabular-classification', classes: 2, positive_rate: assumed(0.03) },
      'which customers cancel',
    ),
    entity: {
      singular: stated('customer', 'customers'),
      plural: 'customers',
      key: 'customer_id',
      count: assumed(null),
    },
    target: {
      column: 'will_cancel',
      description: stated('cancels', 'cancel'),
      horizon_days: stated(30, '30 days'),
      label_delay_days: assumed(30),
    },
    data: {
      domain: assumed('subscriber-churn'),
      sources: [{ name: 'billing', system: 's3', cadence: 'daily', origin: 'assumed' }],
      rows: assumed(20000),
      history_months: assumed(24),
      columns: [
        { name: 'customer_id', type: 'string', role: 'key', description: 'identifies one customer' },
        { name: 'snapshot_date', type: 'timestamp', role: 'time', description: 'day of the measures' },
        {
          name: 'monthly_charge',
          type: 'number',
          role: 'measure',
          description: 'last invoice',
          source: 'billing',
          minimum: 0,
          maximum: 250,
          typical: 29,
        },
        {
          name: 'active_days',
          type: 'integer',
          role: 'measure',
          description: 'days of use',
          source: 'billing',
          minimum: 0,
          maximum: 30,
          typical: 19,
        },
        {
          name: 'contract_type',
          type: 'category',
          role: 'attribute',
          description: 'minimum term',
          values: ['monthly', 'no', 'yes'],
        },
        { name: 'will_cancel', type: 'boolean', role: 'target', description: 'cancels' },
      ],
      signal: {
        lag: 'active_days',
        interaction: ['monthly_charge', 'contract_type'],
        rule: { column: 'active_days', direction: 'low', description: 'call the quiet ones' },
      },
    },
    split: { policy: assumed('time') },
    leakage: { gap_days: assumed(30), excluded: [{ column: 'cancelled_at', reason: 'recorded too late' }] },
    serving: { latency_ms: stated(150, '150 ms'), latency_percentile: assumed(99), throughput_rps: assumed(10) },
    schedule: {
      cadence: assumed('weekly'),
      weekday: stated('monday', 'Monday'),
      deadline: stated('06:00', '06:00'),
      timezone: assumed('UTC'),
      cron: '0 4 * * 1',
    },
    compliance: {
      residency: assumed(null),
      region: assumed('eu-central-1'),
      personal_data: assumed(true),
      protected_attributes: assumed([]),
      regulation: assumed([]),
      retention_days: assumed(730),
    },
    budget: {
      amount: { value: 2000, origin: 'stated', quote: '2,000 EUR a month', req: 'REQ-001' },
      currency: 'EUR',
      period: 'month',
    },
    tools: [],
    options: {
      experiment_tracking: { value: 'mlflow', origin: 'assumed', reason: 'default' },
      cloud_provider: { value: 'aws', origin: 'assumed', reason: 'default' },
    },
    maturity: assumed(5),
    assumptions: ['data.rows: 20000 (usual)'],
    contradictions: [],
    questions: [{ field: 'data.columns', question: 'Which columns are there?', needs_answer: false }],
    advisories: [],
  })

export const sampleContract = (): Contract =>
  contractSchema.parse({
    version: 1,
    project: 'customer-churn',
    datasets: {
      measures: {
        owner: 'ingestion',
        description: 'one row per customer and day',
        key: 'customer_id',
        time: 'snapshot_date',
        columns: [
          { name: 'active_days', type: 'integer', role: 'measure', description: 'days of use', nullable: false },
        ],
      },
    },
    features: {
      active_days_change: {
        owner: 'features',
        dtype: 'float',
        transformation: 'change',
        inputs: ['active_days'],
        description: 'versus the period before',
      },
    },
    metrics: {
      average_precision: {
        owner: 'model-requirements',
        direction: 'higher',
        role: 'primary',
        threshold: 0.3,
        description: 'ranking of the rarer outcome',
      },
    },
    prometheus: {
      prediction_seconds: {
        owner: 'serving',
        type: 'histogram',
        labels: ['model'],
        unit: 'seconds',
        description: 'time to answer',
      },
    },
  })
