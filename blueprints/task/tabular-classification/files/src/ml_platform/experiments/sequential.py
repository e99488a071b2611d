"""Looking at an experiment before its end is allowed, but every look spends a part of the error that was agreed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import optimize, stats

NODES = 400


@dataclass(frozen=True)
class Look:
    """The verdict at one look; `bound` is the p-value below which it may stop."""

    number: int
    p_value: float
    bound: float

    @property
    def stop(self) -> bool:
        """Whether the experiment is over."""
        return self.p_value < self.bound


@lru_cache(maxsize=64)
def sequential_bounds(looks: int, alpha: float = 0.05) -> tuple[float, ...]:
    """Return two-sided p-value bounds for equally spaced looks, of the O'Brien-Fleming shape.

    The chance that a true null hypothesis crosses any of them is `alpha`: early looks stop only on
    overwhelming evidence, and the last bound is close to `alpha`.
    """
    if looks < 1:
        raise ValueError(f"expected at least one look, got {looks}")

    def excess(last: float) -> float:
        return crossing_chance([last * np.sqrt(looks / k) for k in range(1, looks + 1)]) - alpha

    last = float(optimize.brentq(excess, 1.0, 6.0))
    return tuple(float(2 * stats.norm.sf(last * np.sqrt(looks / k))) for k in range(1, looks + 1))


def crossing_chance(bounds: Sequence[float]) -> float:
    """Return the chance that a standard random walk, seen at equal distances, leaves `bounds` (in deviations).

    Numerical integration over the walk's density after each look (Armitage, McPherson and Rowe 1969).
    """
    points = np.linspace(-bounds[0], bounds[0], NODES)
    density = stats.norm.pdf(points)
    weight = points[1] - points[0]
    for look, bound in enumerate(bounds[1:], start=2):
        limit = bound * np.sqrt(look)
        following = np.linspace(-limit, limit, NODES)
        move = stats.norm.pdf(following[:, None] - points[None, :])
        ends = np.full(len(points), 1.0)
        ends[[0, -1]] = 0.5
        density = move @ (density * ends) * weight
        points, weight = following, following[1] - following[0]
    ends = np.full(len(points), 1.0)
    ends[[0, -1]] = 0.5
    return float(1 - (density * ends).sum() * weight)


def look_at(number: int, p_value: float, looks: int, alpha: float = 0.05) -> Look:
    """Return the verdict of look `number` (from 1) of `looks`."""
    return Look(number=number, p_value=p_value, bound=sequential_bounds(looks, alpha)[number - 1])
