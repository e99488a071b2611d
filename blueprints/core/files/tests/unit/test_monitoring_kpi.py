"""The correlation with a business figure needs enough windows and finds a planted relation."""

from pathlib import Path

import pandas as pd
import pytest

from ml_platform.errors import DataRefused
from ml_platform.monitoring.kpi import correlate, read_kpi

pytestmark = pytest.mark.deliverable("model-monitoring")
WINDOWS = pd.date_range("2026-01-01", periods=6, freq="MS", tz="UTC")


def test_finds_a_monotonic_relation() -> None:
    metric = pd.Series([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], index=WINDOWS)
    falling = correlate(metric, -(metric**3), windows_min=4)
    assert falling.coefficient == pytest.approx(-1)
    assert falling.windows == 6


def test_too_few_or_constant_windows_give_no_coefficient() -> None:
    metric = pd.Series(range(6), index=WINDOWS, dtype="float64")
    assert correlate(metric, metric[:3], windows_min=4).coefficient is None
    assert correlate(metric, metric * 0, windows_min=4).coefficient is None


def test_dates_fall_into_the_window_that_they_follow(tmp_path: Path) -> None:
    file = tmp_path / "kpi.csv"
    file.write_text("date,value\n2025-12-31,99\n2026-01-01,1\n2026-01-31,3\n2026-02-01,10\n", encoding="utf-8")
    figures = read_kpi(file, WINDOWS)
    assert figures.to_dict() == {WINDOWS[0]: 2.0, WINDOWS[1]: 10.0}


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kpi.csv"
    file.write_text("day,amount\n", encoding="utf-8")
    with pytest.raises(DataRefused, match="date"):
        read_kpi(file, WINDOWS)
