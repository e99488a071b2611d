"""How much each feature matters on rows that the model has not seen; the reference for a later shift in importance."""

import numpy as np
import pandas as pd

from ml_platform.bundle import Classifier, positive_scores
from ml_platform.evaluation.metrics import Labels, average_precision

MAX_ROWS = 3000


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
    losses: dict[str, float] = {}
    for name in rows.columns:
        values = []
        for _ in range(repeats):
            changed = rows.copy(deep=False)
            changed[name] = rows[name].to_numpy()[generator.permutation(len(rows))]
            values.append(whole - average_precision(labels, positive_scores(model, changed)))
        losses[str(name)] = float(np.mean(values))
    return dict(sorted(losses.items(), key=lambda item: (-item[1], item[0])))
