"""Each gate refuses just beyond its bound and accepts just inside (SC-MODEL-1 and the guards of the contract)."""

import pytest

from ml_platform.contract import Contract
from ml_platform.evaluation.bootstrap import Difference
from ml_platform.evaluation.gate import apply_gates, guard_results, reasons

pytestmark = pytest.mark.deliverable("training")
GOOD = {"average_precision": 0.5, "roc_auc": 0.9, "brier_skill": 0.2, "calibration_error": 0.01}


def difference(value: float) -> Difference:
    return Difference(candidate=0.3 + value, baseline=0.3, standard_error=0.01, samples=400)


@pytest.mark.parametrize(("value", "passes"), [(0.0201, True), (0.0199, False), (0.0, False), (-0.1, False)])
def test_sc_model_1_needs_more_than_two_standard_errors(contract: Contract, value: float, passes: bool) -> None:
    bound = contract.criteria["SC-MODEL-1"].bound
    results = apply_gates(contract, GOOD, difference(bound + value), 0.0, 2.0)
    assert (reasons(results) == []) is passes


@pytest.mark.parametrize(("permuted", "passes"), [(2.0, True), (2.01, False)])
def test_a_model_that_learns_from_shuffled_labels_is_refused(contract: Contract, permuted: float, passes: bool) -> None:
    results = apply_gates(contract, GOOD, difference(0.1), permuted, 2.0)
    assert (reasons(results) == []) is passes


def test_every_guard_fires_just_beyond_its_bound(contract: Contract) -> None:
    guards = {name: m for name, m in contract.metrics.items() if m.role == "guard" and m.threshold is not None}
    assert guards
    for name, metric in guards.items():
        bound = metric.threshold or 0.0
        worse = -1e-6 if metric.direction == "higher" else 1e-6
        inside, beyond = {**GOOD, name: bound}, {**GOOD, name: bound + worse}
        assert all(result.passed for result in guard_results(contract, inside)), name
        refused = reasons(guard_results(contract, beyond))
        assert len(refused) == 1
        assert refused[0].startswith(f"{name}: expected")
