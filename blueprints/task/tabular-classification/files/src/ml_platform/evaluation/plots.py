"""Pictures for people: each function draws one figure from plain arrays and writes a PNG."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve

from ml_platform.evaluation.metrics import Floats, Labels, calibration_bins
from ml_platform.files import atomic_write_bytes

SIZE = (6.0, 4.0)
SHOWN_FEATURES = 15


def precision_recall(path: Path, labels: Labels, scores: Mapping[str, Floats]) -> Path:
    """Precision against recall for each model in `scores`."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot(xlabel="recall", ylabel="precision", title="Precision and recall")
    for name, values in scores.items():
        precision, recall, _ = precision_recall_curve(labels, values)
        axes.step(recall, precision, where="post", label=name)
    axes.axhline(float(labels.mean()), color="grey", linestyle=":", label="chance")
    axes.legend()
    return _write(path, figure)


def calibration(path: Path, labels: Labels, scores: Floats, bins: int) -> Path:
    """Observed share of positives against the predicted probability."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot(xlabel="predicted", ylabel="observed", title="Calibration")
    points = calibration_bins(labels, scores, bins)
    axes.plot([p[1] for p in points], [p[2] for p in points], marker="o", label="model")
    top = max(max(p[1], p[2]) for p in points)
    axes.plot([0, top], [0, top], color="grey", linestyle=":", label="perfect")
    axes.legend()
    return _write(path, figure)


def score_histogram(path: Path, labels: Labels, scores: Floats, threshold: float) -> Path:
    """Distribution of the scores by class, and the decision threshold."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot(xlabel="score", ylabel="density", title="Scores")
    for label, name in ((0, "negative"), (1, "positive")):
        heights, edges = np.histogram(scores[labels == label], bins=40, density=True)
        axes.stairs(heights, edges, fill=True, alpha=0.6, label=name)
    axes.axvline(threshold, color="black", linestyle="--", label="threshold")
    axes.legend()
    return _write(path, figure)


def importance(path: Path, losses: Mapping[str, float]) -> Path:
    """Loss of average precision per shuffled feature, the most important on top."""
    shown = list(losses.items())[:SHOWN_FEATURES][::-1]
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot(xlabel="loss of average precision", title="Feature importance")
    axes.barh([name for name, _ in shown], [value for _, value in shown])
    return _write(path, figure)


def comparison(path: Path, names: Sequence[str], means: Sequence[float], spreads: Sequence[float]) -> Path:
    """Mean and spread over the folds of each candidate."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot(ylabel="average precision", title="Candidates on the same folds")
    axes.bar(list(names), list(means), yerr=list(spreads), capsize=4)
    return _write(path, figure)


def _write(path: Path, figure: Figure) -> Path:
    stream = io.BytesIO()
    FigureCanvasAgg(figure)
    # Without the creation date and software version equal figures give equal bytes.
    figure.savefig(stream, format="png", dpi=90, metadata={"Software": None})
    return atomic_write_bytes(path, stream.getvalue())
