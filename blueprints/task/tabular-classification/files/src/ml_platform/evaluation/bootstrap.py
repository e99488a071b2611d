"""How sure a difference between two models is: a paired bootstrap over entities, fast enough for every evaluation."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml_platform.evaluation.metrics import Floats, Labels, average_precision


@dataclass(frozen=True)
class Difference:
    """Candidate minus baseline in average precision, with its bootstrap standard error."""

    candidate: float
    baseline: float
    standard_error: float
    samples: int

    @property
    def value(self) -> float:
        """Candidate minus baseline."""
        return self.candidate - self.baseline

    @property
    def in_standard_errors(self) -> float:
        """The difference in units of its standard error; 0 where both models rank alike."""
        return self.value / self.standard_error if self.standard_error > 0 else 0.0

    def exceeds(self, standard_errors: float, margin: float = 0.0) -> bool:
        """Whether the candidate is better by more than `margin` plus so many standard errors."""
        return self.value - margin > standard_errors * self.standard_error


class Ranking:
    """Rows sorted by score once, so that each resample costs one cumulative sum."""

    def __init__(self, labels: Labels, scores: Floats) -> None:
        self.order = np.argsort(-scores, kind="stable")
        self.labels = labels[self.order].astype(np.float64)
        self.group_ends = np.flatnonzero(np.append(np.diff(scores[self.order]) != 0, True))

    def average_precision(self, weights: Floats) -> float:
        """Average precision with a weight per row, ties counted as one step as scikit-learn does."""
        sorted_weights = weights[self.order]
        positives = np.cumsum(sorted_weights * self.labels)[self.group_ends]
        if positives[-1] <= 0:
            return 0.0
        selected = np.cumsum(sorted_weights)[self.group_ends]
        gained = np.diff(positives, prepend=0.0)
        precision = np.divide(positives, selected, out=np.zeros_like(positives), where=selected > 0)
        return float((gained * precision).sum() / positives[-1])


def paired_bootstrap(
    labels: Labels,
    candidate: Floats,
    baseline: Floats,
    *,
    groups: npt.NDArray[np.generic],
    samples: int,
    seed: int,
) -> Difference:
    """Resamples whole `groups` (entities: their rows are not independent) and scores both models on the same draw.

    All arrays have shape (rows,). The same seed gives the same result.
    """
    generator = np.random.default_rng(seed)
    _, membership = np.unique(groups, return_inverse=True)
    count = int(membership.max()) + 1
    first, second = Ranking(labels, candidate), Ranking(labels, baseline)
    differences = np.empty(samples)
    for index in range(samples):
        draw = np.bincount(generator.integers(count, size=count), minlength=count)
        weights = draw[membership].astype(np.float64)
        differences[index] = first.average_precision(weights) - second.average_precision(weights)
    return Difference(
        candidate=average_precision(labels, candidate),
        baseline=average_precision(labels, baseline),
        standard_error=float(differences.std(ddof=1)),
        samples=samples,
    )
