"""Window metrics, the error of them, and when a fall of them is more than chance."""

import numpy as np
import pandas as pd
import pytest

from ml_platform.monitoring.importance import importance_shift
from ml_platform.monitoring.performance import WindowPerformance, bootstrap_error, degradation, window_performance

pytestmark = pytest.mark.deliverable("model-monitoring")
DAY = pd.Timestamp("2026-01-01", tz="UTC")


def window(
    seed: int, strength: float, rows: int = 3000, rate: float = 0.1, base_rate: float | None = None
) -> WindowPerformance:
    generator = np.random.default_rng(seed)
    target = (generator.random(rows) < rate).astype(np.int64)
    score = 1 / (1 + np.exp(-(strength * target + generator.normal(size=rows) - 2)))
    return window_performance(DAY, score, target, base_rate=base_rate)


def test_measures_what_the_window_holds() -> None:
    found = window(1, 2.0)
    assert (found.rows, found.window) == (3000, DAY)
    assert 0.1 < found.average_precision < 1
    assert found.roc_auc > 0.85
    assert 0 < found.brier < 0.2


def test_the_standard_error_matches_the_spread_over_fresh_windows() -> None:
    fresh = [window(seed, 1.5, rows=600) for seed in range(10)]
    spread = np.std([found.average_precision for found in fresh], ddof=1)
    assert fresh[0].standard_error == pytest.approx(spread, rel=0.6)
    assert bootstrap_error(np.array([0.1, 0.9]), np.array([0, 1]), np.ones(2), 0) == 0


def test_a_worse_model_is_certain_and_an_equal_one_is_not() -> None:
    worse = degradation(window(1, 2.0), window(2, 1.0))
    assert worse.relative > 0.2
    assert worse.certain
    certain = [degradation(window(seed, 1.5, rows=600), window(100 + seed, 1.5, rows=600)).certain for seed in range(5)]
    assert sum(certain) <= 1


def test_rarer_positives_alone_are_no_degradation() -> None:
    before = window(1, 2.0, rows=6000, rate=0.2)
    share = before.positives / before.rows
    assert degradation(before, window(2, 2.0, rows=6000, rate=0.08)).certain
    assert not degradation(before, window(2, 2.0, rows=6000, rate=0.08, base_rate=share)).certain


def test_a_model_without_value_has_nothing_to_lose() -> None:
    poor = WindowPerformance(DAY, 100, 10, 0.0, 0.0, 0.4, 0.2)
    assert degradation(poor, poor).relative == 0


def test_importance_that_moves_is_measured_and_noise_below_zero_ignored() -> None:
    shift = importance_shift({"a": 0.3, "b": 0.1, "c": -0.01}, {"a": 0.1, "b": 0.3, "c": 0.0})
    assert shift.moved == pytest.approx(0.5)
    assert set(shift.largest(2)) == {"a", "b"}
    assert importance_shift({"a": 0.0}, {"a": 0.2}).moved == 0
