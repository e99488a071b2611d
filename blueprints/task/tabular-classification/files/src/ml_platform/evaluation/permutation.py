"""The check against leakage and wishful code: with shuffled labels the very same procedure must find nothing."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ml_platform.contract import Contract
from ml_platform.evaluation.baselines import DomainRule, baseline_scores, strongest
from ml_platform.evaluation.bootstrap import paired_bootstrap
from ml_platform.evaluation.metrics import Labels
from ml_platform.features.split import Fold, Split
from ml_platform.training.candidates import Estimator
from ml_platform.training.cross_validation import fold_scores, pooled

SAMPLES = 200


def permuted_difference(
    build: Callable[[], Estimator],
    rows: pd.DataFrame,
    labels: Labels,
    split: Split,
    contract: Contract,
    rule: DomainRule,
    *,
    permutations: int,
    seed: int,
) -> float:
    """Median, over shuffles of the labels, of how far the model is above the strongest baseline, in standard errors.

    The median of several shuffles keeps one unlucky draw from raising a false alarm.
    """
    key = rows[contract.datasets["labels"].key].to_numpy()
    found = []
    for number in range(permutations):
        shuffled = np.random.default_rng([seed, number]).permutation(labels)
        folds = [Fold(split.train, split.test)] if len(split.test) else _first_repeat(split, len(rows))
        parts = list(fold_scores(build, rows, shuffled, folds))
        if not parts:
            continue
        seen, scores = pooled(parts, len(rows))
        once = Split(split.train, split.test, tuple(folds), split.description)
        baselines = {
            name: values[seen] for name, values in baseline_scores(rows, shuffled, once, contract, rule, seed).items()
        }
        difference = paired_bootstrap(
            shuffled[seen],
            scores,
            baselines[strongest(shuffled[seen], baselines)],
            groups=key[seen],
            samples=SAMPLES,
            seed=seed + number,
        )
        found.append(difference.in_standard_errors)
    return float(np.median(found)) if found else 0.0


def _first_repeat(split: Split, rows: int) -> list[Fold]:
    # Repeats only lower the noise of the estimate; one pass over all rows is enough to see whether anything leaks.
    seen = np.zeros(rows, dtype=bool)
    folds: list[Fold] = []
    for fold in split.folds:
        if seen[fold.valid].any():
            break
        seen[fold.valid] = True
        folds.append(fold)
    return folds
