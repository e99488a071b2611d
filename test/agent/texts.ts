// The shipped texts of tools and messages, loaded once for the tests of conversations.
import { MESSAGES } from '../../src/agent/messages.js'
import { describeTools, TOOL_NAMES } from '../../src/agent/tools.js'
import { loadToolTexts } from '../../src/prompt/tools.js'

const texts = await loadToolTexts('prompts/tools', TOOL_NAMES, MESSAGES)

export const { say } = texts
export const tools = describeTools(texts.descriptions)
