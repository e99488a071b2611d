#!/usr/bin/env bash
# Holds every chart and overlay, with the values of each environment, to the schemas of Kubernetes and of the operators.
set -euo pipefail

fail() {
  echo "charts: $1" >&2
  exit 2
}

cd "$(dirname "$0")/.."
for tool in helm kubectl; do
  command -v "$tool" >/dev/null || fail "$tool is needed and not on PATH"
done
# Kinds of operators are not among the schemas of Kubernetes itself; KUBECONFORM_SCHEMAS names another place for both, e.g. a folder.
catalogue='https://raw.githubusercontent.com/datreeio/CRDs-catalog/main/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json'
schemas=(-schema-location default -schema-location "$catalogue")
[[ -z "${KUBECONFORM_SCHEMAS:-}" ]] || schemas=(-schema-location "$KUBECONFORM_SCHEMAS")
conform() {
  scripts/tool.sh kubeconform -strict -summary -kubernetes-version 1.34.0 "${schemas[@]}" -
}

# Stand-ins for what only an account knows; the names are those that no registry or database can have.
known=(--set registry=registry.invalid --set region=eu-central-1 --set cluster=check --set suffix=-check
  --set repositoryUrl=https://git.invalid/check.git)
database=(--set database.host=database.invalid --set database.port=5432 --set database.name=check --set database.user=check
  --set database.secretArn=arn:aws:secretsmanager:eu-central-1:000000000000:secret:check)
mail=(--set mail.host=mail.invalid:587 --set mail.from=platform@mail.invalid --set mail.to=team@mail.invalid)

for environment in dev staging prod; do
  folder="deploy/environments/$environment"
  for chart in deploy/charts/*/; do
    [[ -f "$chart/Chart.yaml" ]] || continue
    name="$(basename "$chart")"
    values=(--values "$folder/$name.yaml" --values "$folder/images.yaml" "${known[@]}" --set "environment=$environment")
    case "$name" in
      tracker | orchestrator) values+=("${database[@]}") ;;
      data | monitoring) values+=("${mail[@]}") ;;
    esac
    echo "charts: $name in $environment"
    helm lint --strict --quiet "$chart" "${values[@]}"
    helm template "$name" "$chart" "${values[@]}" | conform
  done
  echo "charts: applications in $environment"
  values=(--values "$folder/applications.yaml" "${known[@]}" "${mail[@]}")
  for one in tracker orchestrator; do
    for setting in "${database[@]}"; do
      values+=("${setting/#database./databases.$one.}")
    done
  done
  helm lint --strict --quiet deploy/argocd "${values[@]}"
  helm template applications deploy/argocd "${values[@]}" | conform
  if [[ -d "deploy/cluster/overlays/$environment" ]]; then
    echo "charts: cluster in $environment"
    kubectl kustomize "deploy/cluster/overlays/$environment" | conform
  fi
done
