import { expect, it } from 'vitest'
import { projectCommands } from '../../src/verify/commands.js'
import { emitted } from './emitted.js'

it('reads commands where tools and people run them, with their lines', async () => {
  const files = [
    emitted('Makefile', 'test:\n\t@OMP_NUM_THREADS=1 uv run pytest && echo done\n'),
    emitted('dvc.yaml', 'stages:\n  train:\n    cmd: uv run stage train\n    desc: run nothing\n'),
    emitted(
      '.pre-commit-config.yaml',
      'repos:\n  - repo: local\n    hooks:\n      - entry: ruff check\n        name: run\n',
    ),
    emitted('run.sh', '#!/bin/sh\n# comment\nmake test | tee log\n'),
    emitted(
      'README.md',
      '# A\n\n```sh\n$ make demo  # trains\n```\n\n```python\nmake = 1\n```\n\nRun `make nothing`.\n',
    ),
    emitted(
      'docker/a.Dockerfile',
      'FROM base\nRUN --mount=type=cache,target=/c uv sync --project environments/a\nCMD ["make", "x"]\n',
    ),
    emitted('conf/base.yaml', 'run: this is no command\n'),
  ]
  const found = await projectCommands(files)
  expect(found.map(({ file, line, words }) => `${file.path}:${line} ${words.join(' ')}`)).toEqual([
    'Makefile:2 uv run pytest',
    'Makefile:2 echo done',
    'dvc.yaml:3 uv run stage train',
    '.pre-commit-config.yaml:4 ruff check',
    'run.sh:3 make test',
    'run.sh:3 tee log',
    'README.md:4 make demo',
    'docker/a.Dockerfile:2 uv sync --project environments/a',
  ])
})

it('takes no text that is said for a command', async () => {
  const said = emitted('run.sh', 'fail "run it first; make nothing" || make test; uv run x\n')
  expect((await projectCommands([said])).map(({ words }) => words[0])).toEqual(['fail', 'make', 'uv'])
})
