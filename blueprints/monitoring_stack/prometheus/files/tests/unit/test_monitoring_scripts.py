"""The scripts that people run when money is short: they ask for the right things and change nothing in a dry run."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.deliverable("alerting")
ROOT = Path(__file__).parents[2]


def _run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    path = f"{folder}:{os.environ['PATH']}"
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PATH": path}
    )


def test_stop_spending_shows_what_it_would_do_to_the_training_namespace(tmp_path: Path) -> None:
    done = _run(tmp_path, "bash", "scripts/stop-spending.sh", "on", "--dry-run")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("kubectl create quota spending-stopped --namespace ")
    assert lines[0].endswith("-training --hard=pods=0")
    assert lines[1].startswith("kubectl delete pods")


def test_stop_spending_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    done = _run(tmp_path, "bash", "scripts/stop-spending.sh", "stop")
    assert done.returncode == 2
    assert "expected on or off, got 'stop'" in done.stderr


def test_prices_says_which_tool_it_misses_and_which_environment_it_expects(tmp_path: Path) -> None:
    done = _run(tmp_path, "bash", "scripts/prices.sh", "qa")
    assert done.returncode == 2
    assert "expected dev, staging or prod, got 'qa'" in done.stderr


def test_sc_cost_prices_become_rules_with_type_and_kind(tmp_path: Path) -> None:
    answers = {
        "aws": 'case "$1 $2" in "eks list-nodegroups") echo system spot ;; '
        'eks*) echo "m6i.large" "$8" | tr " " "\\t" ;; '
        "pricing*) echo onDemand ;; ec2*) echo spot ;; esac",
        "jq": 'read -r line; [ "$line" = spot ] && echo 0.04 || echo 0.1',
    }
    for name, body in answers.items():
        tool = tmp_path / name
        tool.write_text(f"#!/usr/bin/env bash\n{body}\n")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    done = _run(tmp_path, "bash", "scripts/prices.sh", "dev", "--budget", "500", "--print")
    assert done.returncode == 0, done.stderr
    assert "expr: vector(0.1)" in done.stdout
    assert "capacity_type: SPOT" in done.stdout
    # Every type that a pool may have, once, whether terraform.tfvars names it or not.
    on_demand = [line for line in done.stdout.splitlines() if "ON_DEMAND" in line]
    priced = [line.split("instance_type: ")[1].split(",")[0] for line in on_demand]
    assert priced == ["m6i.large", "spot", "system"]
    assert "ml_platform:budget:monthly" in done.stdout
