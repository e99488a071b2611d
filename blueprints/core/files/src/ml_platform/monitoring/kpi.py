"""Does a better model go with better business? Correlates its metric with a business figure by window."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from ml_platform.errors import DataRefused


@dataclass(frozen=True)
class KpiCorrelation:
    """Spearman's rank correlation; `coefficient` is None where there are too few windows or nothing varies."""

    windows: int
    coefficient: float | None
    p_value: float | None


def correlate(metric: pd.Series, kpi: pd.Series, windows_min: int) -> KpiCorrelation:
    """Correlate two series over the windows that both have; their index is the window."""
    both = pd.concat([metric.rename("metric"), kpi.rename("kpi")], axis=1, join="inner").dropna()
    if len(both) < windows_min or both.nunique().min() < 2:
        return KpiCorrelation(len(both), None, None)
    result = stats.spearmanr(both["metric"], both["kpi"])
    return KpiCorrelation(len(both), float(result.statistic), float(result.pvalue))


def read_kpi(path: Path, windows: pd.DatetimeIndex) -> pd.Series:
    """Return the mean of the figure in each window, which reaches from its snapshot to the next one."""
    table = pd.read_csv(path)
    absent = {"date", "value"} - set(table.columns)
    if absent:
        raise DataRefused(f"expected the columns date and value in {path.name}, {sorted(absent)} missing")
    dates = pd.to_datetime(table["date"], utc=True).to_numpy()
    edges = windows.sort_values()
    position = np.searchsorted(edges.to_numpy(), dates, side="right") - 1
    inside = position >= 0
    means = table.loc[inside].groupby(position[inside])["value"].mean()
    return pd.Series(means.to_numpy(), index=edges[means.index.to_numpy()])
