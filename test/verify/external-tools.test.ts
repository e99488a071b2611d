// Answers that the real tools gave, word for word where they matter, and what is read out of them.
import { describe, expect, it } from 'vitest'
import { EXTERNAL_TOOLS } from '../../src/verify/external-tools.js'
import { emitted } from './emitted.js'

const tool = (program: string) => {
  const found = EXTERNAL_TOOLS.find((one) => one.program === program)
  if (found === undefined) throw new Error(`no tool ${program}`)
  return found
}
const answer = (code: number, stdout: string, stderr = '') => ({ code, stdout, stderr })
const makefile = emitted('Makefile', '.PHONY: test\ntest: lint\n\tpytest\nlint:\n\truff\n%.lock:\n\tuv lock\n')
const schema = emitted('conf/settings.schema.json', '{}')

describe('answers', () => {
  it.each([
    [
      'ruff',
      answer(
        1,
        '[{"filename":"/t/src/a.py","code":"F401","message":"`sys` imported but unused","location":{"row":3,"column":12}}]',
      ),
      { file: '/t/src/a.py', message: 'F401: `sys` imported but unused', line: 3, column: 12 },
    ],
    [
      'make',
      answer(2, '', "make: *** No rule to make target 'gone', needed by 'test'.  Stop.\n"),
      { file: 'Makefile', message: expect.stringContaining("'gone'") },
    ],
    [
      'make',
      answer(2, '', 'Makefile:3: *** missing separator.  Stop.\n'),
      { file: 'Makefile', message: '*** missing separator.  Stop.', line: 3 },
    ],
    [
      'shellcheck',
      answer(
        1,
        '[{"file":"run.sh","line":2,"endLine":2,"column":6,"level":"info","code":2086,"message":"Double quote to prevent globbing and word splitting."}]',
      ),
      { file: 'run.sh', message: 'SC2086: Double quote to prevent globbing and word splitting.', line: 2, column: 6 },
    ],
    [
      'yamllint',
      answer(
        1,
        'conf/base.yaml:1:9: [error] syntax error: mapping values are not allowed here (syntax)\nconf/base.yaml:1:1: [warning] missing document start\n',
      ),
      {
        file: 'conf/base.yaml',
        message: 'syntax error: mapping values are not allowed here (syntax)',
        line: 1,
        column: 9,
      },
    ],
    [
      'check-jsonschema',
      answer(
        1,
        "Schema validation errors were encountered.\n  conf/settings.schema.json::$.type: 'objec' is not valid\n",
      ),
      { file: 'conf/settings.schema.json', message: expect.stringContaining("'objec'") },
    ],
    [
      'gitleaks',
      answer(3, '[{"RuleID":"aws-access-token","StartLine":1,"File":"conf/base.yaml","Secret":"x"}]'),
      { file: 'conf/base.yaml', message: 'aws-access-token: looks like a credential', line: 1 },
    ],
  ])('%s: a problem', (program, said, problem) =>
    expect(tool(program).read(said, [schema], 0)).toEqual([expect.objectContaining(problem)]),
  )

  it.each([
    ['ruff', answer(0, '[]')],
    ['make', answer(0, 'ruff\npytest\n')],
    ['shellcheck', answer(0, '[]')],
    ['yamllint', answer(0, '')],
    ['check-jsonschema', answer(0, 'ok -- validation done')],
    ['gitleaks', answer(0, '[]')],
  ])('%s: nothing found', (program, said) => expect(tool(program).read(said, [schema], 0)).toEqual([]))

  it.each([
    ['ruff', answer(2, '', 'ruff failed')],
    ['shellcheck', answer(4, '', 'bad option')],
    ['gitleaks', answer(1, '', 'fatal')],
    ['check-jsonschema', answer(2, '', 'usage')],
    ['yamllint', answer(255, '', 'usage')],
  ])('%s: its own failure is no verdict', (program, said) =>
    expect(() => tool(program).read(said, [schema], 0)).toThrow(`code ${said.code}`),
  )
})

it('asks make for every target that is no pattern', () => {
  expect(tool('make').args([makefile])).toEqual([['--dry-run', '--always-make', 'test', 'lint']])
})
