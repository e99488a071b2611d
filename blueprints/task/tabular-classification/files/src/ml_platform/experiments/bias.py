"""Finds out whether decisions treat the groups of a protected attribute differently by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

GROUPS_OF_NUMBERS = 4


@dataclass(frozen=True)
class GroupRates:
    """How a group is treated: the share selected, and the share found among its positives (NaN without any)."""

    group: str
    rows: int
    positives: int
    selection_rate: float
    true_positive_rate: float


@dataclass(frozen=True)
class BiasReport:
    """Both measures over the groups that are large enough, with the p-value of unequal treatment by chance."""

    attribute: str
    groups: tuple[GroupRates, ...]
    selection_rate_ratio: float
    selection_p_value: float
    equal_opportunity_difference: float
    opportunity_p_value: float
    biased: bool


def detect_bias(
    selected: npt.NDArray[np.bool_],
    target: npt.NDArray[np.int64],
    attribute: pd.Series,
    *,
    ratio_min: float = 0.8,
    difference_max: float = 0.1,
    alpha: float = 0.01,
    rows_min: int = 50,
) -> BiasReport:
    """Compare the groups of `attribute` (numbers are cut into quarters) and report what lies beyond the bounds.

    A measure counts only where it is beyond its bound and the difference is not chance at `alpha`.
    Groups below `rows_min` rows are left out: their rates say nothing.
    """
    groups = attribute_groups(attribute)
    sizes = groups.value_counts()
    names = sorted(str(name) for name, size in sizes.items() if size >= rows_min)
    rates = tuple(_rates(name, groups.to_numpy() == name, selected, target) for name in names)
    shares = [rate.selection_rate for rate in rates]
    highest = max(shares, default=0.0)
    ratio = min(shares, default=0.0) / highest if highest > 0 else 1.0
    found = [rate.true_positive_rate for rate in rates if not np.isnan(rate.true_positive_rate)]
    difference = max(found) - min(found) if found else 0.0
    members = [groups.to_numpy() == name for name in names]
    selection_p = _p_value([(int(selected[m].sum()), int(m.sum())) for m in members])
    positive = target == 1
    opportunity_p = _p_value([(int(selected[m & positive].sum()), int((m & positive).sum())) for m in members])
    unequal = ratio < ratio_min and selection_p < alpha
    unfair = difference > difference_max and opportunity_p < alpha
    return BiasReport(
        attribute=str(attribute.name),
        groups=rates,
        selection_rate_ratio=ratio,
        selection_p_value=selection_p,
        equal_opportunity_difference=difference,
        opportunity_p_value=opportunity_p,
        biased=unequal or unfair,
    )


def attribute_groups(attribute: pd.Series) -> pd.Series:
    """Return group names: categories as they are, numbers by quarters, unknown as `unknown`."""
    if pd.api.types.is_numeric_dtype(attribute) and attribute.nunique() > GROUPS_OF_NUMBERS:
        cut = pd.qcut(attribute, GROUPS_OF_NUMBERS, duplicates="drop")
        return cut.astype("object").where(attribute.notna(), "unknown").astype(str)
    return attribute.astype("object").where(attribute.notna(), "unknown").astype(str)


def _rates(
    name: str, member: npt.NDArray[np.bool_], selected: npt.NDArray[np.bool_], target: npt.NDArray[np.int64]
) -> GroupRates:
    positives = member & (target == 1)
    return GroupRates(
        group=name,
        rows=int(member.sum()),
        positives=int(positives.sum()),
        selection_rate=float(selected[member].mean()),
        true_positive_rate=float(selected[positives].mean()) if positives.any() else float("nan"),
    )


def _p_value(counts: Sequence[tuple[int, int]]) -> float:
    table = np.array([(yes, size - yes) for yes, size in counts if size > 0]).T
    if table.size == 0 or table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return 1.0
    return float(stats.chi2_contingency(table).pvalue)
