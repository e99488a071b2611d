#!/usr/bin/env bash
# Looks up what the node types of one environment cost today and writes deploy/charts/monitoring/rules/prices.yaml, so that the
# cost dashboard computes with the prices of your region and account instead of somebody's guess.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/prices.sh <dev|staging|prod> [--budget <US dollars a month>] [--rate <US dollars>] [--print]

  --budget <number>   what the nodes may cost in a month; BudgetForecastExceeded compares with it.
                      Without it, monthly_budget of the environment's terraform.tfvars, where that says one
  --rate <number>     US dollars for one unit of the currency in which terraform.tfvars says it
  --print             writes to standard output instead of the rules

It needs the right to read pools and prices (eks:ListNodegroups, eks:DescribeNodegroup, pricing:GetProducts,
ec2:DescribeSpotPriceHistory), and aws, jq on PATH.
TEXT
}
fail() {
  echo "prices.sh: $1" >&2
  exit 2
}

environment=${1:-}
case "$environment" in
  dev | staging | prod) shift ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; fail "expected dev, staging or prod, got '${environment:-nothing}'" ;;
esac
budget="" rate=""
target=deploy/charts/monitoring/rules/prices.yaml
while [ $# -gt 0 ]; do
  case "$1" in
    --budget) budget=${2:-}; grep -Eq '^[0-9]+([.][0-9]+)?$' <<<"$budget" || fail "expected a number after --budget, got '${budget}'"; shift 2 ;;
    --rate) rate=${2:-}; grep -Eq '^[0-9]+([.][0-9]+)?$' <<<"$rate" || fail "expected a number after --rate, got '${rate}'"; shift 2 ;;
    --print) target=/dev/stdout; shift ;;
    *) usage >&2; fail "unknown argument '$1'" ;;
  esac
done
for tool in aws jq; do
  command -v "$tool" >/dev/null || fail "expected $tool on PATH, found none"
done
cd "$(dirname "$0")/.."
settings=infrastructure/environments/$environment/terraform.tfvars
[ -f "$settings" ] || fail "expected $settings, found none"
region=$(sed -n 's/^region *= *"\([^"]*\)".*/\1/p' "$settings")
project=$(sed -n 's/^project *= *"\([^"]*\)".*/\1/p' "$settings")
if [ -z "$region" ] || [ -z "$project" ]; then
  fail "expected region and project in $settings, found none"
fi
if [ -z "$budget" ]; then
  budget=$(sed -n 's/^monthly_budget *= *//p' "$settings")
  currency=$(sed -n 's/^budget_currency *= *"\([^"]*\)".*/\1/p' "$settings")
  if [ -n "$budget" ] && [ "${currency:-USD}" != USD ]; then
    [ -n "$rate" ] || fail "the budget is stated as $budget $currency and prices are in US dollars: expected --rate with the US dollars for one $currency"
    budget=$(awk -v budget="$budget" -v rate="$rate" 'BEGIN { printf "%d", budget * rate }')
  fi
fi

# Most pools name no type: Terraform works it out from the size of a pod, so the cluster is asked what its nodes may be.
pools=$(aws eks list-nodegroups --region "$region" --cluster-name "$project-$environment" --query nodegroups --output text)
types=$(for pool in $pools; do
  aws eks describe-nodegroup --region "$region" --cluster-name "$project-$environment" --nodegroup-name "$pool" \
    --query nodegroup.instanceTypes --output text
done | tr '\t' '\n' | sort -u)
[ -n "$types" ] || fail "expected node groups in the cluster $project-$environment, found none"

on_demand() {
  # The price list is served from a few regions only; what it is asked for is the region of the platform.
  aws pricing get-products --region us-east-1 --service-code AmazonEC2 --output json --filters \
    "Type=TERM_MATCH,Field=instanceType,Value=$1" "Type=TERM_MATCH,Field=regionCode,Value=$region" \
    "Type=TERM_MATCH,Field=operatingSystem,Value=Linux" "Type=TERM_MATCH,Field=tenancy,Value=Shared" \
    "Type=TERM_MATCH,Field=preInstalledSw,Value=NA" "Type=TERM_MATCH,Field=capacitystatus,Value=Used" |
    jq -r '[.PriceList[] | fromjson | .terms.OnDemand[].priceDimensions[].pricePerUnit.USD | tonumber | select(. > 0)] | first // empty'
}
spot() {
  aws ec2 describe-spot-price-history --region "$region" --instance-types "$1" --product-descriptions "Linux/UNIX" \
    --start-time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --output json |
    jq -r '[.SpotPriceHistory[].SpotPrice | tonumber] | if length == 0 then empty else add / length end'
}
rule() {
  printf '      - record: ml_platform:node_price:hourly\n        expr: vector(%s)\n        labels: {instance_type: %s, capacity_type: %s}\n' "$2" "$1" "$3"
}

body=""
for type in $types; do
  price=$(on_demand "$type")
  [ -n "$price" ] || fail "no price of $type in $region: is it offered there?"
  body+="$(rule "$type" "$price" ON_DEMAND)"$'\n'
  price=$(spot "$type")
  # A type without a spot market is never a spot node.
  [ -z "$price" ] || body+="$(rule "$type" "$price" SPOT)"$'\n'
done
{
  echo "# US dollars an hour of the node types of $environment in $region, as the cloud answered; made by scripts/prices.sh."
  printf 'groups:\n  - name: prices\n    interval: 1m\n    rules:\n%s' "$body"
  printf '      - record: ml_platform:prices:timestamp\n        expr: vector(%s)\n' "$(date -u +%s)"
  [ -z "$budget" ] || printf '      - record: ml_platform:budget:monthly\n        expr: vector(%s)\n' "$budget"
} >"$target"
