"""Decides from the loss on rows whose labels arrived whether the relation of features and target has changed.

Each window is compared with the reference by a one-sided test, corrected for the number of windows, which finds sudden
drift; the Page-Hinkley test adds up small rises over the windows, which finds slow drift.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from ml_platform.monitoring.config import ConceptSettings
from ml_platform.monitoring.drift import holm

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WindowLoss:
    """The loss of one window against the reference."""

    window: str
    rows: int
    mean: float
    deviations: float
    p_value: float
    risen: bool


@dataclass(frozen=True)
class ConceptReport:
    """All windows in order; `slow` is the window at which small rises had added up, or None."""

    reference_mean: float
    windows: tuple[WindowLoss, ...]
    slow: str | None

    @property
    def fired(self) -> bool:
        """Whether concept drift was found."""
        return self.slow is not None or any(window.risen for window in self.windows)


def log_loss_of(scores: Floats, target: npt.NDArray[np.int64]) -> Floats:
    """Return the log loss of every row for probabilities `scores` and 0/1 `target`."""
    safe = np.clip(scores, 1e-6, 1 - 1e-6)
    return -np.where(target == 1, np.log(safe), np.log1p(-safe))


def page_hinkley(values: Sequence[float], delta: float, bound: float) -> int | None:
    """Return the position at which the sum of `value - delta` has risen by `bound` above its minimum, or None."""
    total = lowest = 0.0
    for position, value in enumerate(values):
        total += value - delta
        lowest = min(lowest, total)
        if total - lowest >= bound:
            return position
    return None


def detect_concept_drift(reference: Floats, windows: Mapping[str, Floats], settings: ConceptSettings) -> ConceptReport:
    """Compare the losses of each window, in the order given, with the losses in `reference`.

    `reference` must come from rows that the model was not fitted on, or every window looks worse than it.
    """
    mean = float(reference.mean())
    deviations = {name: _deviations(reference, losses) for name, losses in windows.items()}
    adjusted = holm([float(stats.norm.sf(value)) for value in deviations.values()])
    judged = tuple(
        WindowLoss(
            window=name,
            rows=len(losses),
            mean=float(losses.mean()),
            deviations=deviations[name],
            p_value=p_value,
            risen=p_value < settings.alpha and float(losses.mean()) >= mean * (1 + settings.loss_increase_min),
        )
        for (name, losses), p_value in zip(windows.items(), adjusted, strict=True)
    )
    # Against all that came before, not against the reference alone: its own error would add up with every window.
    earlier = [reference]
    rises = []
    for losses in windows.values():
        rises.append(_deviations(np.concatenate(earlier), losses))
        earlier.append(losses)
    position = page_hinkley(rises, settings.page_hinkley_delta, settings.page_hinkley_bound)
    slow = None if position is None else list(windows)[position]
    return ConceptReport(mean, judged, slow)


def _deviations(before: Floats, now: Floats) -> float:
    error = float(np.sqrt(before.var(ddof=1) / len(before) + now.var(ddof=1) / len(now)))
    return (float(now.mean()) - float(before.mean())) / error if error > 0 else 0.0
