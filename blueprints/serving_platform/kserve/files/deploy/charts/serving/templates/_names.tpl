{{- define "serving.labels" -}}
app.kubernetes.io/name: {{ .Values.project }}
app.kubernetes.io/component: serving
app.kubernetes.io/part-of: {{ .Values.project }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "serving.image" -}}
{{- $registry := required "registry: the host that holds the images, e.g. what `terraform output registry` says" .Values.registry -}}
{{- $digest := dig "serving" "digest" "" (.Values.images | default dict) -}}
{{- if $digest -}}
{{ $registry }}/{{ .Values.image.repository }}@{{ $digest }}
{{- else -}}
{{ $registry }}/{{ .Values.image.repository }}:initial
{{- end -}}
{{- end }}

{{- /* KServe calls its pods after the InferenceService and its part. */ -}}
{{- define "serving.pods" -}}
app: isvc.{{ .Values.project }}-predictor
{{- end }}

{{- define "serving.model" -}}
{{- if eq .Values.model.source "volume" -}}
pvc://{{ .Values.model.claim }}/{{ .Values.model.folder }}/{{ .Values.model.version }}
{{- else -}}
{{ .Values.model.bucket }}{{ .Values.suffix }}/{{ .Values.model.folder }}/{{ .Values.model.version }}
{{- end -}}
{{- end }}

{{- /* What runs the pods: the Rollout where there is one, else the Deployment that KServe makes. */ -}}
{{- define "serving.workload" -}}
{{- if .Values.rollout -}}
apiVersion: argoproj.io/v1alpha1
kind: Rollout
name: {{ .Values.project }}
{{- else -}}
apiVersion: apps/v1
kind: Deployment
name: {{ .Values.project }}-predictor
{{- end -}}
{{- end }}
