"""The model metrics that contract.yaml names, computed from labels and scores."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def compute_metrics(labels: Labels, scores: Floats, *, share: float, bins: int) -> dict[str, float]:
    """All metrics by name for labels 0/1 and scores in [0, 1], both of shape (rows,).

    `share` is the part of the rows that can be acted on; raises ValueError unless both classes occur.
    """
    if len(np.unique(labels)) != 2:
        raise ValueError(f"expected rows of both classes, got {int(labels.sum())} positives of {len(labels)}")
    rate = float(labels.mean())
    selected = select_top(scores, share)
    return {
        "average_precision": float(average_precision_score(labels, scores)),
        "roc_auc": float(roc_auc_score(labels, scores)),
        "brier": float(brier_score_loss(labels, scores)),
        # Against always predicting the base rate: 0 is no skill, 1 perfect; comparable between class balances.
        "brier_skill": 1.0 - float(brier_score_loss(labels, scores)) / (rate * (1.0 - rate)),
        "log_loss": float(log_loss(labels, np.clip(scores, 1e-7, 1 - 1e-7), labels=[0, 1])),
        "calibration_error": calibration_error(labels, scores, bins),
        "precision_at_capacity": float(labels[selected].mean()),
        "recall_at_capacity": float(labels[selected].sum() / labels.sum()),
        "lift_at_capacity": float(labels[selected].mean() / rate),
        "positive_rate": rate,
    }


def select_top(scores: Floats, share: float) -> npt.NDArray[np.intp]:
    """Indices of the highest scores, `share` of all but at least one; ties go to the earlier row."""
    count = max(1, round(len(scores) * share))
    return np.argsort(-scores, kind="stable")[:count]


def calibration_error(labels: Labels, scores: Floats, bins: int) -> float:
    """Expected calibration error over bins that hold equally many rows (rare events leave equal-width bins empty)."""
    return float(
        sum(
            weight * abs(observed - predicted) for weight, predicted, observed in calibration_bins(labels, scores, bins)
        )
    )


def calibration_bins(labels: Labels, scores: Floats, bins: int) -> list[tuple[float, float, float]]:
    """(share of rows, mean score, share of positives) per bin, from low to high scores."""
    order = np.argsort(scores, kind="stable")
    return [
        (len(part) / len(scores), float(scores[part].mean()), float(labels[part].mean()))
        for part in np.array_split(order, min(bins, len(order)))
        if len(part)
    ]


def choose_threshold(
    labels: Labels, scores: Floats, *, method: str, share: float, cost_fp: float, cost_fn: float
) -> float:
    """The score from which on an entity is selected; labels and scores must be out of fold, never of training rows.

    `capacity` ignores the labels. `cost` takes the observed cost minimum rather than the theoretical
    cost_fp / (cost_fp + cost_fn), which assumes perfect calibration.
    """
    if method == "capacity":
        return float(np.sort(scores)[-max(1, round(len(scores) * share))])
    order = np.argsort(-scores, kind="stable")
    false_positives = np.cumsum(1 - labels[order])
    false_negatives = labels.sum() - np.cumsum(labels[order])
    costs = cost_fp * false_positives + cost_fn * false_negatives
    # A threshold can only lie at the end of a run of equal scores.
    last = np.append(np.diff(scores[order]) != 0, True)
    return float(scores[order][last][int(np.argmin(costs[last]))])


def average_precision(labels: Labels, scores: Floats) -> float:
    """The primary metric; a plain function so that searches and bootstraps can pass it around."""
    return float(average_precision_score(labels, scores))


MetricFunction = Callable[[Labels, Floats], float]
