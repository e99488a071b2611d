"""Concept drift: sudden and slow changes of the loss are found, ordinary noise is not."""

import numpy as np
import pytest

from ml_platform.monitoring.concept import Floats, detect_concept_drift, log_loss_of, page_hinkley
from ml_platform.monitoring.config import ConceptSettings

pytestmark = pytest.mark.deliverable("drift")
SETTINGS = ConceptSettings()


def losses(seed: int, mean: float = 0.2, count: int = 800) -> Floats:
    return np.random.default_rng(seed).exponential(mean, count)


def test_false_alarms_are_as_rare_as_promised() -> None:
    alarms = 0
    for seed in range(300):
        generator = np.random.default_rng(seed)
        reference, *windows = (generator.exponential(0.2, 800) for _ in range(7))
        alarms += detect_concept_drift(reference, {str(i): w for i, w in enumerate(windows)}, SETTINGS).fired
    assert alarms <= 3


def test_finds_the_window_in_which_the_loss_jumped() -> None:
    for seed in range(20):
        windows = {"before": losses(100 + seed), "after": losses(200 + seed, mean=0.3)}
        report = detect_concept_drift(losses(seed), windows, SETTINGS)
        assert [window.window for window in report.windows if window.risen] == ["after"]


def test_finds_slow_drift_that_no_single_window_shows() -> None:
    windows = {f"w{i}": losses(i, mean=0.2 * (1 + 0.011 * i), count=10_000) for i in range(1, 9)}
    report = detect_concept_drift(losses(0, count=10_000), windows, SETTINGS)
    assert not any(window.risen for window in report.windows)
    assert report.slow is not None
    assert report.fired


def test_a_small_rise_is_ignored_however_sure_it_is() -> None:
    base = np.random.default_rng(1).normal(0.2, 0.001, 5000)
    assert not any(w.risen for w in detect_concept_drift(base, {"w": base * 1.05}, SETTINGS).windows)


def test_page_hinkley_names_the_first_position() -> None:
    assert page_hinkley([0, 0, 3, 3, 3], delta=0.5, bound=4.9) == 3
    assert page_hinkley([0.4] * 100, delta=0.5, bound=1.0) is None


def test_log_loss_is_small_for_right_and_large_for_wrong_scores() -> None:
    found = log_loss_of(np.array([0.9, 0.9, 0.0]), np.array([1, 0, 1]))
    assert found[0] == pytest.approx(-np.log(0.9))
    assert found[1] > found[0]
    assert np.isfinite(found).all()
