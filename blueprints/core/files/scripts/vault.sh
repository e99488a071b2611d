#!/usr/bin/env bash
# Lets External Secrets read this platform's secrets from Vault, and nothing else: needed once per environment, with `provider: vault` only.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/vault.sh <environment> [--mount secret] [--auth kubernetes]

Writes a policy and a role of the Kubernetes auth method into the Vault that VAULT_ADDR and VAULT_TOKEN name.
The auth method has to be enabled and to know the cluster already.
TEXT
}

fail() {
  echo "vault.sh: $1" >&2
  exit 2
}

environment=${1:-}
case $environment in
  dev | staging | prod) shift ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    fail "expected dev, staging or prod, got '${environment}'"
    ;;
esac
mount=secret
auth=kubernetes
while [ $# -gt 0 ]; do
  case $1 in
    --mount | --auth) [ $# -ge 2 ] || fail "expected a value after $1" ;;
    *) fail "expected --mount or --auth, got '$1'" ;;
  esac
  case $1 in
    --mount) mount=$2 ;;
    --auth) auth=$2 ;;
  esac
  shift 2
done
command -v vault >/dev/null || fail "expected the program vault on PATH; install HashiCorp Vault's command line"
: "${VAULT_ADDR:?expected the address of the Vault server in VAULT_ADDR}"

root=$(cd "$(dirname "$0")/.." && pwd)
project=$(sed -n 's/^project: *//p' "$root/contract.yaml" | head -n 1)
[ -n "$project" ] || fail "expected a line 'project: …' in contract.yaml"

vault policy write "$project-$environment" - <<POLICY
path "$mount/data/$project/$environment/*" {
  capabilities = ["read"]
}
POLICY
vault write "auth/$auth/role/external-secrets" \
  bound_service_account_names=external-secrets \
  bound_service_account_namespaces=external-secrets \
  token_policies="$project-$environment" \
  token_ttl=20m
echo "External Secrets may read $mount/$project/$environment/. Put a secret there: vault kv put -mount=$mount $project/$environment/slack-webhook value=…"
