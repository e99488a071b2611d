{{- define "data.labels" -}}
app.kubernetes.io/part-of: {{ .Values.project }}
app.kubernetes.io/component: data
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "data.suffix" -}}
{{ required "suffix: what `terraform output suffix` says" .Values.suffix }}
{{- end }}
