"""How a run of the orchestrator becomes a run of the stages: its day, its name, and the command of each stage."""

import re
import shlex
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from ml_platform.config import Environment
from ml_platform.context import StageContext
from ml_platform.errors import SettingsInvalid
from ml_platform.orchestration.config import OrchestrationSettings
from ml_platform.settings import Settings
from ml_platform.stage import make_context

# Filled in by the orchestrator when a stage starts.
AS_OF = "{{ as_of(dag_run) }}"
RUN_ID = "{{ run_id_of(dag_run) }}"
SAFE = re.compile(r"[^A-Za-z0-9._-]+")
GRACE_SECONDS = 120


class OrchestratedRun(Protocol):
    """What is read of the orchestrator's own record of a run; `logical_date` is empty for a run that was triggered."""

    run_id: str
    logical_date: datetime | None
    run_after: datetime
    conf: dict[str, Any] | None


def as_of(
    run: OrchestratedRun, settings: Settings, orchestration: OrchestrationSettings, lead: timedelta = timedelta()
) -> date:
    """The day that a run sees the data from: the one it was triggered for, a fixed one, or the day of its schedule.

    A run that starts `lead` before its deadline belongs to the day of the deadline, which may be the next one.
    Raises SettingsInvalid where it was triggered for something that is not a day.
    """
    asked = (run.conf or {}).get("as_of")
    if asked is not None:
        try:
            return date.fromisoformat(str(asked))
        except ValueError as error:
            raise SettingsInvalid(f"expected as_of as YYYY-MM-DD in the run's configuration, got {asked!r}") from error
    return settings.pipeline.as_of or orchestration.day_of((run.logical_date or run.run_after) + lead)


def run_id_of(run: OrchestratedRun) -> str:
    """The run's name as a folder: colons and signs are replaced; the same run always has the same name."""
    return SAFE.sub("-", run.run_id).strip("-.")


def context_of(
    run: OrchestratedRun, root: Path, orchestration: OrchestrationSettings, lead: timedelta = timedelta()
) -> StageContext:
    """The context that the stages of this run had, for reading what they handed over."""
    settings = make_context(root=root).settings
    return make_context(settings.environment, as_of(run, settings, orchestration, lead), run_id_of(run), root)


def stage_arguments(stage: str, environment: Environment) -> list[str]:
    """Arguments of the `stage` program, with the places that the orchestrator fills in."""
    return [stage, "--environment", environment, "--as-of", AS_OF, "--run-id", RUN_ID]


def stage_command(stage: str, environment: Environment) -> str:
    """Command line that starts a stage in the training environment; both filled-in values hold safe characters only."""
    words = [word if "{{" in word else shlex.quote(word) for word in stage_arguments(stage, environment)]
    return " ".join(["uv", "run", "--locked", "stage", *words])


def limit_seconds(stage: str, settings: Settings) -> float:
    """Limit of a stage as the orchestrator sees it: its own limit, and time to start and to report."""
    return settings.pipeline.timeouts.get(stage, settings.pipeline.timeout_seconds) + GRACE_SECONDS
