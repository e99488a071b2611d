"""Demonstrates that the model keeps what was required of it: better than the baseline, and not by luck."""

from collections.abc import Iterator
from pathlib import Path

from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.stages.evaluate import EvaluateHandover

DELIVERABLE = "model-requirements"
BOUND = 2.0


def checks(demo: Demo) -> Iterator[Check]:
    """Read the verdict that the evaluate stage reached, and show its pictures."""
    found = demo.handover("evaluate", EvaluateHandover)
    distance = found.difference / found.standard_error if found.standard_error > 0 else 0.0
    yield claim(
        DELIVERABLE,
        "the model beats the strongest baseline by more than two standard errors",
        holds=distance > BOUND,
        detail=(
            f"average precision {found.baseline_metric + found.difference:.3f}, {found.baseline} "
            f"{found.baseline_metric:.3f}, difference {found.difference:.3f} = {distance:.1f} standard errors"
        ),
    )
    yield claim(
        DELIVERABLE,
        "with shuffled labels it does not",
        holds=found.permuted <= BOUND,
        detail=f"{found.permuted:.1f} standard errors",
    )
    yield claim(
        DELIVERABLE,
        "every gate of the contract is passed",
        holds=found.passed,
        detail=f"{len(found.gates)} gates" if found.passed else "; ".join(found.reasons),
    )
    metrics = "\n".join(f"{name}: {value:.4f}" for name, value in sorted(found.metrics.items()))
    plots = [Path(name) for name in found.outputs if name.endswith(".png")]
    pictures = {path.stem.replace("-", "_"): demo.context.path(path).read_bytes() for path in sorted(plots)}
    demo.report("Evaluation on rows that the model has not seen", metrics, **pictures)
