"""Outcomes that follow from the panel: what a rule of thumb or a linear model sees only in part."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml_platform.contract import Dataset
from ml_platform.synthetic.config import SignalSettings, StrengthSettings

Array = NDArray[np.float64]


def outcome_probabilities(
    panel: pd.DataFrame,
    dataset: Dataset,
    signal: SignalSettings,
    weight: StrengthSettings,
    rate: float,
    concept: float = 1.0,
) -> Array:
    """Probability of the outcome for each row of a panel without gaps; the mean is `rate`.

    `concept` scales the lag and the interaction: 1 as planted, 0 gone, -1 turned round (concept drift).
    """
    log_odds = -concept * weight.lag * _standard(_change(panel, dataset, signal.lag))
    first, second = (_standard(_numbers(panel, dataset, name)) for name in signal.interaction)
    log_odds += concept * weight.interaction * _standard(first * second)
    direction = 1 if signal.rule.direction == "high" else -1
    log_odds += direction * weight.rule * _standard(_numbers(panel, dataset, signal.rule.column))
    planted = {signal.lag, *signal.interaction, signal.rule.column}
    others = [c.name for c in dataset.columns if c.role == "measure" and c.name not in planted]
    for i, name in enumerate(others):
        log_odds += (-1) ** i * weight.linear * _standard(_numbers(panel, dataset, name))
    return _sigmoid(log_odds + _intercept(log_odds, rate))


def _change(panel: pd.DataFrame, dataset: Dataset, column: str) -> Array:
    values = pd.Series(_numbers(panel, dataset, column))
    return np.asarray(values.groupby(panel[dataset.key].to_numpy()).diff().fillna(0.0), dtype=np.float64)


def _numbers(panel: pd.DataFrame, dataset: Dataset, name: str) -> Array:
    column = dataset.column(name)
    if column.type in ("category", "string"):
        known = list(column.values or sorted(panel[name].unique()))
        return np.asarray(panel[name].map({value: i for i, value in enumerate(known)}), dtype=np.float64)
    if column.type == "timestamp":
        return np.asarray((panel[dataset.time] - panel[name]).dt.days, dtype=np.float64)
    return np.asarray(panel[name], dtype=np.float64)


def _standard(values: Array) -> Array:
    """Mean 0, deviation 1, at most 3 away: a few extreme rows must not carry the signal alone."""
    deviation = values.std()
    return np.clip((values - values.mean()) / deviation, -3, 3) if deviation > 0 else np.zeros_like(values)


def _sigmoid(values: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-values)), dtype=np.float64)


def _intercept(log_odds: Array, rate: float) -> float:
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _sigmoid(log_odds + middle).mean() < rate else (low, middle)
    return (low + high) / 2
