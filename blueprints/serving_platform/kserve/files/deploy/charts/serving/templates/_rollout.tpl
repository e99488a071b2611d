{{- define "serving.hashes" -}}
- name: new
  valueFrom:
    podTemplateHashValue: Latest
- name: old
  valueFrom:
    podTemplateHashValue: Stable
{{- end }}

{{- define "serving.live" -}}
- analysis:
    templates:
      - templateName: live-traffic
    args:
      - name: service
        value: prediction-canary
{{- end }}

{{- /* One measure: with `count` it ends, without it lasts as long as the release. No traffic is no verdict, never a pass. */ -}}
{{- define "serving.measure" -}}
- name: {{ .name }}
  interval: {{ .analysis.intervalSeconds }}s
  initialDelay: {{ .analysis.windowSeconds }}s
  {{- with .count }}
  count: {{ . }}
  {{- end }}
  failureLimit: {{ .analysis.failures }}
  inconclusiveLimit: 10
  consecutiveErrorLimit: 4
  successCondition: len(result) > 0 && result[0] <= {{ .bound }}
  failureCondition: len(result) > 0 && result[0] > {{ .bound }}
  provider:
    prometheus:
      address: {{ .prometheus }}
      query: |
        {{- .query | nindent 8 }}
{{- end }}

{{- define "serving.measures" -}}
{{- $v := .values -}}
{{- $a := $v.rollout.analysis -}}
{{- $b := $v.rollout.bounds -}}
{{- $window := printf "%vs" $a.windowSeconds -}}
{{- $new := printf `namespace="%s",pod=~"%s-{{args.new}}-.+"` $v.namespace $v.project -}}
{{- $old := printf `namespace="%s",pod=~"%s-{{args.old}}-.+"` $v.namespace $v.project -}}
{{- $common := dict "analysis" $a "count" .count "prometheus" $v.autoscaling.prometheus -}}
{{- $errors := printf `sum(rate(ml_platform_serving_requests_total{%s,outcome=~"unavailable|deadline|error"}[%s]) or vector(0)) / sum(rate(ml_platform_serving_requests_total{%s}[%s]))` $new $window $new $window -}}
{{- $latency := printf `histogram_quantile(%v, sum by (le) (rate(ml_platform_serving_latency_seconds_bucket{%s}[%s])))` $b.latencyPercentile $new $window -}}
{{- $lookup := printf `histogram_quantile(%v, sum by (le) (rate(ml_platform_serving_feature_lookup_seconds_bucket{%s}[%s])))` $b.latencyPercentile $new $window -}}
{{- $share := `sum by (le) (rate(ml_platform_serving_score_bucket{%s}[%s])) / scalar(sum(rate(ml_platform_serving_score_count{%s}[%s])))` -}}
{{- $scores := printf (printf "max(abs(%s - %s))" $share $share) $new $window $new $window $old $window $old $window -}}
{{ include "serving.measure" (merge (dict "name" "errors" "bound" $b.errorShare "query" $errors) $common) }}
{{ include "serving.measure" (merge (dict "name" "latency" "bound" $b.latencySeconds "query" $latency) $common) }}
{{ include "serving.measure" (merge (dict "name" "feature-lookup" "bound" $b.lookupSeconds "query" $lookup) $common) }}
{{ include "serving.measure" (merge (dict "name" "score-distance" "bound" $b.scoreDistance "query" $scores) $common) }}
{{- end }}
