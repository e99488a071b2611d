// The parsers: each accepts the right file and finds the planted fault at its line.
import { describe, expect, it } from 'vitest'
import type { Check } from '../../src/verify/check.js'
import { jsonCheck } from '../../src/verify/json.js'
import { linesCheck } from '../../src/verify/lines.js'
import { protoCheck } from '../../src/verify/proto.js'
import { tomlCheck } from '../../src/verify/toml.js'
import { yamlCheck } from '../../src/verify/yaml.js'
import { emitted } from './emitted.js'

const PROTO = 'syntax = "proto3";\npackage p;\nmessage M {\n  string x = 1;\n}\n'

const cases: readonly [string, Check, string, string, readonly [string, string, number][]][] = [
  [
    'yaml',
    yamlCheck,
    'a.yaml',
    'a: 1\nb:\n  - x\n---\nc: &n {d: 1}\ne: *n\n',
    [
      ['duplicate key', 'a: 1\nb: 2\na: 3\n', 3],
      ['tab', 'a:\n\tb: 1\n', 2],
      ['unclosed', 'a: [1, 2\nb: 3\n', 2],
      ['in the second document', 'a: 1\n---\nb: c: d\n', 3],
    ],
  ],
  [
    'toml',
    tomlCheck,
    'a.toml',
    '[tool.x]\na = 1\n[[b]]\nc = "d"\n',
    [
      ['bare word', '[project]\nname = mlops\n', 2],
      ['duplicate', 'a = 1\na = 2\n', 2],
    ],
  ],
  [
    'json',
    jsonCheck,
    'a.json',
    '{"a": [1, 2]}\n',
    [
      ['trailing comma', '{\n  "a": 1,\n}\n', 3],
      ['comment', '{\n  "a": 1 // one\n}\n', 2],
      ['duplicate key', '{\n  "a": 1,\n  "a": 2\n}\n', 3],
      ['cut off', '{\n  "a": [1,\n', 3],
    ],
  ],
  ['json lines', jsonCheck, 'a.jsonl', '{"a":1}\n{"a":2}\n', [['second line', '{"a":1}\n{"a":\n', 2]]],
  [
    'proto',
    protoCheck,
    'a.proto',
    PROTO,
    [
      ['syntax', PROTO.replace('= 1', '='), 4],
      ['unknown type', PROTO.replace('string x', 'Nope x'), 4],
      ['number twice', PROTO.replace('  string x = 1;', '  string x = 1;\n  string y = 1;'), 5],
    ],
  ],
  [
    'dotenv',
    linesCheck('dotenv'),
    '.env.example',
    '# where\nMLFLOW_TRACKING_URI=sqlite:///mlflow.db\nNAME="two words"\nEMPTY=\n',
    [['blank in a bare value', 'A=1\nB=two words\n', 2]],
  ],
  [
    'gitignore',
    linesCheck('ignore'),
    '.gitignore',
    '# made\n*.pyc\n!keep/\n/data/**\n',
    [['backslash', '*.pyc\ndata\\raw\n', 2]],
  ],
  [
    'gitattributes',
    linesCheck('attributes'),
    '.gitattributes',
    '* text=auto eol=lf\n*.png binary\n',
    [['no attribute', '* text=auto\n*.png\n', 2]],
  ],
  [
    'ini',
    linesCheck('ini'),
    '.dvc/config',
    '[core]\n    remote = storage\n[\'remote "storage"\']\n    url = s3://b\n',
    [['bare word', '[core]\nremote\n', 2]],
  ],
]

describe.each(cases)('%s', (_, check, path, right, faults) => {
  it('accepts the right file, naming tool and version', async () => {
    const [result, ...rest] = await check.run([emitted(path, right)], [])
    expect(rest).toEqual([])
    expect(result).toMatchObject({ status: 'pass', file: path, version: expect.stringMatching(/^\d+\.\d+/) })
  })

  it.each(faults)('finds: %s', async (_fault, content, line) => {
    const [first] = await check.run([emitted(path, content)], [])
    expect(first).toMatchObject({ status: 'fail', file: path, line })
    expect(first?.reason).not.toBe('')
  })
})

describe('yaml', () => {
  it('finds an undefined alias', async () => {
    const [first] = await yamlCheck.run([emitted('a.yaml', 'a: *nope\n')], [])
    expect(first).toMatchObject({ status: 'fail', reason: expect.stringContaining('nope') })
  })
})
