// Each fault is planted in a test that is right.
import { expect, it } from 'vitest'
import { terraformTestCheck } from '../../src/verify/terraform-tests.js'
import { lines } from './emitted.js'
import { fixtures } from './folder.js'

const { withFile } = fixtures('terraform')
const PATH = 'environments/dev/tests/plan.tftest.hcl'
const RIGHT = `mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  region = "eu-central-1"
}

run "plan" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.arns.name == "/shop/\${var.region}"
    error_message = "The name follows the region."
  }
}
`
const verdicts = (text: string, path = PATH) => {
  const files = withFile(path, text)
  return terraformTestCheck.run(files.slice(-1), files)
}
const failures = async (text: string, path?: string) => lines(await verdicts(text, path))

it('takes a test that is right', async () => {
  expect((await verdicts(RIGHT)).map(({ status }) => status)).toEqual(['pass'])
})

it.each([
  ['a mock of what the provider lacks', '"aws_caller_identity"', '"aws_caller"', ':2 unknown data aws_caller'],
  ['an attribute that it lacks', 'account_id', 'account', ':2 aws_caller_identity has no attribute account'],
  ['a variable that the module lacks', 'region =', 'place =', ':8 environments/dev has no variable place'],
  ['a resource that the module lacks', 'parameter.arns', 'parameter.arn', ':15 aws_ssm_parameter.arn is not declared'],
  ['an unknown block', 'assert {', 'expect {', ':14 unknown block expect'],
  ['a missing message', /^.*error_message.*\n/m, '', ':14 the argument error_message is missing'],
  ['an unknown block at the top', 'run "plan"', 'test "plan"', ':11 unknown block test'],
  ['broken text', 'run "plan" {', 'run "plan"', ':11 '],
])('refuses %s', async (_, from, to, said) => {
  const text = RIGHT.replace(from, to)
  expect(text).not.toBe(RIGHT)
  expect((await failures(text)).join('\n')).toContain(`${PATH}${said}`)
})

it('refuses a test that asserts nothing, or is a test of nothing', async () => {
  expect((await failures(RIGHT.replace(/ {2}assert [\s\S]*?\n {2}\}\n/, ''))).join()).toContain(
    'no run asserts anything',
  )
  expect((await failures(RIGHT, 'nowhere/tests/plan.tftest.hcl')).join()).toContain('there is no Terraform in nowhere')
})
