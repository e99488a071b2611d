{{- define "tracker.labels" -}}
app.kubernetes.io/name: tracker
app.kubernetes.io/part-of: {{ .Values.project }}
app.kubernetes.io/component: tracker
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "tracker.image" -}}
{{- $digest := dig "tracker" "digest" "" .Values.images -}}
{{ required "registry: what `terraform output registry` says" .Values.registry }}/{{ .Values.image }}{{ if $digest }}@{{ $digest }}{{ else }}:initial{{ end }}
{{- end }}
