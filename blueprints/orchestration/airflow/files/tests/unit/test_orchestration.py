"""How runs of the orchestrator become runs of the stages."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ml_platform.context import StageContext
from ml_platform.errors import SettingsInvalid
from ml_platform.orchestration.config import FILE, OrchestrationSettings, load_orchestration, time_until
from ml_platform.orchestration.failures import report_failure, report_lateness
from ml_platform.orchestration.runs import as_of, context_of, limit_seconds, run_id_of, stage_command
from ml_platform.settings import ENVIRONMENTS

pytestmark = pytest.mark.deliverable("training")


@pytest.fixture
def orchestration(context: StageContext) -> OrchestrationSettings:
    found = load_orchestration(context.root, context.contract)
    return found.model_copy(update={"timezone": "Europe/Berlin"})


def a_run(moment: datetime | None, run_id: str = "r", conf: dict[str, Any] | None = None) -> Any:
    later = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    return SimpleNamespace(run_id=run_id, logical_date=moment, run_after=later, conf=conf)


def without_fixed_day(context: StageContext) -> Any:
    pipeline = context.settings.pipeline.model_copy(update={"as_of": None})
    return context.settings.model_copy(update={"pipeline": pipeline})


def test_the_day_is_that_of_the_people_who_set_the_schedule(
    context: StageContext, orchestration: OrchestrationSettings
) -> None:
    settings = without_fixed_day(context)
    evening = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    assert as_of(a_run(evening), settings, orchestration) == date(2026, 11, 20)
    assert as_of(a_run(None), settings, orchestration) == date(2026, 11, 21)
    assert as_of(a_run(evening, conf={"as_of": "2026-10-01"}), settings, orchestration) == date(2026, 10, 1)
    assert as_of(a_run(evening), context.settings, orchestration) == context.settings.pipeline.as_of
    with pytest.raises(SettingsInvalid, match="YYYY-MM-DD"):
        as_of(a_run(evening, conf={"as_of": "; rm"}), settings, orchestration)


def test_a_run_before_midnight_belongs_to_the_day_of_its_deadline(
    context: StageContext, orchestration: OrchestrationSettings
) -> None:
    due = datetime(2026, 11, 20, 1, 0)
    lead = time_until("0 23 * * *", due)
    assert lead == timedelta(hours=2)
    started = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
    assert as_of(a_run(started), without_fixed_day(context), orchestration, lead) == due.date()


@pytest.mark.parametrize(("cron", "hours"), [("0 4 * * 1", 2.0), ("50 * * * *", 10 / 60), ("0 6 * * *", 24.0)])
def test_time_until_the_deadline(cron: str, hours: float) -> None:
    assert time_until(cron, datetime(2026, 11, 20, 6, 0)) == timedelta(hours=hours)


def test_a_cron_without_one_start_time_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="one start time"):
        time_until("*/5 4 * * *", datetime(2026, 11, 20, 6, 0))


def test_the_name_of_a_run_is_a_folder(context: StageContext, orchestration: OrchestrationSettings) -> None:
    run = a_run(None, "scheduled__2026-11-20T03:00:00+00:00")
    assert run_id_of(run) == "scheduled__2026-11-20T03-00-00-00-00"
    assert run_id_of(a_run(None, "../../x")) == "x"
    assert context_of(run, context.root, orchestration).work.parent == context.root / "work"


def test_a_stage_is_started_as_people_start_it() -> None:
    command = stage_command("ingest", "local")
    assert command.startswith("uv run --locked stage ingest --environment local --as-of {{ as_of(dag_run) }}")
    assert command.endswith("--run-id {{ run_id_of(dag_run) }}")


def test_the_orchestrator_waits_longer_than_the_stage_itself(context: StageContext) -> None:
    pipeline = context.settings.pipeline
    assert limit_seconds("ingest", context.settings) > pipeline.timeout_seconds
    named = pipeline.model_copy(update={"timeouts": {"train": 7.0}})
    settings = context.settings.model_copy(update={"pipeline": named})
    assert 7 < limit_seconds("train", settings) < pipeline.timeout_seconds


def test_every_environment_has_a_runner(orchestration: OrchestrationSettings) -> None:
    assert set(orchestration.runners) == set(ENVIRONMENTS)
    assert orchestration.runners["local"] == "process"
    assert orchestration.first_day.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("image: training", "image: unheard_of", "unheard_of"),
        ("retries: 2", "retrys: 2", "retrys"),
        ("timezone: ", "timezone: Atlantis/", "Atlantis"),
    ],
)
def test_settings_that_name_what_is_unknown_are_refused(
    context: StageContext, root: Path, old: str, new: str, reason: str
) -> None:
    file = root / FILE
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=reason):
        load_orchestration(root, context.contract)


def test_failures_and_lateness_are_alerts(context: StageContext) -> None:
    report_failure(context.root, "training", "ingest", "r1", "uv: not found")
    report_lateness(context.root, "scoring", "r2")
    lines = (context.root / "reports" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert "ingest of training failed" in lines[0] and "uv: not found" in lines[0]
    assert "scoring missed its deadline" in lines[1]
