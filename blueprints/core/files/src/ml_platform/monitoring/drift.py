"""Decides whether today's features come from the distribution that the model was trained on.

Kolmogorov-Smirnov and chi-square say whether a change is real, the population stability index whether it is large. An
alarm needs both, and the p-values are corrected for the number of features, so that many features do not mean many
false alarms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from ml_platform.errors import DataRefused
from ml_platform.monitoring.config import DriftSettings

# SC-MODEL-4: this test runs with every pipeline run, so no drift stays undetected for longer than the bound.
CRITERION = "SC-MODEL-4"
EPSILON = 1e-4
"""Share that an empty bin is given, because the index has no value at zero."""

Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FeatureDrift:
    """The comparison of one feature; `bound` is the index from which it counts as drifted."""

    feature: str
    kind: Literal["number", "category"]
    statistic: float
    p_value: float
    psi: float
    bound: float
    drifted: bool


@dataclass(frozen=True)
class DriftReport:
    """All comparisons, in the order of the features."""

    rows_reference: int
    rows_current: int
    features: tuple[FeatureDrift, ...]

    @property
    def drifted(self) -> tuple[str, ...]:
        """Names of the features that drifted."""
        return tuple(item.feature for item in self.features if item.drifted)

    @property
    def fired(self) -> bool:
        """Whether anything drifted."""
        return bool(self.drifted)


def detect_drift(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    numeric: Sequence[str],
    categories: Sequence[str],
    settings: DriftSettings,
) -> DriftReport:
    """Compare `current` with `reference` feature by feature.

    Raises `DataRefused` where either side has fewer rows than `settings.rows_min`: silence would then mean nothing.
    """
    fewest = min(len(reference), len(current))
    if fewest < settings.rows_min:
        raise DataRefused(
            f"drift needs at least {settings.rows_min} rows on both sides, got {len(reference)} and {len(current)}: "
            "lower monitoring.drift.rows_min or wait for more rows"
        )
    left, right = _sample(reference, settings), _sample(current, settings)
    seen = [_compare_numbers(name, left[name], right[name], settings) for name in numeric]
    seen += [_compare_categories(name, left[name], right[name], settings) for name in categories]
    adjusted = holm([item.p_value for item in seen])
    judged = tuple(
        FeatureDrift(
            item.feature,
            item.kind,
            item.statistic,
            p_value,
            item.psi,
            item.bound,
            drifted=p_value < settings.alpha and item.psi >= item.bound,
        )
        for item, p_value in zip(seen, adjusted, strict=True)
    )
    return DriftReport(rows_reference=len(left), rows_current=len(right), features=judged)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values adjusted by Holm's method: the chance of any false alarm stays below alpha."""
    order = np.argsort(p_values, kind="stable")
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, position in enumerate(order):
        highest = max(highest, min(1.0, p_values[position] * (len(p_values) - rank)))
        adjusted[position] = highest
    return adjusted


def stability_index(reference: Counts, current: Counts) -> float:
    """Return the population stability index of two counts over the same bins; 0 means the same shares."""
    expected = np.maximum(reference / reference.sum(), EPSILON)
    actual = np.maximum(current / current.sum(), EPSILON)
    return float(np.sum((actual - expected) * np.log(actual / expected)))


def bin_edges(reference: npt.NDArray[np.float64], bins: int) -> npt.NDArray[np.float64]:
    """Return inner edges that cut the known values of `reference` into `bins` parts of equal size, ties merged."""
    known = reference[~np.isnan(reference)]
    if not len(known):
        return np.empty(0)
    return np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1]))


def bin_counts(values: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> Counts:
    """Return how many values lie between the edges; the last bin counts the unknown ones."""
    known = values[~np.isnan(values)]
    inside = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return np.append(inside, len(values) - len(known)).astype(np.float64)


def _compare_numbers(name: str, left: pd.Series, right: pd.Series, settings: DriftSettings) -> FeatureDrift:
    old, new = left.to_numpy(dtype=np.float64, na_value=np.nan), right.to_numpy(dtype=np.float64, na_value=np.nan)
    edges = bin_edges(old, settings.bins)
    counts = bin_counts(old, edges), bin_counts(new, edges)
    known_old, known_new = old[~np.isnan(old)], new[~np.isnan(new)]
    statistic, p_shape = 0.0, 1.0
    if len(known_old) and len(known_new):
        result = stats.ks_2samp(known_old, known_new, method="asymp")
        statistic, p_shape = float(result.statistic), float(result.pvalue)
    # Kolmogorov-Smirnov does not see unknown values; the counts do. Two looks cost a factor of two.
    p_value = min(1.0, 2 * min(p_shape, _p_of_counts(*counts)))
    return _result(name, "number", statistic, p_value, counts, settings)


def _compare_categories(name: str, left: pd.Series, right: pd.Series, settings: DriftSettings) -> FeatureDrift:
    old = left.astype("object").where(left.notna(), "missing").astype(str)
    new = right.astype("object").where(right.notna(), "missing").astype(str)
    values = sorted(set(old) | set(new))
    counts = (
        old.value_counts().reindex(values, fill_value=0).to_numpy(dtype=np.float64),
        new.value_counts().reindex(values, fill_value=0).to_numpy(dtype=np.float64),
    )
    distance = float(np.abs(counts[0] / counts[0].sum() - counts[1] / counts[1].sum()).sum() / 2)
    return _result(name, "category", distance, _p_of_counts(*counts), counts, settings)


def _p_of_counts(old: Counts, new: Counts) -> float:
    table = np.vstack([old, new])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return 1.0
    # As stats.chi2_contingency, which looks at its arguments for several times longer than this takes.
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    distance = np.abs(table - expected)
    if table.shape[1] == 2:
        # Yates: with one degree of freedom, counts are whole numbers where the distribution is not.
        distance -= np.minimum(0.5, distance)
    return float(special.chdtrc(table.shape[1] - 1, np.sum(distance**2 / expected)))


def _result(
    name: str,
    kind: Literal["number", "category"],
    statistic: float,
    p_value: float,
    counts: tuple[Counts, Counts],
    settings: DriftSettings,
) -> FeatureDrift:
    old, new = counts
    filled = int(((old + new) > 0).sum())
    # With few rows the index is large by chance alone: about chi-square times the sum of the inverse sample sizes.
    noise = special.chdtri(max(1, filled - 1), settings.alpha) * (1 / old.sum() + 1 / new.sum())
    bound = max(settings.psi_bound, float(noise))
    return FeatureDrift(name, kind, statistic, p_value, stability_index(old, new), bound, drifted=False)


def _sample(rows: pd.DataFrame, settings: DriftSettings) -> pd.DataFrame:
    if len(rows) <= settings.rows_max:
        return rows
    return rows.sample(settings.rows_max, random_state=settings.seed)
