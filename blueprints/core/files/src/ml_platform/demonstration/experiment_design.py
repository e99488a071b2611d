"""Demonstrates the experiment's arithmetic: few false alarms without an effect, and an effect that is found."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.experiments.ab_test import analyse
from ml_platform.experiments.plan import ExperimentPlan, feasibility, load_plan

DELIVERABLE = "experiment-design"
PLAN = Path("conf/experiment.yaml")
TRIALS = 400


def checks(demo: Demo) -> Iterator[Check]:
    """Simulate the planned experiment many times, without and with the effect that it is planned for."""
    plan = load_plan(demo.context.path(PLAN))
    needed = feasibility(plan)
    yield claim(
        DELIVERABLE,
        "the plan says how many entities it needs, and compares with those that there are",
        holds=needed.control > 0 and needed.treatment > 0,
        detail=needed.text[:300],
    )
    without = _significant_share(plan, needed.control, needed.treatment, effect=0.0)
    bound = plan.alpha + 3 * float(np.sqrt(plan.alpha * (1 - plan.alpha) / TRIALS))
    yield claim(
        DELIVERABLE,
        "without an effect, significance is as rare as planned",
        holds=without <= bound,
        detail=f"{without:.1%} of {TRIALS} simulated experiments, planned {plan.alpha:.1%}",
    )
    found = _significant_share(plan, needed.control, needed.treatment, effect=plan.relative_effect)
    floor = plan.power - 3 * float(np.sqrt(plan.power * (1 - plan.power) / TRIALS))
    yield claim(
        DELIVERABLE,
        "the planned effect is found with the planned power",
        holds=found >= floor,
        detail=f"{found:.1%} of {TRIALS} simulated experiments, planned {plan.power:.1%}",
    )


def _significant_share(plan: ExperimentPlan, control: int, treatment: int, *, effect: float) -> float:
    random = np.random.default_rng(11)
    treated_rate = plan.baseline_rate * (1 - effect)
    significant = 0
    for _ in range(TRIALS):
        result = analyse(
            control=(int(random.binomial(control, plan.baseline_rate)), control),
            treatment=(int(random.binomial(treatment, treated_rate)), treatment),
            alpha=plan.alpha,
        )
        significant += result.significant(plan.alpha)
    return significant / TRIALS
