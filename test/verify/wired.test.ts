import { describe, expect, it } from 'vitest'
import type { EmittedFile } from '../../src/types.js'
import { appliedSeam } from '../../src/verify/seam-charts.js'
import { automationSeam } from '../../src/verify/seam-workflows.js'
import { checkWired, deletionSurvivors, WIRED } from '../../src/verify/wired.js'
import { applicationSeam } from '../../src/verify/wired-applications.js'
import { dashboardSeam, namedDashboardSeam } from '../../src/verify/wired-dashboards.js'
import { terraformSeam } from '../../src/verify/wired-terraform.js'
import { emitted, lines } from './emitted.js'
import { contractOf, mutated, platform, withFile, without } from './platform.js'

const failures = async (files: readonly EmittedFile[]) => lines(await checkWired(files, contractOf(files)))

const mutations: readonly [string, () => EmittedFile[], string][] = [
  [
    'module that nothing imports',
    () => withFile('src/shop/orphan.py', ''),
    'wired/module src/shop/orphan.py nothing reaches the module shop.orphan',
  ],
  [
    'module that only a test imports',
    () => [
      ...withFile('src/shop/orphan.py', 'x = 1\n'),
      emitted('tests/unit/test_orphan.py', 'from shop.orphan import x\n'),
    ],
    'wired/module src/shop/orphan.py',
  ],
  [
    'two modules that only import each other',
    () => [...withFile('src/shop/a.py', 'import shop.b\n'), emitted('src/shop/b.py', 'import shop.a\n')],
    'wired/module src/shop/b.py',
  ],
  [
    'data file that nothing names',
    () => withFile('conf/extra.yaml', 'a: 1\n'),
    'wired/file conf/extra.yaml no other file refers to conf/extra.yaml',
  ],
  [
    'data file that only a document names',
    () => [...withFile('conf/extra.yaml', 'a: 1\n'), emitted('docs/x.md', 'See `conf/extra.yaml`.\n')],
    'wired/file conf/extra.yaml',
  ],
  [
    'template that nothing renders',
    () => mutated('src/shop/stages/train.py', 'templates/report.html', 'templates/other.html'),
    'wired/file templates/report.html',
  ],
  [
    'path that does not exist, in Python',
    () => mutated('src/shop/stages/train.py', 'templates/report.html', 'templates/other.html'),
    'wired/path src/shop/stages/train.py:13 templates/other.html does not exist',
  ],
  [
    'path that does not exist, in a stage',
    () => mutated('dvc.yaml', 'src/shop/stages/train.py', 'src/shop/stages/fit.py'),
    'wired/path dvc.yaml:5 src/shop/stages/fit.py does not exist',
  ],
  [
    'module that no test leads to',
    () => without('tests/unit/test_cli.py'),
    'wired/tested src/shop/cli.py no test exercises shop.cli',
  ],
  [
    'pipeline file without a test',
    () => without('tests/unit/test_weekly.py'),
    'wired/tested dags/weekly.py no test exercises dags.weekly',
  ],
  [
    'test of a deliverable that does not exist',
    () => mutated('tests/unit/test_train.py', '"training"', '"trainig"'),
    'wired/tagged tests/unit/test_train.py:7 pytest.mark.deliverable("trainig"): no deliverable trainig is emitted',
  ],
  [
    'deliverable without a tagged test',
    () => without('tests/unit/test_train.py'),
    'no test is tagged with the deliverable training',
  ],
  ['environment that would be committed', () => without('.gitignore'), 'wired/version-control'],
  [
    'secrets that would be committed',
    () => mutated('.gitignore', '.env\n', ''),
    'wired/version-control .env.example .env comes into being here',
  ],
  [
    'line ends left to the machine',
    () => without('.gitattributes'),
    'wired/version-control Makefile no .gitattributes says eol=lf',
  ],
  [
    'path joined piece by piece',
    () => mutated('src/shop/settings.py', '"conf/base.yaml"', '"conf" / "bsae.yaml"'),
    'wired/path src/shop/settings.py:10 conf/bsae.yaml does not exist',
  ],
  [
    'path in a constant',
    () => mutated('src/shop/alerts.py', 'import os', 'import os\n\nFILE = "api/shop.json"'),
    'wired/path src/shop/alerts.py:5 api/shop.json does not exist',
  ],
  [
    'package without __init__.py',
    () => without('src/shop/stages/__init__.py'),
    'wired/package src/shop/stages/train.py src/shop/stages has modules but no __init__.py',
  ],
]

describe('checkWired', () => {
  it('finds nothing on the platform as it is', async () => expect(await failures(platform())).toEqual([]))

  it.each(mutations)('finds: %s', async (_, files, expected) => {
    expect((await failures(files())).join('\n')).toContain(expected)
  })

  it('has a mutation for every check', () => {
    const covered = new Set(mutations.map(([, , expected]) => expected.split(' ')[0]))
    // These have designs and lists of their own: seams-cluster.test.ts, seams-whole-files.test.ts, seams-delivery.test.ts.
    const own = WIRED.filter(
      (seam) =>
        ![appliedSeam, applicationSeam, dashboardSeam, namedDashboardSeam, terraformSeam, automationSeam].includes(
          seam,
        ),
    )
    expect(own.map((seam) => seam.name).filter((name) => !covered.has(name))).toEqual([])
  })
})

describe('deletionSurvivors', () => {
  it('finds that every file of the platform is missed when it is gone, but for tests of what other tests exercise too', async () => {
    const survivors = await deletionSurvivors(platform(), contractOf(platform()))
    expect(survivors.filter((survivor) => !survivor.test)).toEqual([])
    expect(survivors.map((survivor) => survivor.path)).toEqual(
      ['alerts', 'contract', 'settings', 'telemetry'].map((name) => `tests/unit/test_${name}.py`),
    )
  })

  it('names a file that nothing would miss', async () => {
    // Twice the same reference: each copy makes the other one superfluous.
    const files = [
      ...withFile('conf/a/extra.yaml', 'a: 1\n'),
      emitted('conf/b/extra.yaml', 'a: 1\n'),
      emitted('scripts/x.sh', 'cat extra.yaml\n'),
    ]
    const survivors = await deletionSurvivors(files, contractOf(files))
    expect(survivors.filter((survivor) => !survivor.test).map((survivor) => survivor.path)).toEqual([
      'conf/a/extra.yaml',
      'conf/b/extra.yaml',
    ])
  })
})
