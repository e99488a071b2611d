"""The closed set of transformations that the contract may name; each is pure and looks only backwards in time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml_platform.contract import Contract, Feature

MISSING_CATEGORY = "missing"
"""Category that stands for an absent value, so that absence itself can carry signal."""


@dataclass(frozen=True)
class Panel:
    """Measures sorted by entity and time; `key` and `time` are the names of those columns."""

    rows: pd.DataFrame
    key: str
    time: str

    def history(self, column: str) -> pd.Series:
        """Return the numeric `column`, aligned with `rows`."""
        return pd.to_numeric(self.rows[column], errors="coerce").astype("float64")

    def by_entity(self, values: pd.Series) -> "pd.core.groupby.SeriesGroupBy":
        """Group `values` by entity, keeping the order of time."""
        return values.groupby(self.rows[self.key], sort=False)


Function = Callable[[Panel, Feature], pd.Series]


@dataclass(frozen=True)
class Transformation:
    """A named function with the sentence that the feature documentation shows."""

    apply: Function
    meaning: str
    inputs: int = 1


def _identity(panel: Panel, feature: Feature) -> pd.Series:
    return panel.history(feature.inputs[0])


def _log1p(panel: Panel, feature: Feature) -> pd.Series:
    values = panel.history(feature.inputs[0])
    return pd.Series(np.sign(values) * np.log1p(values.abs()), index=values.index)


def _change(panel: Panel, feature: Feature) -> pd.Series:
    values = panel.history(feature.inputs[0])
    periods = int(feature.parameters.get("periods", 1))
    return values - panel.by_entity(values).shift(periods)


def _rolling_mean(panel: Panel, feature: Feature) -> pd.Series:
    values = panel.history(feature.inputs[0])
    window = int(feature.parameters.get("window", 3))
    # Shifts of the whole column: a window per entity would be a loop over entities.
    groups = panel.by_entity(values)
    past = [groups.shift(periods) for periods in range(window)]
    known = sum(each.notna().astype("float64") for each in past)
    return sum(each.fillna(0.0) for each in past) / known.where(known > 0)


def _ratio_to_mean(panel: Panel, feature: Feature) -> pd.Series:
    return _divide(panel.history(feature.inputs[0]), _rolling_mean(panel, feature))


def _ratio(panel: Panel, feature: Feature) -> pd.Series:
    return _divide(panel.history(feature.inputs[0]), panel.history(feature.inputs[1]))


def _days_since(panel: Panel, feature: Feature) -> pd.Series:
    then = pd.to_datetime(panel.rows[feature.inputs[0]], utc=True, errors="coerce")
    now = pd.to_datetime(panel.rows[panel.time], utc=True)
    days = (now - then).dt.total_seconds() / 86_400
    # A date after the snapshot is knowledge of the future: it counts as unknown.
    return days.where(days >= 0)


def _flag(panel: Panel, feature: Feature) -> pd.Series:
    return panel.rows[feature.inputs[0]].astype("float64")


def _category(panel: Panel, feature: Feature) -> pd.Series:
    values = panel.rows[feature.inputs[0]].astype("object")
    return values.where(values.notna(), MISSING_CATEGORY).astype(str)


def _divide(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    return numerator / denominator.where(denominator.abs() > 1e-9)


REGISTRY: Mapping[str, Transformation] = {
    "identity": Transformation(_identity, "the value as it was recorded for the period"),
    "log1p": Transformation(_log1p, "signed logarithm of one plus the size, for long tails"),
    "change": Transformation(_change, "difference from `periods` periods earlier (1 where unset)"),
    "rolling_mean": Transformation(_rolling_mean, "mean of the last `window` periods, this one included"),
    "ratio_to_mean": Transformation(_ratio_to_mean, "value divided by its own mean over the last `window` periods"),
    "ratio": Transformation(_ratio, "first input divided by the second, unknown where that is zero", inputs=2),
    "days_since": Transformation(_days_since, "days between the date and the snapshot"),
    "flag": Transformation(_flag, "1 for yes, 0 for no"),
    "category": Transformation(_category, "the category itself; an absent one becomes `missing`"),
}


def panel_of(measures: pd.DataFrame, contract: Contract) -> Panel:
    """Sort `measures` by entity and time and give every row a fresh position."""
    dataset = contract.datasets["measures"]
    rows = measures.sort_values([dataset.key, dataset.time], kind="stable", ignore_index=True)
    return Panel(rows=rows, key=dataset.key, time=dataset.time)
