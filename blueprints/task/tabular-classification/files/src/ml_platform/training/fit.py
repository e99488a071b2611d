"""Compares the candidates on the same folds, takes the best, and fits it on all training rows; touches no file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from ml_platform.errors import DataRefused
from ml_platform.evaluation.metrics import Floats, Labels, choose_threshold
from ml_platform.features.split import Fold, Split
from ml_platform.training.calibration import CalibratedModel, cross_calibrated
from ml_platform.training.candidates import Candidate, Estimator, Parameters, Plan
from ml_platform.training.config import TrainingSettings
from ml_platform.training.cross_validation import (
    FoldScores,
    Positions,
    fold_metrics,
    fold_scores,
    pooled,
)

CALIBRATION_PARTS = 5


@dataclass(frozen=True)
class Trained:
    """A candidate with its parameters and how it did on each fold."""

    name: str
    parameters: Parameters
    folds: tuple[FoldScores, ...]
    metrics: Floats
    build: Callable[[], Estimator]
    history: tuple[float, ...] = ()

    @property
    def score(self) -> float:
        """Mean over the folds of the primary metric."""
        return float(self.metrics.mean())

    @property
    def spread(self) -> float:
        """Standard deviation over the folds."""
        return float(self.metrics.std(ddof=1)) if len(self.metrics) > 1 else 0.0


@dataclass(frozen=True)
class Search:
    """What a tuner is asked for: the best parameters of `candidate` on these folds."""

    candidate: Candidate
    start: Parameters
    plan: Plan
    rows: pd.DataFrame
    labels: Labels
    folds: Sequence[Fold]
    study: str


@dataclass(frozen=True)
class Found:
    """A tuner's answer; `history` holds the value of every finished trial in order."""

    parameters: Parameters
    history: tuple[float, ...]


class Tuner(Protocol):
    """A search for parameters."""

    def __call__(self, search: Search) -> Found:
        """Returns the best parameters found within the tuner's limits."""


class Ensemble(Protocol):
    """Combines trained candidates into one more competitor."""

    def __call__(self, members: Sequence[Trained], labels: Labels) -> Trained:
        """Returns the combination, scored on the members' folds."""


@dataclass(frozen=True)
class Fitted:
    """The chosen model, fitted on all training rows, with what was learned out of fold."""

    chosen: Trained
    competitors: tuple[Trained, ...]
    model: CalibratedModel
    loss: tuple[float, ...]
    threshold: float
    out_of_fold_rows: Positions
    out_of_fold_scores: Floats


def compare_candidates(
    candidates: Sequence[Candidate],
    plan: Plan,
    rows: pd.DataFrame,
    labels: Labels,
    split: Split,
    *,
    parameters: Mapping[str, Parameters],
    study: str,
    tuner: Tuner | None = None,
    ensemble: Ensemble | None = None,
    known: Mapping[str, Trained] | None = None,
) -> list[Trained]:
    """Every candidate, tuned where there is a tuner, on the split's folds; the ensemble comes last.

    Those in `known` were tried on the same folds before and are taken as they are.
    `rows` and `labels` cover the whole frame; only positions inside the folds are used.
    """
    competitors: list[Trained] = []
    for candidate in candidates:
        if known is not None and candidate.name in known:
            competitors.append(known[candidate.name])
            continue
        chosen: Parameters = {**candidate.defaults, **parameters.get(candidate.name, {})}
        history: tuple[float, ...] = ()
        if tuner is not None:
            search = Search(candidate, chosen, plan, rows, labels, split.folds, study)
            found = tuner(search)
            chosen, history = found.parameters, found.history
        competitors.append(_trained(candidate, chosen, plan, rows, labels, split, history))
    if ensemble is not None and len(competitors) > 1:
        competitors.append(ensemble(competitors, labels))
    return competitors


def _trained(
    candidate: Candidate,
    parameters: Parameters,
    plan: Plan,
    rows: pd.DataFrame,
    labels: Labels,
    split: Split,
    history: tuple[float, ...],
) -> Trained:
    def build() -> Estimator:
        return candidate.build(plan, parameters)

    folds = tuple(fold_scores(build, rows, labels, split.folds))
    if not folds:
        raise DataRefused(f"no fold holds both classes ({split.description}): more labelled history is needed")
    return Trained(candidate.name, parameters, folds, fold_metrics(folds, labels), build, history)


def fit_best(
    competitors: Sequence[Trained],
    rows: pd.DataFrame,
    labels: Labels,
    split: Split,
    settings: TrainingSettings,
) -> Fitted:
    """Fits the competitor with the best mean fold metric (the earlier, simpler one on a tie) on all training rows.

    Calibration and threshold come from its out-of-fold scores.
    """
    chosen = max(competitors, key=lambda trained: trained.score)
    seen, raw = pooled(chosen.folds, len(rows))
    model = chosen.build().fit(rows.iloc[split.train], labels[split.train])
    calibrated = CalibratedModel(model, settings.calibration).fit_curve(labels[seen], raw)
    scores = cross_calibrated(labels[seen], raw, _parts(labels[seen]), settings.calibration)
    decision = settings.decision
    threshold = choose_threshold(
        labels[seen],
        scores,
        method=decision.method,
        share=decision.capacity_share,
        cost_fp=decision.cost_false_positive,
        cost_fn=decision.cost_false_negative,
    )
    return Fitted(chosen, tuple(competitors), calibrated, loss_curve(model), threshold, seen, scores)


def loss_curve(model: Estimator) -> tuple[float, ...]:
    """Loss after each round on the rows that early stopping has set aside; empty for models that learn at once."""
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    return tuple(float(-score) for score in getattr(last, "validation_score_", ()))


def _parts(labels: Labels) -> Positions:
    # Positives and negatives are dealt out like cards, so that each part holds both.
    parts = np.empty(len(labels), dtype=np.intp)
    for label in (0, 1):
        rows = np.flatnonzero(labels == label)
        parts[rows] = np.arange(len(rows)) % CALIBRATION_PARTS
    return parts
