// The real tools, where they are installed, on the design of fixtures/cluster and on one fault each; their absence is said, never a pass.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkExternal } from '../../src/verify/external.js'
import { INFRASTRUCTURE_TOOLS } from '../../src/verify/external-infrastructure.js'
import { lines } from './emitted.js'
import { fixtures } from './folder.js'

const { files, mutated } = fixtures('cluster')
const toolchain = process.env.MLOPS_TOOLCHAIN
const folders = [...(process.env.PATH ?? '').split(':'), ...(toolchain === undefined ? [] : [join(toolchain, 'bin')])]
const installed = INFRASTRUCTURE_TOOLS.filter(({ program }) =>
  folders.some((folder) => existsSync(join(folder, program))),
)

const FAULTS: Readonly<Record<string, () => ReturnType<typeof files>>> = {
  actionlint: () => mutated('.github/workflows/release.yaml', 'timeout-minutes', 'timeout-minute'),
  promtool: () => mutated('deploy/charts/monitoring/rules/serving.yaml', '> 0.01', '>'),
  amtool: () => mutated('deploy/charts/monitoring/alertmanager.yaml', 'receiver: team', 'receiver: teem'),
}
const run = (some: ReturnType<typeof files>) =>
  checkExternal(
    { files: some, env: process.env, ...(toolchain === undefined ? {} : { toolchain }) },
    INFRASTRUCTURE_TOOLS,
  )

describe('external tools for infrastructure', () => {
  it('accept what is right, or are said to be missing', { timeout: 60_000 }, async () => {
    const results = await run(files())
    expect(lines(results)).toEqual([])
    for (const { check, program } of INFRASTRUCTURE_TOOLS.filter((tool) => !installed.includes(tool)))
      for (const one of results.filter((result) => result.check === check))
        expect(one).toMatchObject({
          status: 'not run',
          reason: expect.stringContaining(`${program} is not installed; `),
        })
  })

  it('refuse a fault each', { timeout: 120_000 }, async () => {
    for (const { program, check } of installed) {
      const fault = FAULTS[program]
      if (fault !== undefined) expect(lines(await run(fault())).join('\n')).toContain(check)
    }
  })
})
