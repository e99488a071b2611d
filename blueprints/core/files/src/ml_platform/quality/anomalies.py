"""Compares the latest period with the ones before it: each value may be valid while the whole is not."""

from datetime import datetime

import pandas as pd

from ml_platform.contract import Dataset
from ml_platform.quality.config import QualitySettings
from ml_platform.quality.findings import Finding
from ml_platform.quality.profile import period_means, period_shares


def find_anomalies(name: str, dataset: Dataset, frame: pd.DataFrame, settings: QualitySettings) -> list[Finding]:
    """Findings on volume, level of each measure and share of each category in the latest period.

    With fewer than `min_history` earlier periods nothing can be said, and nothing is.
    """
    counts = frame.groupby(dataset.time, sort=True).size()
    if len(counts) <= settings.min_history:
        return []
    latest = counts.index[-1]
    return [
        _volume(name, counts, settings),
        *_levels(name, dataset, frame, settings),
        *_shares(name, dataset, frame, latest, settings),
    ]


def _volume(name: str, counts: pd.Series, settings: QualitySettings) -> Finding:
    usual = float(counts.iloc[:-1].median())
    change = abs(float(counts.iloc[-1]) - usual) / usual
    return Finding(
        dataset=name,
        rule="row count like earlier periods",
        column="",
        passed=change <= settings.max_volume_change,
        detail=f"{int(counts.iloc[-1])} rows, usual {usual:g}",
    )


def _levels(name: str, dataset: Dataset, frame: pd.DataFrame, settings: QualitySettings) -> list[Finding]:
    means = period_means(frame, dataset)
    found = []
    for column in means:
        usual = float(means[column].iloc[:-1].median())
        deviation = float(frame[column].std(ddof=0))
        change = abs(float(means[column].iloc[-1]) - usual) / deviation if deviation > 0 else 0.0
        found.append(
            Finding(
                dataset=name,
                rule="mean like earlier periods",
                column=str(column),
                # A mean of nothing but gaps is not a number and compares as false: it does not pass.
                passed=change <= settings.max_level_change,
                detail=f"{means[column].iloc[-1]:.4g}, usual {usual:.4g}",
            )
        )
    return found


def _shares(
    name: str, dataset: Dataset, frame: pd.DataFrame, latest: datetime, settings: QualitySettings
) -> list[Finding]:
    found = []
    for column, shares in period_shares(frame, dataset).items():
        # A period in which the column is empty throughout has no row here.
        gone = latest not in shares.index
        change = shares.iloc[-1] - shares.iloc[:-1].median()
        largest = change.abs().idxmax()
        found.append(
            Finding(
                dataset=name,
                rule="shares like earlier periods",
                column=column,
                passed=not gone and abs(float(change[largest])) <= settings.max_share_change,
                detail="no value at all" if gone else f"{largest}: {change[largest]:+.3f}",
            )
        )
    return found
