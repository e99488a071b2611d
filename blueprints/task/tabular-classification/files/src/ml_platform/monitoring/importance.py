"""Has the model begun to live from other features? Compares permutation importance on two sets of rows."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ImportanceShift:
    """Shares of the importance before and now, and the share that has moved to other features (0: none, 1: all)."""

    before: dict[str, float]
    now: dict[str, float]
    moved: float

    def largest(self, count: int = 3) -> list[str]:
        """Return the features whose share changed most."""
        change = {name: abs(self.now[name] - self.before[name]) for name in self.before}
        return sorted(change, key=lambda name: (-change[name], name))[:count]


def importance_shift(before: Mapping[str, float], now: Mapping[str, float]) -> ImportanceShift:
    """Compare two permutation importances (feature to loss of the metric) over the same features.

    A loss below zero is noise and counts as none; where nothing matters on either side, nothing has moved.
    """
    old, new = _shares(before), _shares(now)
    moved = 0.5 * sum(abs(new[name] - old[name]) for name in old) if any(old.values()) and any(new.values()) else 0.0
    return ImportanceShift(before=old, now=new, moved=moved)


def _shares(losses: Mapping[str, float]) -> dict[str, float]:
    positive = {name: max(0.0, loss) for name, loss in losses.items()}
    total = sum(positive.values())
    return {name: loss / total if total > 0 else 0.0 for name, loss in positive.items()}
