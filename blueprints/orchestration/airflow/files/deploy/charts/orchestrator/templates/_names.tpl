{{- define "orchestrator.labels" -}}
app.kubernetes.io/name: orchestrator
app.kubernetes.io/part-of: {{ .Values.project }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "orchestrator.image" -}}
{{- $digest := dig "orchestrator" "digest" "" .Values.images -}}
{{ required "registry: what `terraform output registry` says" .Values.registry }}/{{ .Values.image }}{{ if $digest }}@{{ $digest }}{{ else }}:initial{{ end }}
{{- end }}

{{- /* What every process of Airflow shares: settings, secrets, mounts, and no rights. */ -}}
{{- define "orchestrator.container" -}}
image: {{ include "orchestrator.image" . }}
envFrom:
  - configMapRef: {name: {{ .Values.settings }}}
  - configMapRef: {name: orchestrator-settings}
env:
  - name: AIRFLOW__DATABASE__SQL_ALCHEMY_CONN
    valueFrom: {secretKeyRef: {name: orchestrator-database, key: uri}}
  {{- range $variable, $key := dict "AIRFLOW__CORE__FERNET_KEY" "fernet" "AIRFLOW__API_AUTH__JWT_SECRET" "jwt" "AIRFLOW__API__SECRET_KEY" "session" }}
  - name: {{ $variable }}
    valueFrom: {secretKeyRef: {name: orchestrator-keys, key: {{ $key }}}}
  {{- end }}
  {{- range $variable, $key := .Values.alertSecrets }}
  - name: {{ $variable }}
    valueFrom: {secretKeyRef: {name: {{ $.Values.secretName }}, key: {{ $key }}}}
  {{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: temporary, mountPath: /tmp}
  {{- range list "home" "data" "work" "models" "reports" }}
  - {name: scratch, mountPath: {{ if eq . "home" }}/opt/airflow{{ else }}/app/{{ . }}{{ end }}, subPath: {{ . }}}
  {{- end }}
{{- end }}

{{- define "orchestrator.pod" -}}
serviceAccountName: {{ .Values.serviceAccount }}
priorityClassName: {{ .Values.priorityClass }}
nodeSelector: {pool: {{ .Values.pool }}}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
volumes:
  - name: temporary
    emptyDir: {sizeLimit: 1Gi}
  - name: scratch
    emptyDir: {sizeLimit: 8Gi}
{{- end }}
