"""Scores rows only by models that have not seen them, fold by fold, under the split that was planned for the data."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_platform.evaluation.metrics import Floats, Labels, MetricFunction, average_precision
from ml_platform.features.split import Fold
from ml_platform.training.candidates import Estimator

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class FoldScores:
    """Scores of one fold's validation rows; `fold` counts through the repeats."""

    fold: int
    rows: Positions
    scores: Floats


def fold_scores(
    build: Callable[[], Estimator], rows: pd.DataFrame, labels: Labels, folds: Sequence[Fold]
) -> Iterator[FoldScores]:
    """Fits a fresh model per fold and scores its validation rows; lazy, so that a search can stop a bad trial early."""
    for number, fold in enumerate(folds):
        if len(np.unique(labels[fold.train])) < 2 or len(np.unique(labels[fold.valid])) < 2:
            # A fold without both classes has no ranking to measure (rare events in an early period).
            continue
        model = build().fit(rows.iloc[fold.train], labels[fold.train])
        scores = model.predict_proba(rows.iloc[fold.valid])[:, 1]
        yield FoldScores(number, fold.valid, np.asarray(scores, dtype=np.float64))


def fold_metrics(parts: Sequence[FoldScores], labels: Labels, metric: MetricFunction = average_precision) -> Floats:
    """The metric of each fold, shape (folds,)."""
    return np.array([metric(labels[part.rows], part.scores) for part in parts])


def averaged(members: Sequence[Sequence[FoldScores]]) -> list[FoldScores]:
    """The fold scores of an average of models that were scored on the same folds."""
    return [
        FoldScores(parts[0].fold, parts[0].rows, np.mean([part.scores for part in parts], axis=0))
        for parts in zip(*members, strict=True)
    ]


def pooled(parts: Sequence[FoldScores], rows: int) -> tuple[Positions, Floats]:
    """Row positions that were validated at least once, and their score averaged over repeats."""
    total, count = np.zeros(rows), np.zeros(rows)
    for part in parts:
        total[part.rows] += part.scores
        count[part.rows] += 1
    seen = np.flatnonzero(count)
    return seen, total[seen] / count[seen]


def capped(folds: Sequence[Fold], limit: int, seed: int) -> list[Fold]:
    """The same folds with at most `limit` training rows each, drawn at random, for searches on large data."""
    generator = np.random.default_rng(seed)
    return [
        fold
        if len(fold.train) <= limit
        else Fold(train=np.sort(generator.choice(fold.train, size=limit, replace=False)), valid=fold.valid)
        for fold in folds
    ]
