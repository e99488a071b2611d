// A role that no policy is attached to may do nothing, and whoever takes it finds out when it is too late.
import type { HclBlock } from './hcl.js'
import { type Finding, inFile } from './seam.js'
import { argument, type TerraformModule } from './terraform-modules.js'
import { blocksOf } from './terraform-roots.js'

const ROLE = 'aws_iam_role'
/** Blocks and arguments of a role by which it brings its rights along. */
const WITHIN = ['inline_policy', 'managed_policy_arns']

export function powerlessRoles(module: TerraformModule): Finding[] {
  const resources = blocksOf(module, 'resource')
  return resources
    .filter(({ labels: [type], body }) => type === ROLE && !has(body, WITHIN))
    .flatMap((role) => {
      const [, name = ''] = role.labels
      const given = resources
        .filter(({ labels: [type] }) => type !== ROLE)
        .flatMap(({ body }) => argument(body, 'role')?.references ?? [])
        .filter(({ path }) => path[0] === ROLE && path[1] === name)
      const file = module.declared.get(`${ROLE}.${name}`)?.file
      const fail = (which: string) =>
        file === undefined ? [] : [inFile(file, `no policy is attached to the role ${which}`, role.line)]
      if (given.length === 0) return fail(name)
      // An index that is computed may be any of them.
      if (given.some(({ key }) => key === undefined)) return []
      const keys = new Set(given.map(({ key }) => key))
      return instances(module, role)
        .filter((key) => !keys.has(key))
        .flatMap((key) => fail(`${name}["${key}"]`))
    })
}

const has = (body: HclBlock['body'], names: readonly string[]): boolean =>
  body.blocks.some(({ type }) => names.includes(type)) || body.attributes.some(({ name }) => names.includes(name))

/** Keys that `for_each` gives, where they are written out, in place or in a local of that name. */
function instances(module: TerraformModule, { body }: HclBlock): readonly string[] {
  const each = argument(body, 'for_each')
  if (each === undefined) return []
  const [reference] = each.references
  if (reference?.path[0] !== 'local' || reference.path.length !== 2) return each.names ?? []
  const [, local = ''] = reference.path
  const block = module.declared.get(`local.${local}`)?.block
  return block === undefined ? [] : (argument(block.body, local)?.names ?? [])
}
