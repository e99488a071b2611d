{{- define "monitoring.namespace" -}}{{ .Values.project }}-monitoring{{- end }}
{{- define "monitoring.labels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: {{ .root.Values.project }}
app.kubernetes.io/component: monitoring
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}
{{- define "monitoring.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: {{ .root.Values.project }}
{{- end }}
{{- define "monitoring.container" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}
{{- define "monitoring.pod" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}
