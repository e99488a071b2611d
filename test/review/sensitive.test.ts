// Sensitive lines of a difference: which ones, with the number that the line has in the file.
import { describe, expect, it } from 'vitest'
import { changedLines, findSensitive } from '../../src/review/sensitive.js'

const PATCH = `diff --git a/keep.py b/keep.py
--- a/keep.py
+++ b/keep.py
@@ -3,4 +3,5 @@ head
 same
-KEEP_DAYS = 30
+KEEP_DAYS = 3650
+++KEEP = 1
 same
@@ -20,2 +21,2 @@
--- KEEP: what looks like a head is a removed line
+other
\\ No newline at end of file
`
const kinds = [
  { id: 'keep', title: 'Keep', rules: [{ files: /\.py$/u, lines: /KEEP/u, except: /KEEP = 1/u }] },
  { id: 'none', title: 'None', rules: [{ files: /\.tf$/u, lines: /./u }] },
]

describe('sensitive lines', () => {
  it('are numbered as in the file that they are in, old or new', () => {
    expect(changedLines({ path: 'keep.py', patch: PATCH }).map(({ line, how, text }) => [line, how, text])).toEqual([
      [4, 'removed', 'KEEP_DAYS = 30'],
      [4, 'added', 'KEEP_DAYS = 3650'],
      [5, 'added', '++KEEP = 1'],
      [20, 'removed', '-- KEEP: what looks like a head is a removed line'],
      [21, 'added', 'other'],
    ])
  })

  it('are those of the rules, without exceptions and without unchanged ones', () => {
    const [keep, ...others] = findSensitive([{ path: 'keep.py', patch: PATCH }], kinds)
    expect(others).toEqual([])
    expect(keep?.lines.map(({ line, how }) => `${how} ${line}`)).toEqual(['removed 4', 'added 4', 'removed 20'])
  })
})
