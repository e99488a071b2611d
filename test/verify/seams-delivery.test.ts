// Terraform, workflows and images around a small platform: each file that goes, each value that does not fit and each orphan is named.
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { contractSchema } from '../../src/spec/contract.js'
import type { EmittedFile } from '../../src/types.js'
import type { Seam } from '../../src/verify/seam.js'
import { dockerSeam } from '../../src/verify/seam-charts.js'
import { imageSeam } from '../../src/verify/seam-cluster.js'
import { commandSeam } from '../../src/verify/seam-commands.js'
import { terraformContractSeam, terraformValueSeam } from '../../src/verify/seam-terraform.js'
import { automationSeam, workflowPipeSeam, workflowVariableSeam } from '../../src/verify/seam-workflows.js'
import { checkSeams } from '../../src/verify/seams.js'
import { terraformSeam } from '../../src/verify/wired-terraform.js'
import { emitted, lines } from './emitted.js'

const contract = contractSchema.parse({
  version: 1,
  project: 'shop',
  buckets: { raw: { owner: 'storage', uri: 's3://shop-raw', description: 'Records' } },
  identities: { train: { owner: 'training', namespace: 'shop', access: ['raw:read'], description: 'Stages' } },
  images: { train: { owner: 'training', repository: 'shop-train', description: 'Stages' } },
  secrets: { hook: { owner: 'alerting', environment: 'HOOK', description: 'Webhook' } },
})

const VERSIONS =
  'terraform {\n  required_version = ">= 1.10"\n  required_providers {\n    aws = { source = "hashicorp/aws", version = "~> 5.58" }\n  }\n}\n'
const DEV = 'cloud/environments/dev'
const STORE = 'cloud/modules/store'

const PLATFORM: readonly (readonly [string, string])[] = [
  [`${DEV}/backend.tf`, VERSIONS.replace('  required_version', '  backend "s3" {}\n  required_version')],
  [`${DEV}/providers.tf`, 'provider "aws" {\n  region = var.region\n}\n'],
  [
    `${DEV}/main.tf`,
    'module "store" {\n  source  = "../../modules/store"\n  project = var.project\n  buckets = var.contract.buckets\n}\n',
  ],
  [
    `${DEV}/variables.tf`,
    'variable "region" { type = string }\nvariable "project" { type = string }\nvariable "budget" { type = number }\nvariable "contract" { type = any }\n',
  ],
  [
    `${DEV}/terraform.tfvars`,
    'project = "shop"\nregion = "eu-central-1"\ncontract = {\n  buckets = { raw = { uri = "s3://shop-raw" } }\n  identities = { train = { namespace = "shop", access = ["raw:read"] } }\n  images = { train = { repository = "shop-train" } }\n  secrets = { hook = { description = "Webhook" } }\n}\n',
  ],
  [`${DEV}/outputs.tf`, 'output "bucket" {\n  value = module.store.names\n}\n'],
  [`${DEV}/tests/plan.tftest.hcl`, 'run "plan" {\n  command = plan\n}\n'],
  [`${STORE}/versions.tf`, VERSIONS],
  [
    `${STORE}/main.tf`,
    `variable "project" { type = string }
variable "buckets" { type = any }
locals {
  tiered = toset(["raw"])
  roles  = { read = "a", write = "b" }
}
resource "aws_s3_bucket" "layer" {
  for_each = var.buckets
  bucket   = "\${var.project}-\${each.key}"
}
resource "aws_s3_bucket_versioning" "layer" {
  for_each = aws_s3_bucket.layer
  bucket   = contains(local.tiered, each.key) ? each.value.id : ""
}
resource "aws_iam_role" "this" {
  for_each = local.roles
  name     = each.key
}
`,
  ],
  [`${STORE}/read.tf`, 'resource "aws_iam_role_policy" "read" {\n  role = aws_iam_role.this["read"].id\n}\n'],
  [`${STORE}/write.tf`, 'resource "aws_iam_role_policy" "write" {\n  role = aws_iam_role.this["write"].id\n}\n'],
  [`${STORE}/outputs.tf`, 'output "names" {\n  value = [for one in aws_s3_bucket.layer : one.bucket]\n}\n'],
  [
    'scripts/up.sh',
    '#!/usr/bin/env bash\nfolder="cloud/environments/$1"\ntofu -chdir="$folder" apply -var "budget=$2"\noutputs="$(tofu -chdir="$folder" output -json)"\ngh variable set BUCKET --body "$(jq .bucket.value <<<"$outputs")"\n',
  ],
  [
    'scripts/check.sh',
    '#!/usr/bin/env bash\nfor folder in cloud/environments/*/; do tofu -chdir="$folder" test; done\n',
  ],
  ['scripts/images.sh', '#!/usr/bin/env bash\nwhile read -r name; do echo "$name"; done <docker/images\n'],
  ['docker/images', 'train shop-train\n'],
  ['docker/train.Dockerfile', 'FROM scratch\nCOPY conf ./conf\n'],
  ['.dockerignore', '*\n!conf\n'],
  ['conf/base.yaml', 'a: 1\n'],
  ['deploy/namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n'],
  [
    '.github/workflows/release.yaml',
    'on: push\njobs:\n  build:\n    uses: ./.github/workflows/build.yaml\n  put:\n    steps:\n      - uses: actions/checkout@v7\n      - run: echo "${{ vars.BUCKET }}"\n',
  ],
  ['.github/workflows/build.yaml', 'on:\n  workflow_call: {}\njobs: {}\n'],
  [
    '.github/dependabot.yml',
    stringify({
      version: 2,
      updates: [
        { 'package-ecosystem': 'github-actions', directory: '/' },
        { 'package-ecosystem': 'docker', directory: '/docker' },
        { 'package-ecosystem': 'terraform', directories: ['/cloud/environments/*', '/cloud/modules/*'] },
      ],
    }),
  ],
  ['docs/delivery.md', '# Delivery\n\n`release` runs by itself.\n\n```sh\nscripts/up.sh dev 100\n```\n'],
]

