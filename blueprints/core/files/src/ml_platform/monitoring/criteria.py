"""Judges measured values by the success criteria of contract.yaml, so that no stage has its own idea of a bound."""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ml_platform.contract import Contract, Criterion
from ml_platform.errors import SettingsInvalid

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


@dataclass(frozen=True)
class Judgement:
    """A criterion's id, the measured value and whether an alert is due."""

    criterion: str
    value: float
    fired: bool
    text: str


def evaluate_criterion(criterion: Criterion, value: float) -> bool:
    """Say whether the criterion fires: it holds while `value comparison bound` is true, and NaN never holds.

    A criterion that is not applicable to this platform never fires.
    """
    if criterion.status == "not applicable":
        return False
    return math.isnan(value) or not _HOLDS[criterion.comparison](value, criterion.bound)


def judge(contract: Contract, criterion_id: str, value: float) -> Judgement:
    """Return the judgement of `value` by a criterion of the contract; raises SettingsInvalid for an unknown id."""
    criterion = contract.criteria.get(criterion_id)
    if criterion is None:
        raise SettingsInvalid(
            f"expected the criterion {criterion_id} in contract.yaml, which has {', '.join(sorted(contract.criteria))}"
        )
    fired = evaluate_criterion(criterion, value)
    text = (
        f"{criterion_id}: {criterion.metric} is {value:.4g} {criterion.unit}, "
        f"promised {criterion.comparison} {criterion.bound:g}"
    )
    return Judgement(criterion_id, value, fired, text)
