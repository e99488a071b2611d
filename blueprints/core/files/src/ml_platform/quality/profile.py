"""Statistics of each column: what a person looks at first, and what later periods are compared with."""

from collections.abc import Mapping

import pandas as pd

from ml_platform.contract import Dataset

TOP_VALUES = 10
Profile = dict[str, dict[str, float | int | str | dict[str, float]]]


def profile(frame: pd.DataFrame, dataset: Dataset) -> Profile:
    """Per column: rows, missing share, distinct values; quantiles of numbers, shares of categories, range of times."""
    return {column.name: _column(frame[column.name], column.type) for column in dataset.columns}


def period_means(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Mean of each numeric measure by period (rows: periods in order; columns: measures)."""
    names = [c.name for c in dataset.columns if c.role in ("measure", "target") and c.type in ("integer", "number")]
    return frame.groupby(dataset.time, sort=True)[names].mean()


def period_shares(frame: pd.DataFrame, dataset: Dataset) -> Mapping[str, pd.DataFrame]:
    """Share of each value by period, for every category that is a measure."""
    names = [c.name for c in dataset.columns if c.role in ("measure", "attribute") and c.type == "category"]
    return {
        name: pd.crosstab(frame[dataset.time], frame[name], normalize="index", dropna=True).sort_index()
        for name in names
    }


def _column(values: pd.Series, kind: str) -> dict[str, float | int | str | dict[str, float]]:
    known = values.dropna()
    found: dict[str, float | int | str | dict[str, float]] = {
        "rows": len(values),
        "missing_share": round(1 - len(known) / len(values), 6) if len(values) else 0.0,
        "distinct": int(known.nunique()),
    }
    if known.empty:
        return found
    if kind in ("integer", "number", "boolean"):
        numbers = known.astype("float64")
        found |= {"mean": round(float(numbers.mean()), 6), "deviation": round(float(numbers.std(ddof=0)), 6)}
        for name, share in (("minimum", 0.0), ("q05", 0.05), ("median", 0.5), ("q95", 0.95), ("maximum", 1.0)):
            found[name] = round(float(numbers.quantile(share)), 6)
    elif kind == "timestamp":
        found |= {"minimum": known.min().isoformat(), "maximum": known.max().isoformat()}
    else:
        shares = known.value_counts(normalize=True).head(TOP_VALUES)
        found["shares"] = {str(name): round(float(share), 6) for name, share in sorted(shares.items())}
    return found
