"""How much each feature matters on rows that the model has not seen; the reference for a later shift in importance."""

import numpy as np
import pandas as pd

from ml_platform.bundle import Classifier, positive_scores
from ml_platform.evaluation.metrics import Labels, average_precision

MAX_ROWS = 3000
SCORED_ROWS = 30_000


def permutation_importance(
    model: Classifier, rows: pd.DataFrame, labels: Labels, *, seed: int, repeats: int = 2
) -> dict[str, float]:
    """Loss of average precision when one feature is shuffled, by feature, the most important first.

    `rows` hold exactly the model's inputs; at most 3,000 of them are used, with all positives.
    """
    generator = np.random.default_rng(seed)
    if len(rows) > MAX_ROWS:
        negatives = np.flatnonzero(labels == 0)
        positives = np.flatnonzero(labels == 1)[:MAX_ROWS]
        kept = generator.choice(negatives, size=min(len(negatives), max(MAX_ROWS - len(positives), 1)), replace=False)
        chosen = np.sort(np.concatenate([positives, kept]))
        rows, labels = rows.iloc[chosen], labels[chosen]
    whole = average_precision(labels, positive_scores(model, rows))
    shuffled = [(str(name), generator.permutation(len(rows))) for name in rows.columns for _ in range(repeats)]
    losses: dict[str, list[float]] = {str(name): [] for name in rows.columns}
    # Many shuffled copies are scored at once: for few rows a prediction takes as long as for thousands.
    at_once = max(1, SCORED_ROWS // max(1, len(rows)))
    for start in range(0, len(shuffled), at_once):
        part = shuffled[start : start + at_once]
        copies = [rows.assign(**{name: rows[name].array.take(order)}) for name, order in part]
        scores = positive_scores(model, pd.concat(copies, ignore_index=True)).reshape(len(part), len(rows))
        for (name, _), found in zip(part, scores, strict=True):
            losses[name].append(whole - average_precision(labels, found))
    means = {name: float(np.mean(values)) for name, values in losses.items()}
    return dict(sorted(means.items(), key=lambda item: (-item[1], item[0])))
