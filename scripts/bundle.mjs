// Puts what every command loads into few files, as reading two hundred modules took longer than most commands.
// Usage: node scripts/bundle.mjs [folder to write into, default: dist], after tsc has written the types and the library there.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '..')
const dist = process.argv[2] ?? join(root, 'dist')

// Always needed, and without a question about where their own files lie; everything else stays in node_modules.
const INCLUDED = [
  '@cfworker/json-schema',
  '@lezer/common',
  '@lezer/python',
  '@secretlint/core',
  '@secretlint/secretlint-rule-preset-recommend',
  'commander',
  'diff',
  'handlebars',
  'js-yaml',
  'markdownlint',
  'p-queue',
  'protobufjs',
  'simple-git',
  'smol-toml',
  'yaml',
  'zod',
]
const NOTHING = '\0nothing'
const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
const external = Object.keys(dependencies)
  .filter((name) => !INCLUDED.includes(name))
  .map((name) => new RegExp(`^${name}(/|$)`))

const bundle = await rolldown({
  input: join(root, 'src', 'cli.ts'),
  platform: 'node',
  external,
  tsconfig: false,
  logLevel: 'warn',
  // Handlebars writes its code through this package only to make source maps, which nobody asks for; without it, it compiles twice as fast.
  plugins: [
    {
      name: 'no-source-map',
      resolveId: (id) => (id === 'source-map' ? NOTHING : null),
      load: (id) => (id === NOTHING ? 'export {}' : null),
    },
    // Commander loads it for commands that are programs of their own, of which we have none; it takes 2.5 of the milliseconds of --help.
    {
      name: 'no-child-process-for-commander',
      resolveId: (id, importer) =>
        id === 'node:child_process' && /[\\/]node_modules[\\/]commander[\\/]/.test(importer ?? '') ? NOTHING : null,
    },
  ],
})
await rm(join(dist, 'chunks'), { recursive: true, force: true })
// One folder deep, like the modules of src: paths that are relative to a module lead to the same place.
const { output } = await bundle.write({
  dir: dist,
  format: 'esm',
  entryFileNames: 'cli.js',
  chunkFileNames: 'chunks/[name]-[hash].js',
})

const packages = new Set()
for (const { moduleIds = [] } of output) {
  for (const id of moduleIds) {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []
    if (folder !== undefined && !folder.startsWith('\0')) packages.add(folder)
  }
}
const licences = await Promise.all([...packages].sort().map(licenceOf))
await writeFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences.join(`\n${'-'.repeat(78)}\n\n`))

/** Name, version and licence text of an included package, as its licence asks for. */
async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  const text =
    file === undefined ? `${license}, as its package.json says.\n` : await readFile(join(folder, file), 'utf8')
  return `${name} ${version}\n\n${text}`
}
