"""The fast bootstrap against scikit-learn's own weighted average precision, and its behaviour on known cases."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from ml_platform.evaluation.bootstrap import Ranking, paired_bootstrap

pytestmark = pytest.mark.deliverable("training")


@pytest.mark.parametrize("digits", [1, 8])
def test_weighted_average_precision_equals_scikit_learn(digits: int) -> None:
    random = np.random.default_rng(4)
    scores = np.round(random.random(400), digits)
    labels = random.integers(0, 2, 400)
    weights = random.integers(0, 4, 400).astype(float)
    expected = average_precision_score(labels, scores, sample_weight=weights)
    assert Ranking(labels, scores).average_precision(weights) == pytest.approx(expected)


def test_the_same_model_is_no_better_than_itself() -> None:
    random = np.random.default_rng(5)
    labels, scores = random.integers(0, 2, 300), random.random(300)
    found = paired_bootstrap(labels, scores, scores, groups=np.arange(300), samples=100, seed=1)
    assert (found.value, found.standard_error, found.in_standard_errors) == (0, 0, 0)
    assert not found.exceeds(2)


def test_a_clearly_better_model_is_seen_and_noise_is_not() -> None:
    random = np.random.default_rng(6)
    truth = random.random(1500)
    labels = (random.random(1500) < truth**3).astype(np.int64)
    noise = random.random(1500)
    better = paired_bootstrap(labels, truth, noise, groups=np.arange(1500), samples=200, seed=1)
    assert better.exceeds(2)
    other = paired_bootstrap(labels, random.random(1500), noise, groups=np.arange(1500), samples=200, seed=1)
    assert not other.exceeds(2)
    assert better == paired_bootstrap(labels, truth, noise, groups=np.arange(1500), samples=200, seed=1)


def test_rows_of_one_entity_count_as_one() -> None:
    random = np.random.default_rng(7)
    truth = random.random(200)
    labels = (random.random(200) < truth).astype(np.int64)
    rows = np.tile(np.arange(200), 4)
    other = random.random(200)
    apart = paired_bootstrap(labels[rows], truth[rows], other[rows], groups=np.arange(800), samples=200, seed=1)
    together = paired_bootstrap(labels[rows], truth[rows], other[rows], groups=rows, samples=200, seed=1)
    assert together.standard_error > 1.5 * apart.standard_error
