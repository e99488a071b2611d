"""How well the deployed classifier does on rows whose labels have arrived, window by window."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from ml_platform.evaluation.bootstrap import Ranking

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

# SC-MODEL-2: the primary metric may fall by less than the bound of this criterion before retraining is asked for.
CRITERION = "SC-MODEL-2"
RESAMPLES = 100


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
    """Relative fall of average precision below the reference at equal base rate; positive means worse."""

    reference: float
    current: float
    relative: float
    deviations: float

    @property
    def certain(self) -> bool:
        """Whether the fall is larger than two standard errors."""
        return self.deviations > 2


def window_performance(
    window: pd.Timestamp, scores: Floats, target: Labels, seed: int = 0, base_rate: float | None = None
) -> WindowPerformance:
    """Return the metrics of the 0/1 `target` under the probabilities `scores`; both classes must be present.

    With `base_rate` the rows are weighted as if that share of them were positive: average precision depends on the
    share, so windows are comparable at one share only.
    """
    weights = np.ones(len(target)) if base_rate is None else np.where(target == 1, _odds(base_rate, target), 1.0)
    return WindowPerformance(
        window=window,
        rows=len(target),
        positives=int(target.sum()),
        average_precision=float(average_precision_score(target, scores, sample_weight=weights)),
        standard_error=bootstrap_error(scores, target, weights, seed),
        roc_auc=float(roc_auc_score(target, scores)),
        brier=float(brier_score_loss(target, scores)),
    )


def bootstrap_error(scores: Floats, target: Labels, weights: Floats, seed: int, resamples: int = RESAMPLES) -> float:
    """Return the standard error of average precision over stratified resamples of the rows."""
    generator = np.random.default_rng(seed)
    positive, negative = np.flatnonzero(target == 1), np.flatnonzero(target == 0)
    ranking = Ranking(target, scores)
    values = []
    for _ in range(resamples):
        drawn = np.concatenate([generator.choice(positive, len(positive)), generator.choice(negative, len(negative))])
        # A row that was drawn twice counts twice, so the rows are sorted only once.
        values.append(ranking.average_precision(np.bincount(drawn, minlength=len(target)) * weights))
    return float(np.std(values, ddof=1))


def degradation(reference: WindowPerformance, current: WindowPerformance) -> Degradation:
    """Return the fall of average precision; `current` must have been measured at the base rate of `reference`."""
    before, now = reference.average_precision, current.average_precision
    error = float(np.hypot(reference.standard_error, current.standard_error))
    return Degradation(
        reference=before,
        current=now,
        relative=(before - now) / before if before > 0 else 0.0,
        deviations=(before - now) / error if error > 0 else 0.0,
    )


def _odds(base_rate: float, target: Labels) -> float:
    rate = float(target.mean())
    return (base_rate / (1 - base_rate)) / (rate / (1 - rate))
