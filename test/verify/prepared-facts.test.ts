// What the build found in the blueprints' Python files is what parsing them finds.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FACTS, openFacts, prepareFacts } from '../../src/verify/prepared-facts.js'
import { parseFacts } from '../../src/verify/python-facts.js'
import { temporaryFolder } from '../temporary.js'

const ODD = 'from a import b\nx = call(1, "s", ["t"], other, name="n", computed=f(), many=("a", "b"))\nroot / "conf"\n'

async function prepared(texts: readonly string[]) {
  const folder = temporaryFolder('mlops-facts')
  writeFileSync(join(folder, FACTS), await prepareFacts(texts))
  return openFacts(folder)
}

it('gives of every Python file of the blueprints what parsing it gives', async () => {
  const blueprints = join(import.meta.dirname, '../../blueprints')
  const paths = readdirSync(blueprints, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.py'))
  const texts = [ODD, ...paths.map((path) => readFileSync(join(blueprints, path), 'utf8'))]
  const find = await prepared(texts)
  expect(texts.length).toBeGreaterThan(200)
  for (const text of texts) expect(find(text)).toStrictEqual(await parseFacts(text))
})

it('gives nothing of a text that was changed since, and nothing where nothing was built', async () => {
  const find = await prepared([ODD])
  expect(find(`${ODD}y = 1\n`)).toBeUndefined()
  expect(openFacts(temporaryFolder('mlops-facts'))(ODD)).toBeUndefined()
})
