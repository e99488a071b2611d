{{- define "training.labels" -}}
app.kubernetes.io/name: training
app.kubernetes.io/part-of: {{ .Values.project }}
app.kubernetes.io/component: training
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "training.image" -}}
{{- $digest := dig "training" "digest" "" .Values.images -}}
{{ required "registry: what `terraform output registry` says" .Values.registry }}/{{ .Values.image }}{{ if $digest }}@{{ $digest }}{{ else }}:initial{{ end }}
{{- end }}
