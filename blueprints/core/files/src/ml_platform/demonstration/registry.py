"""Demonstrates the registry: promotion step by step with a name behind it, a second version, and the way back."""

from collections.abc import Iterator

from ml_platform.bundle import load_info
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import NotApproved
from ml_platform.registry.adapter import open_registry
from ml_platform.registry.promotion import GATE_TAG, PASSED, promote, rollback
from ml_platform.registry.protocol import CHAMPION, STAGES, Registry
from ml_platform.stages.register import RegisterHandover
from ml_platform.stages.train import TrainHandover

DELIVERABLE = "registry"
APPROVER = "demonstration"


def checks(demo: Demo) -> Iterator[Check]:
    """Walk the registered version to prod, put a second one there, and go back to the first."""
    first = demo.handover("register", RegisterHandover).version
    run_id = demo.handover("train", TrainHandover).tracked_run
    registry = open_registry(demo.context.settings)
    try:
        copy = registry.download(first, demo.context.work / "second")
        second = registry.register(copy, run_id, {GATE_TAG: PASSED})
        untested = registry.register(copy, run_id, {})
        yield claim(
            DELIVERABLE,
            "a version that skips a stage or its gates is not promoted",
            holds=_refused(registry, second, STAGES[-1]) and _refused(registry, untested, STAGES[0]),
            detail=f"version {second} to {STAGES[-1]}, version {untested} to {STAGES[0]}",
        )
        for version in (first, second):
            for stage in STAGES:
                if registry.get_alias(stage) != version:
                    promote(registry, version, stage, approver=APPROVER, reason="shown in the demonstration")
        champion = registry.get_alias(CHAMPION)
        yield claim(
            DELIVERABLE,
            f"a version moves through {', '.join(STAGES)} and becomes champion",
            holds=champion == second,
            detail=f"champion is version {champion}",
        )
        rollback(registry, STAGES[-1], approver=APPROVER, reason="shown in the demonstration")
        back = registry.get_alias(CHAMPION)
        history = registry.history()
        restored = load_info(registry.download(first, demo.context.work / "restored")).version
        yield claim(
            DELIVERABLE,
            "rollback restores the version before, and every move is on record",
            holds=back == first == restored and all(entry.approver and entry.reason for entry in history),
            detail=f"champion is version {back}, {len(history)} decisions on record",
        )
    finally:
        registry.close()


def _refused(registry: Registry, version: int, stage: str) -> bool:
    try:
        promote(registry, version, stage, approver=APPROVER, reason="must not work")
    except NotApproved:
        return True
    return False
