// Everything that a platform gives to a cluster, as objects with the file that they come from: plain manifests, and charts as rendered.
import type { EmittedFile } from '../types.js'
import { renderedCharts } from './helm.js'
import { kindOf } from './kinds.js'
import { type Manifest, readManifests } from './manifests.js'
import { expressions, type PlacedQuery, queriesOf } from './queries.js'
import type { Finding } from './seam.js'

export interface PlacedManifest {
  readonly file: EmittedFile
  readonly manifest: Manifest
  /** Environment that a chart was rendered for; nothing where the file is the same for all. */
  readonly environment: string | undefined
  /** Line of a value in the file that people edit; nothing where that is a template. */
  line(path: readonly (string | number)[]): number | undefined
}

export async function platformManifests(files: readonly EmittedFile[]): Promise<PlacedManifest[]> {
  const found: PlacedManifest[] = []
  for (const file of files.filter((one) => kindOf(one) === 'kubernetes'))
    for (const manifest of (await readManifests(file.content)).manifests)
      found.push({ file, manifest, environment: undefined, line: manifest.line })
  for (const { file, environment, text } of await renderedCharts(files))
    for (const manifest of (await readManifests(text)).manifests)
      found.push({ file, manifest, environment, line: () => undefined })
  return found
}

/** Expressions of PromQL in files and in rendered charts. */
export async function platformQueries(files: readonly EmittedFile[]): Promise<PlacedQuery[]> {
  const queries: PlacedQuery[] = []
  for (const file of files) queries.push(...(await queriesOf(file)))
  const seen = new Set<string>()
  // Rules are read where they lie, with their lines.
  for (const { file, text } of await renderedCharts(files))
    for (const { value } of (await readManifests(text)).manifests.filter(({ kind }) => kind !== 'PrometheusRule'))
      for (const { text: query } of expressions(value)) {
        const id = `${file.path} ${query}`
        // What Argo Rollouts fills in when it runs.
        if (!seen.has(id))
          queries.push({ file, line: undefined, text: query.replace(/\{\{.*?\}\}/g, (all) => 'x'.repeat(all.length)) })
        seen.add(id)
      }
  return queries
}

/** One finding for each place, however many environments show it. */
export function onceEach(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ file, reason }) => {
    const id = `${file} ${reason}`
    return seen.has(id) ? false : seen.add(id) !== undefined
  })
}
