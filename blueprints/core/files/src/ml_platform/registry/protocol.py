"""What a model registry must offer; promotion and rollback are built on it and know no tool."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

STAGES = ("dev", "staging", "prod")
CHAMPION = "champion"
CHALLENGER = "challenger"


class ModelVersion(BaseModel):
    """A registered version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    run_id: str
    tags: dict[str, str]
    aliases: tuple[str, ...] = ()


class Decision(BaseModel):
    """One entry of a model's history: who moved which name to which version, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alias: str
    version: int
    previous: int | None
    approver: str
    reason: str
    at: datetime


class Registry(Protocol):
    """Numbered model versions with names (aliases) that can be moved."""

    def register(self, bundle_dir: Path, run_id: str, tags: Mapping[str, str]) -> int:
        """Stores a bundle as a new version of the model; `run_id` is the tracked run that made it."""

    def versions(self) -> list[ModelVersion]:
        """All versions, the oldest first."""

    def get_alias(self, alias: str) -> int | None:
        """The version that `alias` names, or None."""

    def set_alias(self, alias: str, version: int) -> None:
        """Moves `alias`; use ml_platform.registry.promotion, which also records why."""

    def tag(self, version: int, key: str, value: str) -> None:
        """Adds or replaces a tag of a version."""

    def record(self, decision: Decision) -> None:
        """Appends to the history."""

    def history(self) -> list[Decision]:
        """Every decision, the oldest first."""

    def download(self, version: int, destination: Path) -> Path:
        """Copies the bundle of a version to `destination` and returns it."""

    def close(self) -> None:
        """Releases connections."""
