"""No version moves without its gates, its stage before, a person and a reason; and every move can be taken back."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ml_platform.errors import NotApproved
from ml_platform.registry.promotion import GATE_TAG, PASSED, move, promote, rollback
from ml_platform.registry.protocol import CHAMPION, Decision, ModelVersion

pytestmark = pytest.mark.deliverable("registry")


class MemoryRegistry:
    """A registry without files; versions are registered without a model."""

    def __init__(self) -> None:
        self.aliases: dict[str, int] = {}
        self.tags: list[dict[str, str]] = []
        self.decisions: list[Decision] = []

    def register(self, bundle_dir: Path, run_id: str, tags: Mapping[str, str]) -> int:
        self.tags.append({**tags, "from": f"{bundle_dir} {run_id}"})
        return len(self.tags)

    def versions(self) -> list[ModelVersion]:
        return [ModelVersion(version=n, run_id="r", tags=tags) for n, tags in enumerate(self.tags, start=1)]

    def get_alias(self, alias: str) -> int | None:
        return self.aliases.get(alias)

    def set_alias(self, alias: str, version: int) -> None:
        self.aliases[alias] = version

    def tag(self, version: int, key: str, value: str) -> None:
        self.tags[version - 1][key] = value

    def record(self, decision: Decision) -> None:
        self.decisions.append(decision)

    def history(self) -> list[Decision]:
        return self.decisions

    def download(self, version: int, destination: Path) -> Path:
        return destination / str(version)

    def close(self) -> None:
        self.aliases.clear()


@pytest.fixture
def registry() -> MemoryRegistry:
    found = MemoryRegistry()
    for _ in range(3):
        found.register(Path("bundle"), "run", {GATE_TAG: PASSED})
    return found


def through(registry: MemoryRegistry, version: int) -> None:
    for stage in ("dev", "staging", "prod"):
        promote(registry, version, stage, approver="Ada", reason="tests passed")


def test_a_version_goes_from_dev_to_prod_and_becomes_champion(registry: MemoryRegistry) -> None:
    through(registry, 1)
    assert registry.aliases == {"dev": 1, "staging": 1, "prod": 1, CHAMPION: 1}
    assert {(d.approver, d.reason) for d in registry.history()} == {("Ada", "tests passed")}


def test_no_stage_is_skipped(registry: MemoryRegistry) -> None:
    with pytest.raises(NotApproved, match="never been in dev"):
        promote(registry, 1, "staging", approver="Ada", reason="hurry")


def test_a_refused_version_stays(registry: MemoryRegistry) -> None:
    registry.tag(2, GATE_TAG, "refused")
    with pytest.raises(NotApproved, match="gates"):
        promote(registry, 2, "dev", approver="Ada", reason="looks fine")


@pytest.mark.parametrize(("approver", "reason"), [("", "x"), ("Ada", " ")])
def test_nobody_and_no_reason_approve_nothing(registry: MemoryRegistry, approver: str, reason: str) -> None:
    with pytest.raises(NotApproved, match="approver and a reason"):
        promote(registry, 1, "dev", approver=approver, reason=reason)


def test_only_named_people_where_there_is_a_list(registry: MemoryRegistry) -> None:
    with pytest.raises(NotApproved, match="Eve may not approve"):
        promote(registry, 1, "dev", approver="Eve", reason="x", allowed=("Ada",))
    assert promote(registry, 1, "dev", approver="Ada", reason="x", allowed=("Ada",)).version == 1


def test_unknown_stage_and_version(registry: MemoryRegistry) -> None:
    with pytest.raises(NotApproved, match="expected one of"):
        promote(registry, 1, "production", approver="Ada", reason="x")
    with pytest.raises(NotApproved, match="expected a registered version, got 9"):
        promote(registry, 9, "dev", approver="Ada", reason="x")


def test_rollback_walks_back_and_is_recorded(registry: MemoryRegistry) -> None:
    for version in (1, 2, 3):
        through(registry, version)
    assert rollback(registry, "prod", approver="Ada", reason="errors rose").version == 2
    assert registry.aliases[CHAMPION] == 2
    assert rollback(registry, "prod", approver="Ada", reason="still").version == 1
    with pytest.raises(NotApproved, match="no earlier version"):
        rollback(registry, "prod", approver="Ada", reason="again")
    through(registry, 3)
    assert rollback(registry, "prod", approver="Ada", reason="once more").version == 1
    assert registry.history()[-1].reason == "rollback: once more"


def test_setting_the_same_version_twice_is_no_place_to_go_back_to(registry: MemoryRegistry) -> None:
    move(registry, "dev", 1, approver="Ada", reason="x")
    move(registry, "dev", 1, approver="Ada", reason="x")
    with pytest.raises(NotApproved, match="no earlier version"):
        rollback(registry, "dev", approver="Ada", reason="x")
