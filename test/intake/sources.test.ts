import { describe, expect, it } from 'vitest'
import { readSources } from '../../src/intake/sources.js'
import { read } from './given.js'

const sources = (text: string): string[] =>
  readSources(read(text)).map(({ name, system, cadence }) => `${name}@${system}${cadence ? `/${cadence}` : ''}`)

describe('readSources', () => {
  it.each([
    ['Billing and usage tables land in S3 every night.', ['billing@s3/daily', 'usage@s3/daily']],
    [
      'orders, returns and customer tables are in Postgres',
      ['orders@postgres', 'returns@postgres', 'customer@postgres'],
    ],
    ['Our system writes everything into a MariaDB', ['mysql@mysql']],
    ['data in snowflake', ['snowflake@snowflake']],
    [
      'sensor readings every hour in Postgres, maintenance logs from SAP',
      ['sensor@postgres/hourly', 'maintenance@sap/hourly'],
    ],
    ['Claims data is copied from Oracle to S3', ['claims@oracle', 's3@s3']],
    ['Claims tables lie in Oracle, copied to S3', ['claims@s3']],
    ['ERP exports (CSV over SFTP) arrive each evening', ['erp@sftp/daily']],
    ['We have one CSV file', ['csv@csv']],
    ['Kundentabellen liegen in BigQuery', ['kunden@bigquery']],
    ['events come from Kafka', ['kafka@kafka']],
    ['Billing tables arrive every night', ['billing@files/daily']],
  ])('%j', (text, expected) => expect(sources(text)).toEqual(expected))

  it.each([
    'We send the list to Salesforce.',
    'Results are delivered as a CSV file.',
    'We do not use Kafka data.',
    'We use MLflow.',
  ])('%j is no source', (text) => expect(sources(text)).toEqual([]))

  it('keeps a location', () =>
    expect(readSources(read('Data lies in s3://bucket/path/ and grows.'))[0]).toMatchObject({
      system: 's3',
      location: 's3://bucket/path/',
    }))
})
