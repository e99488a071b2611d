"""Calibration repairs probabilities without changing any order and without using a row's own label."""

import numpy as np
import pytest

from ml_platform.evaluation.metrics import Floats, Labels, calibration_error
from ml_platform.training.calibration import CalibratedModel, cross_calibrated

pytestmark = pytest.mark.deliverable("training")


def distorted(rows: int = 6000) -> tuple[Labels, Floats]:
    random = np.random.default_rng(8)
    truth = random.beta(1, 6, rows)
    labels = (random.random(rows) < truth).astype(np.int64)
    odds = truth / (1 - truth)
    return labels, (odds * 8) / (1 + odds * 8)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_distorted_scores_become_probabilities_in_the_same_order(method: str) -> None:
    labels, scores = distorted()
    curve = CalibratedModel(None, method).fit_curve(labels, scores)
    repaired = curve.calibrate(scores)
    assert calibration_error(labels, scores, 10) > 0.2
    assert calibration_error(labels, repaired, 10) < 0.02
    assert (np.diff(repaired[np.argsort(scores)]) >= 0).all()


def test_scores_that_run_backwards_are_flattened_not_reversed() -> None:
    labels, scores = distorted()
    curve = CalibratedModel(None).fit_curve(labels, 1 - scores)
    assert (np.diff(curve.calibrate(np.linspace(0.01, 0.99, 50))) >= 0).all()


def test_no_row_shapes_its_own_probability() -> None:
    labels, scores = distorted(500)
    parts = np.arange(500) % 5
    before = cross_calibrated(labels, scores, parts, "sigmoid")
    changed = labels.copy()
    changed[10] = 1 - changed[10]
    after = cross_calibrated(changed, scores, parts, "sigmoid")
    same_part = parts == parts[10]
    assert after[same_part] == pytest.approx(before[same_part])
    assert (after[~same_part] != before[~same_part]).all()
