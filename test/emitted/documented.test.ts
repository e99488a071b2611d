// Commands of every platform's pages can be read and planned; whether they run is tried by acceptance on one of them.
import { expect, it } from 'vitest'
import { documentedCommands, planCommands } from '../../scripts/documented-commands.mjs'
import { CHOICES, filesOf, nameOf, platformOf } from './platforms.js'

it.each(CHOICES.map((choice) => [nameOf(choice), choice] as const))('%s', async (_name, choice) => {
  const files = new Map(filesOf(await platformOf(choice)).map(({ path, content }) => [path, content]))
  const found = documentedCommands(files)
  const { plan, problems } = planCommands(found.commands)
  expect([...found.problems, ...problems]).toEqual([])
  // The first thing that a reader does is what everything else needs.
  expect(plan.find(({ how }) => how !== 'within')?.text).toBe('make setup')
  const typed = plan.filter(({ how }) => how === 'run' || how === 'serve').map(({ text }) => text)
  expect(typed).toEqual(expect.arrayContaining(['make demo', 'make test', 'make lint', 'make pipeline']))
  // Every target of make that a page names is one, and the pages name no program that the project does not bring.
  const targets = new Set(
    [...(files.get('Makefile') ?? '').matchAll(/^([a-z][\w-]*)( [a-z][\w-]*)*:/gm)].map(([, name]) => name),
  )
  expect(typed.flatMap((text) => /^make ([\w-]+)/.exec(text)?.[1] ?? []).filter((name) => !targets.has(name))).toEqual(
    [],
  )
})
