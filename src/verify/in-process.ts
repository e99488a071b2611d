// The checks that need nothing installed: the first level of `verify`, and all of it on a bare machine.
import type { CheckResult, EmittedFile } from '../types.js'
import { type Check, type RunOptions, runChecks } from './check.js'
import { dashboardCheck } from './dashboard.js'
import { helmCheck } from './helm.js'
import { jsonCheck } from './json.js'
import { kubernetesCheck } from './kubernetes.js'
import { kustomizeCheck } from './kustomize.js'
import { kustomizeBuildCheck } from './kustomize-build.js'
import { linesCheck } from './lines.js'
import { makefileCheck } from './makefile.js'
import { linksCheck, markdownCheck } from './markdown.js'
import { OFFICIAL_CHECKS } from './official.js'
import { protoCheck } from './proto.js'
import { pythonCheck } from './python.js'
import { ruleTestShapeCheck } from './rule-tests.js'
import { schemaCheck } from './schema.js'
import { secretsCheck } from './secrets.js'
import { terraformCheck } from './terraform.js'
import { terraformTestCheck } from './terraform-tests.js'
import { textCheck } from './text.js'
import { tomlCheck } from './toml.js'
import { yamlCheck } from './yaml.js'

/** In the order in which results read best: what every file must be, then what its kind must be. */
export const IN_PROCESS_CHECKS: readonly Check[] = [
  textCheck,
  secretsCheck,
  linesCheck('dotenv'),
  linesCheck('ini'),
  linesCheck('ignore'),
  linesCheck('attributes'),
  tomlCheck,
  yamlCheck,
  jsonCheck,
  schemaCheck,
  kubernetesCheck,
  kustomizeCheck,
  terraformCheck,
  terraformTestCheck,
  dashboardCheck,
  ruleTestShapeCheck,
  ...OFFICIAL_CHECKS,
  kustomizeBuildCheck,
  helmCheck,
  protoCheck,
  makefileCheck,
  markdownCheck,
  linksCheck,
  pythonCheck,
]

/**
 * Every result of every check that applies to `files`; a heavy package is loaded when the first file of its kind is met.
 * `project` is all that the workspace will hold: settings and references are looked up there.
 */
export function checkFiles(
  files: readonly EmittedFile[],
  checks: readonly Check[] = IN_PROCESS_CHECKS,
  project: readonly EmittedFile[] = files,
  options: RunOptions = {},
): Promise<CheckResult[]> {
  return runChecks(files, checks, project, options)
}
