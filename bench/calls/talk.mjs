// What every side of the bench says: the size of a real prompt of the product, and the tools as the product describes them.
import path from 'node:path'
import { pathToFileURL } from 'node:url'

export const root = path.resolve(import.meta.dirname, '..', '..')
export const built = (name) => import(pathToFileURL(path.join(root, 'dist', name)).href)

const { loadToolTexts } = await built('prompt/tools.js')
const { MESSAGES } = await built('agent/messages.js')
const { describeTools, TOOL_NAMES } = await built('agent/tools.js')

export const texts = await loadToolTexts(path.join(root, 'prompts', 'tools'), TOOL_NAMES, MESSAGES)
export const tools = describeTools(texts.descriptions)
export const SYSTEM = 'What holds for every specialist, in one line of many. '.repeat(100)
export const SHARED = 'A line of the platform that all specialists are shown.\n'.repeat(1100)
export const OWN = 'A line of the assignment of this specialist alone.\n'.repeat(80)
export const FILE = 'def answer() -> int:\n    return 42\n\n\n'.repeat(60)
export const MAX_TOKENS = 8000
/** Of a test, and of nobody. */
export const KEY = 'sk-of-the-bench'
export const MODEL = { anthropic: 'claude-of-the-bench', openai: 'gpt-of-the-bench' }
