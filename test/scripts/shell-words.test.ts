// A program or path that is not seen here is not checked in the commands that only a cloud can run.
import { describe, expect, it } from 'vitest'
import { pathsOf, programsOf, variablesOf } from '../../scripts/shell-words.mjs'

describe('the programs of a command', () => {
  it('are the first words of its simple commands', () => {
    expect(programsOf('A=1 uv lock && B="x y" make a | tee b; ls')).toEqual(['uv', 'make', 'tee', 'ls'])
    expect(programsOf('make a >/dev/null 2>&1 # or; not')).toEqual(['make'])
  })

  it('are also those of substitutions, but not what is quoted', () => {
    expect(programsOf(`jobs="$(gh api "a/$X")"\necho "n=$(jq '.a | b; c' <<< "$jobs")" >> "$OUT"`)).toEqual([
      'gh',
      'jq',
      'echo',
    ])
  })

  it('stand behind words of the shell', () => {
    const script =
      'while read -r a; do\n  go "$(skopeo inspect x)"\ndone < list > out\ntest -n "$A" || { echo no; exit 1; }'
    expect(programsOf(script)).toEqual(['read', 'skopeo', 'go', 'test', 'echo', 'exit'])
  })
})

describe('the paths of a command', () => {
  it('are those of the project, but neither addresses nor what lies elsewhere', () => {
    const text =
      'uv run --project environments/checks x --logdir=work/events "docs/a.md" https://a/b s3://a/b /tmp/x text/html'
    expect(pathsOf(text)).toEqual(['environments/checks', 'work/events', 'docs/a.md', 'text/html'])
  })

  it('are no objects of a cluster, names in a store, ranges of addresses or branches', () => {
    expect(pathsOf('kubectl port-forward service/grafana 3000:80 --values deploy/a.yaml')).toEqual(['deploy/a.yaml'])
    expect(
      pathsOf(
        'aws x --secret-id a/b/c --show-only templates/a.yaml --access 203.0.113.7/32; git log origin/deploy/prod',
      ),
    ).toEqual([])
  })
})

describe('the variables of a command', () => {
  it('are those that it reads and does not set', () => {
    expect(
      variablesOf(`A=1; echo "$A \${B:+--to "$C"}" '$D' $e; for F in x; do echo $F; done; read -r G; echo $G`),
    ).toEqual(['B', 'C'])
  })
})
