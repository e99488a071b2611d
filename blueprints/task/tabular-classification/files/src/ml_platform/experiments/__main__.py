"""Prints the experiment's plan and whether it can be run: `python -m ml_platform.experiments`."""

import sys

from ml_platform.experiments.plan import feasibility, load_plan
from ml_platform.settings import find_root


def main() -> int:
    """Write the plan to standard output; exit code 1 where there are too few entities for it."""
    plan = load_plan(find_root() / "conf" / "experiment.yaml")
    found = feasibility(plan)
    sys.stdout.write(f"{plan.hypothesis}\n{plan.success_metric} by {plan.unit}: {found.text}\n")
    return 0 if found.feasible else 1


if __name__ == "__main__":
    sys.exit(main())
