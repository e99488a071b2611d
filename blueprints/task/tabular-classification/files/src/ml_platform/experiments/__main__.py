"""The experiment's plan, or what its outcomes say: `python -m ml_platform.experiments [outcomes.csv --look N]`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ml_platform.experiments.plan import feasibility, load_plan
from ml_platform.experiments.result import read_result
from ml_platform.settings import find_root


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the plan or the result to standard output.

    Exit code 1 where there are too few entities for the plan, or where the result is not to be acted on.
    """
    parser = argparse.ArgumentParser(prog="experiments", description="Plan and result of the A/B experiment.")
    parser.add_argument("outcomes", type=Path, nargs="?", help="CSV: arm, outcome, selected, protected attributes")
    parser.add_argument("--look", type=int, default=1, help="which of the planned looks this is")
    chosen = parser.parse_args(arguments)
    plan = load_plan(find_root() / "conf" / "experiment.yaml")
    if chosen.outcomes is not None:
        result = read_result(plan, pd.read_csv(chosen.outcomes), chosen.look)
        sys.stdout.write(f"{result.text}\n")
        return 0 if result.act else 1
    found = feasibility(plan)
    sys.stdout.write(f"{plan.hypothesis}\n{plan.success_metric} by {plan.unit}: {found.text}\n")
    return 0 if found.feasible else 1


if __name__ == "__main__":
    sys.exit(main())
