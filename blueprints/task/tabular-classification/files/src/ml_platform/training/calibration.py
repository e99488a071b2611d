"""Turns scores into probabilities with a curve that was fitted on out-of-fold scores only."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from ml_platform.evaluation.metrics import Floats, Labels

EDGE = 1e-6
# Practically unregularised: two parameters need no shrinkage, but separable data must not send them to infinity.
WEAK = 1e4


def _logit(scores: Floats) -> Floats:
    clipped = np.clip(scores, EDGE, 1 - EDGE)
    return np.asarray(np.log(clipped / (1 - clipped)))


class CalibratedModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A fitted model behind a monotonic curve from its scores to probabilities; the order of rows does not change."""

    def __init__(self, model: Any, method: str = "sigmoid") -> None:
        self.model = model
        self.method = method

    def fit_curve(self, labels: Labels, scores: Floats) -> Self:
        """Fits the curve on out-of-fold `scores` of the model's kind, shape (rows,)."""
        self.classes_ = np.array([0, 1])
        self.slope_, self.intercept_ = 1.0, 0.0
        self.knots_, self.values_ = np.empty(0), np.empty(0)
        if self.method == "isotonic":
            curve = IsotonicRegression(out_of_bounds="clip", y_min=EDGE, y_max=1 - EDGE)
            curve.fit(scores, labels)
            self.knots_, self.values_ = curve.X_thresholds_, curve.y_thresholds_
            return self
        line = LogisticRegression(C=WEAK).fit(_logit(scores).reshape(-1, 1), labels)
        # A falling curve would turn the ranking round; it means that the scores carry no signal.
        self.slope_ = float(max(line.coef_[0, 0], EDGE))
        self.intercept_ = float(line.intercept_[0])
        return self

    def calibrate(self, scores: Floats) -> Floats:
        """Probabilities for scores of the model, shape (rows,)."""
        if self.method == "isotonic":
            return np.asarray(np.interp(scores, self.knots_, self.values_))
        return np.asarray(1 / (1 + np.exp(-(self.slope_ * _logit(scores) + self.intercept_))))

    def predict_proba(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Probabilities of both classes, shape (rows, 2)."""
        positive = self.calibrate(np.asarray(self.model.predict_proba(rows)[:, 1], dtype=np.float64))
        return np.column_stack([1 - positive, positive])

    def predict(self, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
        """The likelier class; decisions use the bundle's threshold instead."""
        return (self.predict_proba(rows)[:, 1] >= 0.5).astype(np.int64)


def cross_calibrated(labels: Labels, scores: Floats, parts: npt.NDArray[np.intp], method: str) -> Floats:
    """Calibrated out-of-fold scores in which no row's own label has shaped its curve.

    `parts` gives each row's part; the curve for one part is fitted on the others.
    """
    result = np.empty_like(scores)
    for part in np.unique(parts):
        inside = parts == part
        curve = CalibratedModel(None, method).fit_curve(labels[~inside], scores[~inside])
        result[inside] = curve.calibrate(scores[inside])
    return result
