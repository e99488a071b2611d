// All names that must agree, checked over everything that is emitted: one result per seam that holds, one per place where it does not.
import type { Contract } from '../spec/contract.js'
import type { CheckResult, EmittedFile } from '../types.js'
import { messageOf } from './check.js'
import { giveWay } from './give-way.js'
import { pythonProject } from './python-project.js'
import type { Seam, SeamSubject } from './seam.js'
import { seamResults } from './seam.js'
import { alertTestSeam, runbookSeam, uniqueSeam } from './seam-alerts.js'
import { dockerSeam, valuesSeam } from './seam-charts.js'
import { clusterSecretSeam, identitySeam, imageSeam, namespaceSeam, serviceSeam } from './seam-cluster.js'
import { dottedNameSeam, entryPointSeam, fixtureSeam, importSeam } from './seam-code.js'
import { commandSeam, toolConfigurationSeam } from './seam-commands.js'
import { contractSeam, criterionSeam, secretSeam } from './seam-contract.js'
import { dependencySeam } from './seam-dependencies.js'
import { metricSeam } from './seam-metrics.js'
import { prometheusSeam } from './seam-prometheus.js'
import { protectionSeam } from './seam-protection.js'
import { referenceSeam } from './seam-references.js'
import { scrapeSeam } from './seam-scrape.js'
import { terraformContractSeam, terraformValueSeam } from './seam-terraform.js'
import { workflowPipeSeam, workflowVariableSeam } from './seam-workflows.js'
import { settingsSeam } from './settings.js'
import { ownTool } from './versions.js'

/** Names that only what goes to a cluster has. */
export const CLUSTER_SEAMS: readonly Seam[] = [
  metricSeam,
  runbookSeam,
  alertTestSeam,
  uniqueSeam,
  namespaceSeam,
  identitySeam,
  serviceSeam,
  imageSeam,
  clusterSecretSeam,
  valuesSeam,
  dockerSeam,
  referenceSeam,
  protectionSeam,
  scrapeSeam,
]

/** Names that only what puts the platform into a cloud has. */
export const DELIVERY_SEAMS: readonly Seam[] = [
  terraformValueSeam,
  terraformContractSeam,
  workflowVariableSeam,
  workflowPipeSeam,
]

export const SEAMS: readonly Seam[] = [
  importSeam,
  entryPointSeam,
  dottedNameSeam,
  fixtureSeam,
  dependencySeam,
  commandSeam,
  toolConfigurationSeam,
  settingsSeam,
  contractSeam,
  secretSeam,
  criterionSeam,
  prometheusSeam,
  ...DELIVERY_SEAMS,
  ...CLUSTER_SEAMS,
]

/** Checks `files` (all of them: a seam has two sides) against each other and the contract. Never throws. */
export async function checkSeams(
  files: readonly EmittedFile[],
  contract: Contract,
  seams: readonly Seam[] = SEAMS,
): Promise<CheckResult[]> {
  const subject: SeamSubject = { files, contract, python: await pythonProject(files) }
  const results: CheckResult[] = []
  for (const seam of seams) {
    await giveWay()
    try {
      results.push(...seamResults(seam, await seam.find(subject), ownTool()))
    } catch (error) {
      results.push({
        check: seam.name,
        level: 'L1',
        status: 'fail',
        // No version: whether names agree is not known, so this is no verdict to keep.
        tool: ownTool().tool,
        version: '',
        reason: `the check ${seam.name} itself failed: ${messageOf(error)}`,
      })
    }
  }
  return results
}
