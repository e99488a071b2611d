"""Entities over periods: measures that wander around a level of their own, attributes that stay."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml_platform.contract import Column, Dataset

Array = NDArray[np.float64]
FIRST_KEY = 100_001
# Below this median a whole number is a count of events and drawn as one.
COUNT_BELOW = 20.0
LEVEL, WANDER, MEMORY = 0.3, 0.35, 0.5


def make_panel(
    dataset: Dataset,
    typical: dict[str, float],
    entities: int,
    periods: pd.DatetimeIndex,
    rng: np.random.Generator,
    shift: float = 0.0,
) -> pd.DataFrame:
    """One row per entity and period, sorted by time and key, without gaps.

    `shift` moves every measure by that many units of log (0.5: 65 % higher) and categories towards their last value.
    """
    shape = (len(periods), entities)
    columns = {c.name: _values(c, typical.get(c.name), shape, periods, rng, shift) for c in dataset.columns}
    return pd.DataFrame(columns)


def with_gaps(panel: pd.DataFrame, dataset: Dataset, rng: np.random.Generator, share: float = 0.02) -> pd.DataFrame:
    """The panel with a share of values missing in each column that the contract allows gaps in."""
    gaps = {c.name: rng.random(len(panel)) < share for c in dataset.columns if c.nullable}
    return panel.assign(**{name: panel[name].mask(gap) for name, gap in gaps.items()})


def _values(
    column: Column,
    typical: float | None,
    shape: tuple[int, int],
    periods: pd.DatetimeIndex,
    rng: np.random.Generator,
    shift: float,
) -> "pd.Series | NDArray[np.generic]":
    count, entities = shape
    if column.role == "key":
        keys = np.arange(FIRST_KEY, FIRST_KEY + entities)
        names = keys if column.type == "integer" else np.array([f"{column.name.split('_')[0]}-{key}" for key in keys])
        return np.tile(names, count)
    if column.role == "time":
        return pd.Series(np.repeat(periods.to_numpy(), entities)).dt.tz_localize("UTC")
    varies = column.role == "measure"
    if column.type == "category":
        return _category(column, shape, rng, shift if varies else 0.0, varies)
    if column.type == "boolean":
        drawn = rng.random(shape if varies else (1, entities)) < 0.3
        return np.broadcast_to(drawn, shape).ravel()
    if column.type == "timestamp":
        days = rng.exponential(700, entities).astype(int) + 1
        moments = pd.Series(periods[0] - pd.to_timedelta(days, unit="D")).dt.tz_localize("UTC")
        return pd.concat([moments] * count, ignore_index=True)
    if column.type == "string":
        return np.tile(np.array([f"{column.name}-{i}" for i in rng.integers(1, 40, entities)]), count)
    return _number(column, typical, shape, rng, shift if varies else 0.0, varies)


def _number(
    column: Column, typical: float | None, shape: tuple[int, int], rng: np.random.Generator, shift: float, varies: bool
) -> NDArray[np.generic]:
    count, entities = shape
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    centre = _centre(typical, low, high)
    level = rng.normal(0, LEVEL, entities)
    wander = np.zeros(shape)
    if varies:
        wander[0] = rng.normal(0, WANDER, entities)
        for i in range(1, count):
            wander[i] = MEMORY * wander[i - 1] + rng.normal(0, WANDER, entities)
    expected = centre * np.exp(level + wander + shift)
    drawn = expected
    if column.type == "integer" and 0 < centre < COUNT_BELOW:
        drawn = rng.poisson(expected if varies else expected[:1], shape if varies else (1, entities)) * np.ones(shape)
    bounded = np.clip(drawn, low, high).ravel()
    return np.round(bounded).astype("int64") if column.type == "integer" else np.round(bounded, 4)


def _centre(typical: float | None, low: float, high: float) -> float:
    if typical:
        return typical
    if np.isfinite(low) and np.isfinite(high):
        return float(low + 0.3 * (high - low)) or 1.0
    return float(low + 1.0) if np.isfinite(low) else 1.0


def _category(
    column: Column, shape: tuple[int, int], rng: np.random.Generator, shift: float, varies: bool
) -> NDArray[np.generic]:
    count, entities = shape
    values = np.array(column.values or ("a", "b", "c"), dtype=object)
    weights = 1.0 / np.arange(1, len(values) + 1) ** 0.5
    weights[-1] *= np.exp(2 * shift)
    drawn = rng.choice(len(values), size=entities, p=weights / weights.sum())
    rows = [drawn]
    for _ in range(1, count):
        changed = rng.random(entities) < (0.1 if varies else 0.0)
        fresh = rng.choice(len(values), size=entities, p=weights / weights.sum())
        rows.append(np.where(changed, fresh, rows[-1]))
    return values[np.concatenate(rows)]
