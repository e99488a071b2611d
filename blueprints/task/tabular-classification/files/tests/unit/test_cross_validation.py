"""Out-of-fold scores: only unseen rows are scored, repeats are averaged, and impossible folds are left out."""

import numpy as np
import pytest

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.features.split import Fold, Split
from ml_platform.training.candidates import logistic_regression
from ml_platform.training.cross_validation import FoldScores, averaged, capped, fold_metrics, fold_scores, pooled
from ml_platform.training.fit import compare_candidates, loss_curve
from training_support import make_data, make_plan, make_split

pytestmark = pytest.mark.deliverable("training")


def test_only_validation_rows_are_scored(contract: Contract) -> None:
    data, split = make_data(contract, 300), make_split(300)
    candidate = logistic_regression()
    parts = list(
        fold_scores(
            lambda: candidate.build(make_plan(contract), candidate.defaults), data.rows, data.labels, split.folds
        )
    )
    seen, scores = pooled(parts, 300)
    assert set(seen) == set(split.train)
    assert len(fold_metrics(parts, data.labels)) == 3
    assert ((scores > 0) & (scores < 1)).all()


def test_repeats_and_members_are_averaged() -> None:
    rows = np.array([0, 2])
    first, second = FoldScores(0, rows, np.array([0.2, 0.4])), FoldScores(1, rows, np.array([0.4, 0.8]))
    seen, scores = pooled([first, second], 4)
    assert (seen.tolist(), scores.tolist()) == ([0, 2], pytest.approx([0.3, 0.6]))
    assert averaged([[first], [second]])[0].scores == pytest.approx([0.3, 0.6])


def test_a_fold_without_both_classes_is_left_out_and_none_at_all_is_refused(contract: Contract) -> None:
    data = make_data(contract, 100)
    negatives = np.flatnonzero(data.labels == 0)
    split = Split(np.arange(100), np.arange(0), (Fold(np.arange(50), negatives[:5]),), "one empty fold")
    with pytest.raises(DataRefused, match="no fold holds both classes"):
        compare_candidates(
            [logistic_regression()], make_plan(contract), data.rows, data.labels, split, parameters={}, study="t"
        )


def test_large_folds_are_capped_for_searches() -> None:
    small = capped([Fold(np.arange(100), np.arange(100, 120))], 30, seed=1)[0]
    assert len(small.train) == 30
    assert len(small.valid) == 20
    assert (np.diff(small.train) > 0).all()


def test_models_that_learn_at_once_have_no_curve(contract: Contract) -> None:
    candidate = logistic_regression()
    data = make_data(contract, 100)
    assert loss_curve(candidate.build(make_plan(contract), candidate.defaults).fit(data.rows, data.labels)) == ()
