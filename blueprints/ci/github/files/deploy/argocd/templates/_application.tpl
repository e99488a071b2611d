{{- /* How every Application is kept in sync: changes by hand are undone, what left Git is removed, failures are tried again. */}}
{{- define "applications.policy" -}}
syncPolicy:
  automated:
    prune: true
    selfHeal: true
  syncOptions:
    - CreateNamespace={{ .createNamespace }}
    - ServerSideApply=true
    - ApplyOutOfSyncOnly=true
    - PruneLast=true
    - RespectIgnoreDifferences=true
    - SkipDryRunOnMissingResource=true
  retry:
    limit: 10
    backoff:
      duration: 15s
      factor: 2
      maxDuration: 3m
{{- end }}

{{- define "applications.metadata" -}}
name: {{ .name }}
namespace: argocd
labels:
  app.kubernetes.io/name: {{ .name }}
  app.kubernetes.io/part-of: {{ .root.Values.project }}
  app.kubernetes.io/component: delivery
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
annotations:
  argocd.argoproj.io/sync-wave: {{ .wave | quote }}
{{- end }}
