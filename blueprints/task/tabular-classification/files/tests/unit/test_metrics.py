"""Metrics against values that can be computed by hand or by brute force."""

import numpy as np
import pytest

from ml_platform.contract import Contract
from ml_platform.evaluation.metrics import calibration_error, choose_threshold, compute_metrics, select_top

pytestmark = pytest.mark.deliverable("training")


def test_every_metric_of_the_contract_is_computed(contract: Contract) -> None:
    labels, scores = np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])
    assert set(contract.metrics) <= set(compute_metrics(labels, scores, share=0.5, bins=2))


def test_known_values() -> None:
    found = compute_metrics(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]), share=0.25, bins=2)
    assert found["average_precision"] == pytest.approx(1 / 2 * 1 + 1 / 2 * 2 / 3)
    assert found["roc_auc"] == pytest.approx(0.75)
    assert found["precision_at_capacity"] == 1.0
    assert found["recall_at_capacity"] == 0.5
    assert found["lift_at_capacity"] == 2.0


def test_predicting_the_base_rate_has_no_skill() -> None:
    labels = np.array([1, 0, 0, 0] * 25)
    assert compute_metrics(labels, np.full(100, 0.25), share=0.1, bins=5)["brier_skill"] == pytest.approx(0)


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="both classes"):
        compute_metrics(np.zeros(5, dtype=np.int64), np.linspace(0, 1, 5), share=0.5, bins=2)


def test_calibration_error_sees_overconfidence() -> None:
    random = np.random.default_rng(0)
    honest = random.random(20_000)
    labels = (random.random(20_000) < honest).astype(np.int64)
    assert calibration_error(labels, honest, 10) < 0.02
    assert calibration_error(labels, np.clip(honest * 1.5, 0, 1), 10) > 0.1


def test_capacity_selects_the_share() -> None:
    scores = np.random.default_rng(1).random(1000)
    labels = np.zeros(1000, dtype=np.int64)
    threshold = choose_threshold(labels, scores, method="capacity", share=0.05, cost_fp=1, cost_fn=1)
    assert (scores >= threshold).sum() == 50
    assert set(select_top(scores, 0.05)) == set(np.flatnonzero(scores >= threshold))


def test_cost_threshold_is_the_cheapest_of_all() -> None:
    random = np.random.default_rng(2)
    scores = np.round(random.random(300), 2)
    labels = (random.random(300) < scores).astype(np.int64)

    def cost(threshold: float) -> float:
        chosen = scores >= threshold
        return float(((labels == 0) & chosen).sum() + 4 * ((labels == 1) & ~chosen).sum())

    found = choose_threshold(labels, scores, method="cost", share=0.1, cost_fp=1, cost_fn=4)
    assert cost(found) == min(cost(value) for value in np.unique(scores))
