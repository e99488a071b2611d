"""How well the deployed classifier does on rows whose labels have arrived, window by window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

# SC-MODEL-2: the primary metric may fall by less than the bound of this criterion before retraining is asked for.
CRITERION = "SC-MODEL-2"
RESAMPLES = 200


@dataclass(frozen=True)
class WindowPerformance:
    """The metrics of one window; `standard_error` belongs to average precision."""

    window: pd.Timestamp
    rows: int
    positives: int
    average_precision: float
    standard_error: float
    roc_auc: float
    brier: float


@dataclass(frozen=True)
class Degradation:
    """Relative fall of average precision below the reference; positive means worse."""

    reference: float
    current: float
    relative: float
    deviations: float

    @property
    def certain(self) -> bool:
        """Whether the fall is larger than two standard errors."""
        return self.deviations > 2


def window_performance(window: pd.Timestamp, scores: Floats, target: Labels, seed: int = 0) -> WindowPerformance:
    """Return the metrics of the 0/1 `target` under the probabilities `scores`; both classes must be present."""
    return WindowPerformance(
        window=window,
        rows=len(target),
        positives=int(target.sum()),
        average_precision=float(average_precision_score(target, scores)),
        standard_error=bootstrap_error(average_precision_score, scores, target, seed),
        roc_auc=float(roc_auc_score(target, scores)),
        brier=float(brier_score_loss(target, scores)),
    )


def bootstrap_error(
    metric: Callable[[Labels, Floats], float], scores: Floats, target: Labels, seed: int, resamples: int = RESAMPLES
) -> float:
    """Return the standard error of `metric` over stratified resamples of the rows."""
    generator = np.random.default_rng(seed)
    positive, negative = np.flatnonzero(target == 1), np.flatnonzero(target == 0)
    values = []
    for _ in range(resamples):
        drawn = np.concatenate([generator.choice(positive, len(positive)), generator.choice(negative, len(negative))])
        values.append(metric(target[drawn], scores[drawn]))
    return float(np.std(values, ddof=1))


def degradation(reference: WindowPerformance, current: WindowPerformance) -> Degradation:
    """Compare two windows' average precision over the base rate, so that rarer positives are no degradation."""
    before = _over_base_rate(reference)
    now = _over_base_rate(current)
    relative = (before - now) / before if before > 0 else 0.0
    error = float(np.hypot(reference.standard_error, current.standard_error))
    return Degradation(
        reference=before,
        current=now,
        relative=relative,
        deviations=(before - now) / error if error > 0 else 0.0,
    )


def _over_base_rate(window: WindowPerformance) -> float:
    rate = window.positives / window.rows
    return (window.average_precision - rate) / (1 - rate)
