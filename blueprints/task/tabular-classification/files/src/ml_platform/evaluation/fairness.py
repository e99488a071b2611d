"""How the model treats the groups of each protected attribute; the attributes are no model inputs, only compared."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from ml_platform.evaluation.config import EvaluationSettings
from ml_platform.evaluation.metrics import Floats, Labels

MAX_GROUPS = 12


@dataclass(frozen=True)
class Group:
    """One value of an attribute. Rates are None where the group has no rows to compute them from."""

    attribute: str
    value: str
    rows: int
    positives: int
    selection_rate: float
    recall: float | None
    calibration_gap: float
    counted: bool

    def as_row(self) -> dict[str, object]:
        """The group as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Fairness:
    """The groups of one attribute and the two distances between them."""

    attribute: str
    groups: tuple[Group, ...]
    selection_ratio: float
    opportunity_gap: float

    def findings(self, settings: EvaluationSettings) -> list[str]:
        """What lies outside the bounds, in words."""
        found = []
        if self.selection_ratio < settings.min_selection_ratio:
            found.append(
                f"{self.attribute}: the least selected group is selected {self.selection_ratio:.2f} times as often "
                f"as the most selected one (bound {settings.min_selection_ratio:g})"
            )
        if self.opportunity_gap > settings.max_opportunity_gap:
            found.append(
                f"{self.attribute}: recall differs by {self.opportunity_gap:.2f} between groups "
                f"(bound {settings.max_opportunity_gap:g})"
            )
        return found


def measure_fairness(
    attribute: str,
    values: pd.Series,
    labels: Labels,
    scores: Floats,
    threshold: float,
    settings: EvaluationSettings,
) -> Fairness:
    """Selection rate, recall and calibration per group; groups below the minimum sizes are listed but not compared."""
    texts = group_names(values).to_numpy()
    groups = []
    for value in sorted(set(texts)):
        inside = texts == value
        positives = int(labels[inside].sum())
        selected = scores[inside] >= threshold
        groups.append(
            Group(
                attribute=attribute,
                value=value,
                rows=int(inside.sum()),
                positives=positives,
                selection_rate=float(selected.mean()),
                recall=float(selected[labels[inside] == 1].mean()) if positives else None,
                calibration_gap=float(scores[inside].mean() - labels[inside].mean()),
                counted=bool(inside.sum() >= settings.min_slice_rows and positives >= settings.min_slice_positives),
            )
        )
    counted = [group for group in groups if group.counted]
    rates = np.array([group.selection_rate for group in counted])
    recalls = np.array([group.recall for group in counted if group.recall is not None])
    return Fairness(
        attribute=attribute,
        groups=tuple(groups),
        selection_ratio=float(rates.min() / rates.max()) if len(rates) > 1 and rates.max() else 1.0,
        opportunity_gap=float(np.ptp(recalls)) if len(recalls) > 1 else 0.0,
    )


def group_names(values: pd.Series) -> pd.Series:
    """A name per row: the value, `missing`, or, for numbers with many values, one of four equal parts by rank."""
    known = values.dropna()
    if pd.api.types.is_numeric_dtype(known) and known.nunique() > MAX_GROUPS:
        parts = pd.qcut(values, 4, duplicates="drop")
        return parts.astype("object").where(values.notna(), "missing").astype(str)
    return values.astype("object").where(values.notna(), "missing").astype(str)
