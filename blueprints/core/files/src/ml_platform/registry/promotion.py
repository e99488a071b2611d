"""Approval, promotion dev -> staging -> prod and rollback: every move names who decided it and why."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ml_platform.errors import NotApproved
from ml_platform.registry.protocol import CHAMPION, STAGES, Decision, ModelVersion, Registry

GATE_TAG = "gate"
PASSED = "passed"


def find_version(registry: Registry, version: int) -> ModelVersion:
    """The registered version of that number; raises NotApproved where there is none."""
    for known in registry.versions():
        if known.version == version:
            return known
    raise NotApproved(f"expected a registered version, got {version}; list them with `registry list`")


def move(
    registry: Registry,
    alias: str,
    version: int,
    *,
    approver: str,
    reason: str,
    at: datetime | None = None,
) -> Decision:
    """Points `alias` at `version` and records the decision."""
    decision = Decision(
        alias=alias,
        version=version,
        previous=registry.get_alias(alias),
        approver=approver,
        reason=reason,
        at=at or datetime.now(UTC),
    )
    registry.set_alias(alias, version)
    registry.record(decision)
    return decision


def promote(
    registry: Registry,
    version: int,
    stage: str,
    *,
    approver: str,
    reason: str,
    allowed: Sequence[str] = (),
    at: datetime | None = None,
) -> Decision:
    """Moves a version one stage on; reaching prod makes it the champion.

    Raises NotApproved where the version has not passed its gates, skips a stage, or nobody allowed stands behind it.
    """
    if stage not in STAGES:
        raise NotApproved(f"expected one of {', '.join(STAGES)}, got {stage}")
    if not approver.strip() or not reason.strip():
        raise NotApproved("a promotion needs an approver and a reason; give both")
    if allowed and approver not in allowed:
        raise NotApproved(f"{approver} may not approve; settings.registry.approvers lists {', '.join(allowed)}")
    if find_version(registry, version).tags.get(GATE_TAG) != PASSED:
        raise NotApproved(f"version {version} has not passed its evaluation gates; only accepted versions move on")
    position = STAGES.index(stage)
    if position and not _has_been(registry, STAGES[position - 1], version):
        raise NotApproved(f"version {version} has never been in {STAGES[position - 1]}; promote it there first")
    decision = move(registry, stage, version, approver=approver, reason=reason, at=at)
    if stage == STAGES[-1]:
        move(registry, CHAMPION, version, approver=approver, reason=reason, at=at)
    return decision


def rollback(
    registry: Registry,
    alias: str,
    *,
    approver: str,
    reason: str,
    at: datetime | None = None,
) -> Decision:
    """Points `alias` back at the version that it named before the current one.

    Going back twice walks further back in time, it does not return to the version just left. Rolling back prod moves
    the champion too. Raises NotApproved where there is nothing to go back to.
    """
    target = previous_version(registry, alias)
    if target is None:
        raise NotApproved(f"{alias} has no earlier version to go back to")
    decision = move(registry, alias, target, approver=approver, reason=f"rollback: {reason}", at=at)
    if alias == STAGES[-1]:
        move(registry, CHAMPION, target, approver=approver, reason=f"rollback: {reason}", at=at)
    return decision


def previous_version(registry: Registry, alias: str) -> int | None:
    """The version below the current one on the alias's stack of versions, or None."""
    stack: list[int] = []
    for decision in registry.history():
        if decision.alias != alias:
            continue
        if decision.reason.startswith("rollback: ") and len(stack) > 1:
            stack.pop()
        elif not stack or stack[-1] != decision.version:
            stack.append(decision.version)
    return stack[-2] if len(stack) > 1 else None


def _has_been(registry: Registry, stage: str, version: int) -> bool:
    return any(decision.alias == stage and decision.version == version for decision in registry.history())
