"""How many entities an experiment on two proportions needs, and what it can see with those that there are."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

LOOK_SURCHARGE = 1.05
"""O'Brien-Fleming looks cost at most about this factor in entities (Jennison and Turnbull 2000, table 2.4)."""


@dataclass(frozen=True)
class ArmSizes:
    """Entities per arm."""

    control: int
    treatment: int


def sample_size(
    *,
    baseline: float,
    treated: float,
    alpha: float = 0.05,
    power: float = 0.8,
    treatment_share: float = 0.5,
    looks: int = 1,
) -> ArmSizes:
    """Return the arms' sizes for a two-sided z-test of two proportions (Fleiss, without continuity correction)."""
    if not (0 < baseline < 1 and 0 < treated < 1) or baseline == treated:
        raise ValueError(f"expected two different rates between 0 and 1, got {baseline} and {treated}")
    ratio = treatment_share / (1 - treatment_share)
    pooled = (baseline + ratio * treated) / (1 + ratio)
    critical = stats.norm.isf(alpha / 2) * math.sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
    wanted = stats.norm.ppf(power) * math.sqrt(baseline * (1 - baseline) + treated * (1 - treated) / ratio)
    control = ((critical + wanted) / (treated - baseline)) ** 2
    surcharge = LOOK_SURCHARGE if looks > 1 else 1.0
    return ArmSizes(control=math.ceil(control * surcharge), treatment=math.ceil(control * ratio * surcharge))


def power_of(*, baseline: float, treated: float, control: int, treatment: int, alpha: float = 0.05) -> float:
    """Return the power of the two-sided z-test with arms of these sizes."""
    pooled = (control * baseline + treatment * treated) / (control + treatment)
    null = math.sqrt(pooled * (1 - pooled) * (1 / control + 1 / treatment))
    alternative = math.sqrt(baseline * (1 - baseline) / control + treated * (1 - treated) / treatment)
    distance = abs(treated - baseline)
    return float(stats.norm.sf((stats.norm.isf(alpha / 2) * null - distance) / alternative))


def smallest_effect(*, baseline: float, control: int, treatment: int, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest fall of the rate that these arms detect with `power`; NaN where none can be."""

    def missing_power(treated: float) -> float:
        found = power_of(baseline=baseline, treated=treated, control=control, treatment=treatment, alpha=alpha)
        return found - power

    lowest = baseline * 1e-6
    if missing_power(lowest) < 0:
        return float(np.nan)
    highest = baseline * (1 - 1e-9)
    return baseline - float(optimize.brentq(missing_power, lowest, highest))
