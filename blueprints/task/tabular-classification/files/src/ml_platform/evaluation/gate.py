"""Decides from numbers alone whether a model may be registered, with a reason for every bound that it misses."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ml_platform.contract import Contract
from ml_platform.evaluation.bootstrap import Difference

BASELINE_CRITERION = "SC-MODEL-1"


class GateResult(BaseModel):
    """One bound and what was measured against it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    measured: float
    comparison: Literal[">", ">=", "<", "<="]
    bound: float
    passed: bool
    detail: str


def apply_gates(
    contract: Contract,
    metrics: Mapping[str, float],
    difference: Difference,
    permuted: float,
    standard_errors: float,
) -> list[GateResult]:
    """All gates: better than the baseline beyond chance (SC-MODEL-1), nothing found in shuffled labels, guards kept."""
    margin = contract.criteria[BASELINE_CRITERION].bound
    results = [
        GateResult(
            name="beats_baseline",
            measured=difference.value,
            comparison=">",
            bound=margin + standard_errors * difference.standard_error,
            passed=difference.exceeds(standard_errors, margin),
            detail=f"{BASELINE_CRITERION}: average precision {difference.candidate:.4f} against "
            f"{difference.baseline:.4f}, standard error {difference.standard_error:.4f}",
        ),
        GateResult(
            name="permuted_labels",
            measured=permuted,
            comparison="<=",
            bound=standard_errors,
            passed=permuted <= standard_errors,
            detail="standard errors above the baseline when the labels are shuffled; more means a leak",
        ),
    ]
    return results + guard_results(contract, metrics)


def guard_results(contract: Contract, metrics: Mapping[str, float]) -> list[GateResult]:
    """The bounds of the contract's primary and guard metrics; a metric without a threshold decides nothing."""
    results = []
    for name, metric in contract.metrics.items():
        if metric.role == "report" or metric.threshold is None:
            continue
        higher = metric.direction == "higher"
        value = metrics[name]
        results.append(
            GateResult(
                name=name,
                measured=value,
                comparison=">=" if higher else "<=",
                bound=metric.threshold,
                passed=value >= metric.threshold if higher else value <= metric.threshold,
                detail=metric.description,
            )
        )
    return results


def reasons(results: Sequence[GateResult]) -> list[str]:
    """A sentence for each gate that said no."""
    return [
        f"{r.name}: expected {r.comparison} {r.bound:.4f}, got {r.measured:.4f} ({r.detail})"
        for r in results
        if not r.passed
    ]
