"""Criteria hold inside their bound, fire at it or beyond it, and never hold for a value that could not be measured."""

import math

import pytest

from ml_platform.contract import Contract, Criterion
from ml_platform.errors import SettingsInvalid
from ml_platform.monitoring.criteria import evaluate_criterion, judge

pytestmark = pytest.mark.deliverable("model-requirements")


def criterion(comparison: str, status: str = "applicable") -> Criterion:
    return Criterion.model_validate(
        {
            "owner": "x", "area": "data", "statement": "s", "metric": "m", "comparison": comparison,
            "bound": 1.0, "unit": "u", "status": status,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("comparison", "silent", "fires"),
    [
        ("<", 1 - 1e-9, 1.0),
        ("<=", 1.0, 1 + 1e-9),
        (">", 1 + 1e-9, 1.0),
        (">=", 1.0, 1 - 1e-9),
        ("==", 1.0, 1 + 1e-9),
    ],
)
def test_fires_exactly_at_its_bound(comparison: str, silent: float, fires: float) -> None:
    assert not evaluate_criterion(criterion(comparison), silent)
    assert evaluate_criterion(criterion(comparison), fires)


def test_a_value_that_could_not_be_measured_fires() -> None:
    assert evaluate_criterion(criterion(">="), math.nan)


def test_a_criterion_that_is_not_applicable_never_fires() -> None:
    assert not evaluate_criterion(criterion("<", "not applicable"), 5.0)


def test_the_judgement_says_what_was_promised(contract: Contract) -> None:
    bound = contract.criteria["SC-DATA-4"].bound
    verdict = judge(contract, "SC-DATA-4", bound)
    assert verdict.fired
    assert "SC-DATA-4" in verdict.text
    assert f"< {bound:g}" in verdict.text


def test_an_unknown_criterion_is_refused(contract: Contract) -> None:
    with pytest.raises(SettingsInvalid, match="SC-NONE-1"):
        judge(contract, "SC-NONE-1", 0.0)
