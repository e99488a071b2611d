// What ships of Kubernetes' schemas is what its API server and the operators' definitions say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { kubernetesSchemas } from '../../scripts/kubernetes-schemas.mjs'

it('the schemas that ship are those of the toolchain', async () => {
  const shipped = readFileSync(join(import.meta.dirname, '../../validators/kubernetes.json.br'))
  const made = await kubernetesSchemas(process.env.MLOPS_TOOLCHAIN ?? '')
  expect(made === brotliDecompressSync(shipped).toString()).toBe(true)
})
