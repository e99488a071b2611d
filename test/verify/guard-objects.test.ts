import { describe, expect, it } from 'vitest'
import { clusterObjects, podsOf, templateWords } from '../../src/verify/guard-objects.js'
import { emitted } from './emitted.js'

const TEMPLATE = `{{- $r := .Values.rollout }}
{{- if not $r }}
{{- fail (printf "expected a strategy") }}
{{- end }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: tracker
  labels:
    {{- include "tracker.labels" . | nindent 4 }}
spec:
  template:
    spec:
      nodeSelector: {pool: {{ .Values.pool }}}
      containers:
        - name: tracker
          image: {{ include "tracker.image" . }}
          {{- if .Values.size }}
          resources: {limits: {memory: {{ .Values.size.memory }}}}
          {{- end }}
---
apiVersion: v1
kind: Service
metadata: {name: tracker}
`

describe('objects of a template', () => {
  it('are read with what Helm fills in as words', async () => {
    const found = await clusterObjects(emitted('deploy/charts/tracker/templates/tracker.yaml', TEMPLATE))
    expect(found.map(({ id }) => id)).toEqual(['Deployment tracker', 'Service tracker'])
    const pod = found.flatMap(({ value }) => podsOf(value))
    expect(pod.map(({ path, pod: one }) => [path, Object.keys(one)])).toEqual([
      ['.spec.template.spec', ['nodeSelector', 'containers']],
    ])
  })

  it('are those of each block of a file of definitions', async () => {
    const text =
      '{{- define "a.pod" -}}\ncontainers:\n  - name: x\n{{- end }}\n\n{{- define "a.none" -}}\nname: y\n{{- end }}\n'
    const found = await clusterObjects(emitted('deploy/charts/a/templates/_names.tpl', text))
    expect(found.map(({ id }) => id)).toEqual(['a.pod 0', 'a.none 0'])
  })

  it('are none where nothing can be read', async () => {
    expect(await clusterObjects(emitted('deploy/charts/a/templates/a.yaml', 'a: [\n'))).toEqual([])
  })
})

it('names what a template refuses and takes in', () => {
  expect(templateWords(TEMPLATE)).toEqual(['a refusal of wrong values', 'tracker.labels', 'tracker.image'])
})
