// The public API: what a program needs to do what the command line does. At most 20 names, written by hand.

/** Errors that a person can act on, with their exit codes. */
export { EXIT, UserError } from './errors.js'
/** Requirements text to spec. */
export { composeKnowledge, loadVocabulary } from './intake/knowledge.js'
export { readRequirements } from './intake/requirements.js'
/** Definitions, composition and plan. */
export { loadCatalogue, loadDefinitions } from './run/definitions.js'
/** What a run says while it works. */
export type { RunEvent } from './run/events.js'
export { buildPlatform, contextSubject, type Platform, planPlatform } from './run/platform.js'
/** Running a plan on a workspace. */
export { run } from './run/run.js'
export { readWorkspace } from './run/workspace.js'
export { openEngine } from './run/workspace-engine.js'
/** The documents of a workspace. */
export { type Contract, contractSchema } from './spec/contract.js'
export { type Spec, specSchema } from './spec/schema.js'
