"""Assignment and analysis of an A/B experiment on a 0/1 outcome, held to the criterion on significance."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

# SC-MODEL-3: a difference is acted on only when its p-value is below the bound of this criterion.
CRITERION = "SC-MODEL-3"
Arm = Literal["control", "treatment"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AbResult:
    """Rates of both arms, the difference (treatment - control) with its interval, and the two-sided p-value."""

    control_rate: float
    treatment_rate: float
    difference: float
    low: float
    high: float
    p_value: float

    def significant(self, alpha: float) -> bool:
        """Whether the p-value is below `alpha`."""
        return self.p_value < alpha


@dataclass(frozen=True)
class Uplift:
    """Difference of means after the adjustment; `variance_removed` is the share that the earlier values explained."""

    difference: float
    standard_error: float
    p_value: float
    variance_removed: float


def assign(key: int | str, experiment: str, treatment_share: float = 0.5) -> Arm:
    """Return the arm of an entity: the same on every machine and in every run, independent between experiments."""
    digest = hashlib.sha256(f"{experiment}\x1f{key}".encode()).digest()
    return "treatment" if int.from_bytes(digest[:8], "big") < treatment_share * 2**64 else "control"


def analyse(*, control: tuple[int, int], treatment: tuple[int, int], alpha: float = 0.05) -> AbResult:
    """Test two proportions, each given as (positives, entities): pooled z-test, unpooled interval."""
    (a, n), (b, m) = control, treatment
    if min(n, m) < 1 or not (0 <= a <= n and 0 <= b <= m):
        raise ValueError(f"expected 0 <= positives <= entities in both arms, got {control} and {treatment}")
    old, new = a / n, b / m
    pooled = (a + b) / (n + m)
    null_error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    p_value = 1.0 if null_error == 0 else float(2 * stats.norm.sf(abs(new - old) / null_error))
    error = np.sqrt(old * (1 - old) / n + new * (1 - new) / m)
    reach = float(stats.norm.isf(alpha / 2) * error)
    return AbResult(old, new, new - old, new - old - reach, new - old + reach, p_value)


def sample_ratio_p_value(control: int, treatment: int, treatment_share: float = 0.5) -> float:
    """Return the p-value of the arms' sizes under the planned share; a tiny one means broken assignment."""
    total = control + treatment
    expected = [total * (1 - treatment_share), total * treatment_share]
    return float(stats.chisquare([control, treatment], expected).pvalue)


def adjusted_uplift(outcome: Floats, earlier: Floats, treated: npt.NDArray[np.bool_]) -> Uplift:
    """Compare means after removing what a value from before the experiment explains (CUPED), by Welch's test.

    `earlier` must have been measured before assignment, or the adjustment removes a part of the effect.
    """
    spread = float(np.var(earlier, ddof=1))
    slope = float(np.cov(outcome, earlier, ddof=1)[0, 1]) / spread if spread > 0 else 0.0
    adjusted = outcome - slope * (earlier - earlier.mean())
    new, old = adjusted[treated], adjusted[~treated]
    error = float(np.sqrt(new.var(ddof=1) / len(new) + old.var(ddof=1) / len(old)))
    test = stats.ttest_ind(new, old, equal_var=False)
    before = float(np.var(outcome, ddof=1))
    return Uplift(
        difference=float(new.mean() - old.mean()),
        standard_error=error,
        p_value=float(test.pvalue),
        variance_removed=1 - float(np.var(adjusted, ddof=1)) / before if before > 0 else 0.0,
    )
