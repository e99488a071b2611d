"""Reads what an experiment measured and says what follows: assignment, effect at this look, and unequal treatment."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml_platform.errors import DataRefused
from ml_platform.experiments.ab_test import AbResult, analyse, sample_ratio_p_value
from ml_platform.experiments.bias import BiasReport, detect_bias
from ml_platform.experiments.plan import ExperimentPlan
from ml_platform.experiments.sequential import sequential_bounds

# Below this p-value of the arms' sizes the assignment is broken, and nothing else may be read.
BROKEN_ASSIGNMENT = 0.001
COLUMNS = ("arm", "outcome", "selected")
RATIO = "selection_rate_ratio"
DIFFERENCE = "equal_opportunity_difference"


@dataclass(frozen=True)
class ExperimentResult:
    """What one look at the experiment says."""

    arms: AbResult
    bound: float
    bias: tuple[BiasReport, ...]

    @property
    def act(self) -> bool:
        """Whether the effect is significant at this look and no group is treated unequally."""
        return self.arms.significant(self.bound) and not any(report.biased for report in self.bias)

    @property
    def text(self) -> str:
        """The result in words, one line each."""
        lines = [
            f"control {self.arms.control_rate:.4f}, treatment {self.arms.treatment_rate:.4f}, difference "
            f"{self.arms.difference:+.4f} [{self.arms.low:+.4f}, {self.arms.high:+.4f}], "
            f"p = {self.arms.p_value:.5f} (bound {self.bound:.5f})"
        ]
        lines += [
            f"{report.attribute}: selection ratio {report.selection_rate_ratio:.2f}, difference of true positive rates "
            f"{report.equal_opportunity_difference:.2f}: {'unequal' if report.biased else 'no more than chance'}"
            for report in self.bias
        ]
        return "\n".join([*lines, "act on it" if self.act else "do not act on it"])


def read_result(plan: ExperimentPlan, outcomes: pd.DataFrame, look: int) -> ExperimentResult:
    """Judges one row per entity: `arm`, `outcome` (0/1), `selected` (0/1) and a column per protected attribute.

    `look` counts from 1. Raises DataRefused for absent columns, a look outside the plan, or a broken assignment.
    """
    missing = sorted({*COLUMNS, *plan.protected} - set(outcomes.columns))
    if missing:
        raise DataRefused(f"expected one row per entity with arm, outcome, selected; missing: {', '.join(missing)}")
    if not 1 <= look <= plan.looks:
        raise DataRefused(f"expected a look from 1 to {plan.looks}, as planned, got {look}")
    treated = (outcomes["arm"] == "treatment").to_numpy()
    sizes = int((~treated).sum()), int(treated.sum())
    ratio = sample_ratio_p_value(*sizes, plan.treatment_share)
    if ratio < BROKEN_ASSIGNMENT:
        raise DataRefused(f"{sizes[0]} control and {sizes[1]} treated entities do not fit the plan (p = {ratio:.1g})")
    outcome = outcomes["outcome"].to_numpy(dtype=np.int64)
    arms = analyse(
        control=(int(outcome[~treated].sum()), sizes[0]),
        treatment=(int(outcome[treated].sum()), sizes[1]),
        alpha=plan.alpha,
    )
    bounds = {guard.name: guard.bound for guard in plan.guard_metrics}
    selected = outcomes["selected"].to_numpy(dtype=np.bool_)
    reports = tuple(
        detect_bias(
            selected[treated],
            outcome[treated],
            outcomes.loc[treated, name],
            ratio_min=bounds.get(RATIO, 0.8),
            difference_max=bounds.get(DIFFERENCE, 0.1),
        )
        for name in plan.protected
    )
    return ExperimentResult(arms, sequential_bounds(plan.looks, plan.alpha)[look - 1], reports)
