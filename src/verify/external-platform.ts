// The external tools that judge a folder or a document rather than one file: each call is about one of them.
import { posix } from 'node:path'
import { z } from 'zod'
import type { EmittedFile } from '../types.js'
import type { Answer, ExternalTool, Problem } from './external-tools.js'

const folderOf = (file: EmittedFile) => posix.dirname(file.path)

/** What a program says about the file of this call; its last lines are where the reason is. */
function refusedCall({ code, stdout, stderr }: Answer, file: EmittedFile | undefined): Problem[] {
  if (code === 0 || file === undefined) return []
  // Of another version than we know: no verdict.
  if (/unknown (shorthand )?flag|unknown command/.test(stderr)) throw new Error(stderr.split('\n')[0])
  const said = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '')
  const message = said.filter((line) => /error|fail|invalid|unknown|exp:|got:/i.test(line)).slice(0, 3)
  return [{ file: file.path, message: (message.length > 0 ? message : said.slice(-1)).join(' / ').trim() || 'refused' }]
}

const kubeconformSchema = z.object({
  resources: z.array(z.looseObject({ filename: z.string(), status: z.string(), msg: z.string() })),
})

const validateSchema = z.looseObject({
  diagnostics: z.array(
    z.looseObject({
      severity: z.string(),
      summary: z.string(),
      detail: z.string().optional(),
      range: z
        .looseObject({ filename: z.string(), start: z.looseObject({ line: z.number(), column: z.number() }) })
        .optional(),
    }),
  ),
})

/** Folders that configure a provider are those in which somebody runs Terraform. */
const roots = (files: readonly EmittedFile[]): string[] => [
  ...new Set(files.filter(({ content }) => /^provider "/m.test(content)).map(folderOf)),
]

export const PLATFORM_TOOLS: readonly ExternalTool[] = [
  {
    check: 'external/kustomize',
    program: 'kubectl',
    level: 'L1',
    kinds: ['kustomization'],
    versionArgs: ['version', '--client'],
    install: 'see https://kubernetes.io/docs/tasks/tools',
    concerns: (file) => !/^kind: Component$/m.test(file.content),
    args: (files) => files.map((file) => ['kustomize', folderOf(file)]),
    read: (answer, files, call) => refusedCall(answer, files[call]),
  },
  {
    check: 'external/helm',
    program: 'helm',
    level: 'L1',
    kinds: ['helm-chart'],
    versionArgs: ['version', '--short'],
    install: 'see https://helm.sh/docs/intro/install',
    args: (files) => files.map((file) => ['lint', '--strict', '--quiet', '--skip-schema-validation', folderOf(file)]),
    read: (answer, files, call) => {
      // The schema of the values asks for what only an installation knows; one of the linter's rules looks at it all the same.
      const said = answer.stdout.split('\n').filter((line) => /^\[(ERROR|WARNING)\]/.test(line))
      const own = said.filter((line) => !/^\[ERROR\] values\.yaml: - at '/.test(line))
      return said.length > 0 && own.length === 0 ? [] : refusedCall({ ...answer, stdout: own.join('\n') }, files[call])
    },
  },
  {
    check: 'external/promtool-tests',
    program: 'promtool',
    // It runs tests that were generated; what a test file must be for L1 is asked of the parser.
    level: 'L2',
    kinds: ['prometheus-tests'],
    install: 'apt-get install prometheus',
    contentOnly: true,
    args: (files) => files.map((file) => ['test', 'rules', file.path]),
    read: (answer, files, call) => refusedCall(answer, files[call]),
  },
  {
    check: 'external/rollouts',
    program: 'kubectl-argo-rollouts',
    level: 'L1',
    kinds: ['kubernetes'],
    versionArgs: ['version', '--short'],
    install: 'see https://argo-rollouts.readthedocs.io/en/stable/installation',
    // The linter does not follow a reference to a workload, and takes its absence for a fault.
    concerns: ({ content }) => /^kind: Rollout$/m.test(content) && !/^\s+workloadRef:/m.test(content),
    args: (files) => files.map((file) => ['lint', '-f', file.path]),
    read: (answer, files, call) => refusedCall(answer, files[call]),
  },
  {
    check: 'external/kubeconform',
    program: 'kubeconform',
    level: 'L1',
    kinds: ['kubernetes'],
    versionArgs: ['-v'],
    install: 'see https://github.com/yannh/kubeconform#installation',
    cannot: ({ toolchain }) =>
      toolchain === undefined
        ? 'kubeconform fetches its schemas from the network; MLOPS_TOOLCHAIN names no folder that holds them'
        : undefined,
    args: (files, toolchain) => [
      [
        ...['-strict', '-output', 'json', '-verbose', '-schema-location'],
        `${toolchain ?? ''}/schemas/kubernetes/{{ .ResourceKind }}{{ .KindSuffix }}.json`,
        ...files.map((file) => file.path),
      ],
    ],
    read: ({ stdout }) => {
      const { resources } = kubeconformSchema.parse(JSON.parse(stdout))
      return resources
        .filter(({ status }) => !['statusValid', 'statusEmpty', ''].includes(status))
        .map(({ filename, msg, status }) => ({ file: filename, message: msg || status }))
    },
  },
  {
    check: 'external/tofu-validate',
    program: 'tofu',
    level: 'L1',
    kinds: ['terraform'],
    versionArgs: ['version'],
    install: 'see https://opentofu.org/docs/intro/install',
    // Fetching providers of hundreds of megabytes is not a check's to decide.
    cannot: ({ env }) =>
      env.TF_CLI_CONFIG_FILE === undefined && env.TF_PLUGIN_CACHE_DIR === undefined
        ? 'no providers are initialised here: TF_CLI_CONFIG_FILE names no mirror, TF_PLUGIN_CACHE_DIR no folder of them'
        : undefined,
    args: (files) =>
      roots(files).flatMap((root) => [
        [`-chdir=${root}`, 'init', '-backend=false', '-input=false', '-no-color'],
        [`-chdir=${root}`, 'validate', '-json', '-no-color'],
      ]),
    read: (answer, files, call) => {
      const root = roots(files)[Math.floor(call / 2)] ?? ''
      if (call % 2 === 0) {
        // A module or a provider that is not there is for `init` to find; it is no verdict on the files.
        if (answer.code !== 0) throw new Error(`init of ${root} ended with ${answer.code}: ${firstError(answer)}`)
        return []
      }
      return validateSchema
        .parse(JSON.parse(answer.stdout))
        .diagnostics.filter(({ severity }) => severity === 'error')
        .map(({ summary, detail = '', range }) => ({
          file:
            range === undefined ? (files.find((file) => folderOf(file) === root)?.path ?? root) : inside(root, range),
          message: `${summary}: ${detail}`.replace(/\s+/g, ' '),
          line: range?.start.line,
          column: range?.start.column,
        }))
    },
  },
]

const inside = (root: string, { filename }: { readonly filename: string }) =>
  posix.normalize(posix.join(root, filename))

const firstError = ({ stdout, stderr }: Answer): string =>
  `${stderr}\n${stdout}`.split('\n').find((line) => /error/i.test(line)) ?? 'it said nothing'
