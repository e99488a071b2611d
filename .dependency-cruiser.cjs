// Who may import whom: folders of src lie in layers, imports go down only, and a package has one owner. test/layers.test.ts runs it.
const layers = [
  ['cli'],
  ['web'],
  ['run'],
  ['agent', 'blueprint', 'intake', 'verify', 'review'],
  ['workflow', 'prompt', 'workspace', 'record', 'provider', 'spec', 'tool'],
]
const owners = {
  '@anthropic-ai/sdk': ['provider'],
  openai: ['provider'],
  'p-queue': ['provider', 'run'],
  'simple-git': ['workspace'],
  handlebars: ['prompt'],
  commander: ['cli'],
  '@clack/prompts': ['cli'],
  'env-paths': ['cli'],
  '@astral-sh/ruff-wasm-nodejs': ['verify'],
}
const folder = (names) => `^src/(${names.join('|')})(/|\\.ts$)`

const downOnly = layers.flatMap((row, at) =>
  row.map((name) => {
    const above = layers.slice(0, at).flat()
    const beside = row.filter((other) => other !== name)
    return {
      name: `${name}-imports-down-only`,
      severity: 'error',
      from: { path: folder([name]) },
      to: { path: folder([...above, ...beside, '_none_']) },
    }
  }),
)

const owned = Object.entries(owners).map(([name, folders]) => ({
  name: `${name}-has-one-owner`,
  severity: 'error',
  from: { path: '^src/', pathNot: name === 'commander' ? `${folder(folders)}|^src/cli\\.ts$` : folder(folders) },
  to: { path: `node_modules/${name}/` },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...downOnly,
    ...owned,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nouns-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/(errors|types)\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(errors|types)\\.ts$' },
    },
    {
      name: 'no-unknown-folder',
      severity: 'error',
      from: { path: '^src/', pathNot: `${folder(layers.flat())}|^src/(index|cli|errors|types)\\.ts$` },
      to: {},
    },
    {
      name: 'to-no-unknown-folder',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: `${folder(layers.flat())}|^src/(index|cli|errors|types)\\.ts$` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
}
