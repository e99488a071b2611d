import { describe, expect, it } from 'vitest'
import { makefileCheck, makeTargets } from '../../src/verify/makefile.js'
import { emitted, lines } from './emitted.js'

const RIGHT = `UV ?= uv
export PYTHONHASHSEED := 0

.PHONY: lint test
lint: uv.lock ## style
\t$(UV) run ruff check . \\
\t  --quiet

test: lint
\t$(UV) run pytest

ifdef CI
demo: test
\t@$(UV) run demo
endif
uv.lock: pyproject.toml
\t$(UV) lock
`
const project = [emitted('pyproject.toml', '')]
const failures = async (content: string) => lines(await makefileCheck.run([emitted('Makefile', content)], project))

describe('makefile/rules', () => {
  it('accepts a right file', async () => expect(await failures(RIGHT)).toEqual([]))
  it.each([
    [
      'blanks instead of a TAB',
      RIGHT.replace('\t$(UV) run pytest', '    $(UV) run pytest'),
      'Makefile:10 expected a TAB',
    ],
    ['a recipe without a target', '\techo x\n', 'Makefile:1 a recipe line that belongs to no target'],
    ['a prerequisite that is nothing', RIGHT.replace('test: lint', 'test: lnt'), 'Makefile:9 test needs lnt'],
    ['a line that is nothing', 'lint\n\techo x\n', 'Makefile:1 neither a rule'],
  ])('finds %s', async (_, content, expected) => expect((await failures(content))[0]).toContain(expected))
})

describe('makeTargets', () => {
  it('joins continued lines and keeps the first line number', () => {
    const lint = makeTargets(RIGHT).find((target) => target.name === 'lint')
    expect(lint).toEqual({
      name: 'lint',
      line: 5,
      prerequisites: ['uv.lock'],
      recipe: [{ text: '$(UV) run ruff check . --quiet', line: 6 }],
    })
  })
})