const RELEASE = '.github/workflows/release.yaml'
const ECHO = 'echo "${{ vars.BUCKET }}"'

const files = () => PLATFORM.map(([path, content]) => emitted(path, content))
const without = (path: string) => {
  if (!PLATFORM.some(([one]) => one === path)) throw new Error(`there is no ${path}`)
  return files().filter((file) => file.path !== path)
}
const withFile = (path: string, content: string) => [...files(), emitted(path, content)]
const mutated = (path: string, from: string, to: string) =>
  files().map((file) => {
    if (file.path !== path) return file
    if (!file.content.includes(from)) throw new Error(`${path} does not contain ${from}`)
    return { ...file, content: file.content.replace(from, to) }
  })
const failures = async (seams: readonly Seam[], some: readonly EmittedFile[]) =>
  lines(await checkSeams(some, contract, seams)).join('\n')

type Case = readonly [string, () => EmittedFile[], string]
const VALUES = `${DEV}/terraform.tfvars`

const cases: readonly (readonly [Seam, readonly Case[]])[] = [
  [
    terraformSeam,
    [
      [
        'a module that pins nothing',
        () => without(`${STORE}/versions.tf`),
        `${STORE} uses the provider aws and pins no`,
      ],
      [
        'a provider that nobody uses',
        () =>
          mutated(
            `${STORE}/versions.tf`,
            '    aws',
            '    tls = { source = "hashicorp/tls", version = "4.0" }\n    aws',
          ),
        `${STORE} requires the provider tls and does not use it`,
      ],
      ['a root without providers', () => without(`${DEV}/providers.tf`), `nothing in ${DEV} sets the provider aws up`],
      ['a root without a backend', () => without(`${DEV}/backend.tf`), `${DEV} has no backend`],
      [
        'a root that nobody applies',
        () => withFile('cloud/spare/main.tf', VERSIONS),
        'no module calls cloud/spare, and no script or workflow applies it',
      ],
      [
        'an output for nobody',
        () => withFile(`${STORE}/more.tf`, 'output "more" {\n  value = 1\n}\n'),
        `${STORE}/more.tf:1 no module that calls ${STORE} reads its output more`,
      ],
      ['tests that are gone', () => without(`${DEV}/tests/plan.tftest.hcl`), `tests ${DEV}, which has no tests`],
      [
        'tests that nobody runs',
        () => withFile(`${STORE}/tests/plan.tftest.hcl`, 'run "plan" {\n  command = plan\n}\n'),
        `no command runs the tests of ${STORE}`,
      ],
      ['a role without rights', () => without(`${STORE}/write.tf`), 'no policy is attached to the role this["write"]'],
    ],
  ],
  [
    terraformValueSeam,
    [
      ['values that are gone', () => without(VALUES), `nothing gives region a value in ${DEV}`],
      [
        'a value that no script hands over',
        () => mutated('scripts/up.sh', ' -var "budget=$2"', ''),
        `nothing gives budget a value in ${DEV}`,
      ],
      [
        'a value of no variable',
        () => mutated('scripts/up.sh', '-var "budget=', '-var "buget='),
        'scripts/up.sh:3 no root that is named here has a variable buget',
      ],
      [
        'outputs that are gone',
        () => without(`${DEV}/outputs.tf`),
        'scripts/up.sh:5 no root of Terraform has the output bucket',
      ],
      [
        'outputs that one of two roots lacks',
        () => [
          ...files(),
          ...files()
            .filter(({ path }) => path.startsWith(DEV) && !path.endsWith('outputs.tf'))
            .map((file) => ({ ...file, path: file.path.replace('/dev/', '/prod/') })),
        ],
        'cloud/environments/prod has no output bucket, which this reads',
      ],
      [
        'an output that nobody reads',
        () => mutated(`${DEV}/outputs.tf`, 'output', 'output "spare" {\n  value = 1\n}\n\noutput'),
        `${DEV}/outputs.tf:1 no script, document or test reads the output spare`,
      ],
    ],
  ],
  [
    terraformContractSeam,
    [
      ['another project', () => mutated(VALUES, '"shop"', '"shops"'), 'expected the project shop, got shops'],
      [
        'a bucket misspelt',
        () => mutated(VALUES, 'raw = {', 'row = {'),
        'raw is missing, which is a buckets of the contract',
      ],
      [
        'another address',
        () => mutated(VALUES, 's3://shop-raw', 's3://shop-row'),
        'buckets.raw.uri is not what the contract says',
      ],
      [
        'other rights',
        () => mutated(VALUES, 'raw:read', 'raw:write'),
        'identities.train.access is not what the contract says',
      ],
      [
        'a key that is no bucket',
        () => mutated(`${STORE}/main.tf`, 'toset(["raw"])', 'toset(["row"])'),
        'the contract has no buckets.row, so local.tiered never applies',
      ],
      [
        'a database for nobody',
        () => mutated(VALUES, 'project =', 'databases = { spare = {} }\nproject ='),
        'no chart reads the database spare',
      ],
    ],
  ],
  [
    workflowVariableSeam,
    [
      [
        'a variable that nobody sets',
        () => mutated('.github/workflows/release.yaml', 'vars.BUCKET', 'vars.BUCKETS'),
        'no script sets BUCKETS, and no document says how to',
      ],
      [
        'a variable that nobody reads',
        () => without('.github/workflows/release.yaml'),
        'scripts/up.sh:5 no workflow reads BUCKET',
      ],
    ],
  ],
  [
    workflowPipeSeam,
    [
      [
        'a plan that is green when it fails',
        () => mutated(RELEASE, ECHO, "|\n          # What a person's eyes see.\n          tofu plan | tee plan.txt\n"),
        'release.yaml:10 "tofu plan | tee plan.txt" goes on where the first part of its pipe fails; set shell: bash',
      ],
      [
        'a pipe whose value is asked for',
        () => mutated(RELEASE, ECHO, 'echo "names=$(cut -d\' \' -f1 names | sort)"'),
        'goes on where the first part of its pipe fails',
      ],
      [
        'a shell that is named so that it forgives',
        () => mutated(RELEASE, ECHO, 'tofu plan | tee plan.txt\n        shell: bash -e {0}\n'),
        'goes on where the first part of its pipe fails',
      ],
    ],
  ],
  [
    automationSeam,
    [
      [
        'a workflow that nobody calls',
        () => withFile('.github/workflows/spare.yaml', 'on: workflow_call\njobs: {}\n'),
        'spare.yaml no workflow calls this one, and nothing else starts it',
      ],
      [
        'a workflow that nobody was told of',
        () => withFile('.github/workflows/spare.yaml', 'on: push\njobs: {}\n'),
        'spare.yaml no document says when this workflow runs',
      ],
      ['pins that nobody renews', () => without('.github/dependabot.yml'), 'nothing renews what /docker pins'],
      [
        'a folder without pins',
        () => mutated('.github/dependabot.yml', 'directory: /docker', 'directory: /images'),
        '.github/dependabot.yml:6 /images pins nothing of the kind docker',
      ],
    ],
  ],
  [
    dockerSeam,
    [
      ['everything sent to the builder', () => without('.dockerignore'), 'no .dockerignore keeps secrets'],
      [
        'a source that is left out',
        () => mutated('.dockerignore', '!conf\n', ''),
        'COPY conf: .dockerignore leaves it out',
      ],
      [
        'a source that no image copies',
        () => mutated('.dockerignore', '!conf', '!conf\n!src'),
        '.dockerignore:3 no image copies src',
      ],
    ],
  ],
  [
    imageSeam,
    [
      [
        'a list of images that is gone',
        () => without('docker/images'),
        'scripts/images.sh:2 docker/images does not exist',
      ],
      [
        'an image that is not listed',
        () => mutated('docker/images', 'shop-train', 'shop-trains'),
        'train shop-train is missing',
      ],
      [
        'an image file of no image',
        () => withFile('docker/spare.Dockerfile', 'FROM scratch\n'),
        'docker/spare.Dockerfile the contract has no image of this name',
      ],
    ],
  ],
  [
    commandSeam,
    [
      [
        'a command in a document that is gone',
        () => without('scripts/up.sh'),
        'docs/delivery.md:6 scripts/up.sh dev 100: there is no file scripts/up.sh',
      ],
    ],
  ],
]

it('finds nothing where everything fits', async () => {
  expect(
    await failures(
      cases.map(([seam]) => seam),
      files(),
    ),
  ).toBe('')
})

it.each([
  ['a shell that sees every part of a pipe', 'tofu plan | tee plan.txt\n        shell: bash\n'],
  ['a script that asks for it', '|\n          set -euo pipefail\n          tofu plan | tee plan.txt\n'],
  ['a filter, a comment and an alternative', "|\n          # a | b\n          jq '.a | .b' file || exit 1\n"],
  ['another language', 'print(1 | 2)\n        shell: python\n'],
])('lets %s be', async (_, step) => {
  expect(await failures([workflowPipeSeam], mutated(RELEASE, ECHO, step))).toBe('')
})

describe.each(cases.map(([seam, list]) => [seam.name, seam, list] as const))('%s', (_, seam, list) => {
  it.each(list)('finds %s', async (_name, some, expected) => expect(await failures([seam], some())).toContain(expected))
})
