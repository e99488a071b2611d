#!/usr/bin/env bash
# Asks Alertmanager's own tool where each kind of alert goes, so that a change of routes cannot silence the wrong people.
set -euo pipefail
config=deploy/charts/monitoring/alertmanager.yaml
cd "$(dirname "$0")/.."
scripts/tool.sh amtool check-config "$config"
goes() {
  local receiver=$1
  shift
  scripts/tool.sh amtool config routes test --config.file="$config" --verify.receivers="$receiver" "$@"
}
goes on-call alertname=ServingDown severity=critical
goes on-call alertname=ComponentDown severity=critical
goes team alertname=FeatureDrift severity=warning
goes team alertname=Unknown
goes heartbeat alertname=Watchdog severity=none
echo "alert-routes.sh: every kind of alert reaches its receiver"
