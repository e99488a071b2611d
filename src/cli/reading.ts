// Has a model read the requirements after the rules, where one is configured: its calls are recorded, and a dry run only shows them.
import path from 'node:path'
import { Interrupted } from '../errors.js'
import { askForFacts, INTAKE_MESSAGES, INTAKE_TOOLS } from '../intake/asking.js'
import type { Knowledge } from '../intake/knowledge.js'
import type { Proposal } from '../intake/proposals.js'
import { loadToolTexts } from '../prompt/tools.js'
import type { TurnRequest } from '../provider/turn.js'
import type { Definitions } from '../run/definitions.js'
import { openReading, type Reading, recalling } from '../run/reading.js'
import type { Spec } from '../spec/schema.js'
import { listenForInterrupt } from './interrupt.js'
import type { Tailoring } from './tailoring.js'

/** Facts that a model proposes for a text of which the rules read `spec`. */
export type Propose = (text: string, spec: Spec, knowledge: Knowledge) => Promise<readonly Proposal[]>

export interface Reader {
  readonly propose: Propose
  /** What a person should know of it. */
  readonly notices: string[]
  /** For the run that follows. */
  readonly reading?: Reading
  /** What would be sent first, where nothing is. */
  shown?: { readonly model: string; readonly request: TurnRequest }
}

export async function openReader(
  { name, model, asks }: NonNullable<Tailoring['reader']>,
  root: string,
  definitions: Definitions,
  dry: boolean,
): Promise<Reader> {
  const texts = await loadToolTexts(path.join(definitions.product, 'prompts', 'intake'), INTAKE_TOOLS, INTAKE_MESSAGES)
  const reading = dry ? undefined : await openReading(root, Date.now, asks)
  const reader: Reader = {
    notices: [],
    ...(reading === undefined ? {} : { reading }),
    propose: async (text, spec, knowledge) => {
      const interrupt = listenForInterrupt('call')
      const missed = (request: TurnRequest): void => {
        reader.shown ??= { model: name, request }
      }
      try {
        const asked = reading?.of(model()) ?? (await recalling(root, name, missed))
        const { signal } = interrupt
        const common = { say: texts.say, description: texts.descriptions.propose, signal }
        const { proposals, notices } = await askForFacts(text, spec, knowledge, { ...common, model: asked })
        // In a dry run it is not the model that gave no answer.
        if (reader.shown === undefined) reader.notices.push(...notices)
        return proposals
      } catch (error) {
        throw interrupt.signal.aborted ? new Interrupted('interrupted while the requirements were read') : error
      } finally {
        interrupt.stop()
      }
    },
  }
  return reader
}
