"""Continuous training: what monitoring hands over starts the training pipeline, leaves it alone, or fails loudly."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.models import DagModel, DagRun
from airflow.utils.session import create_session
from pydantic import ConfigDict

from ml_platform.context import StageHandover, write_handover
from ml_platform.orchestration.airflow import Platform
from ml_platform.orchestration.config import FILE

PROJECT = Path(__file__).resolve().parents[3]
DAY = date(2026, 11, 19)
# What these stages do is tested elsewhere; here only what they leave counts.
BEFORE = re.compile("^(wait_for_data|synthesize|ingest|validate|features|monitor)$")


class Found(StageHandover):
    """What the monitor stage hands over, as far as it decides."""

    model_config = ConfigDict(extra="allow")


@pytest.fixture
def trial(database: None, workspace: Path) -> Path:
    """A project whose pipelines do not wait before they fail."""
    file = workspace / FILE
    file.write_text(file.read_text(encoding="utf-8").replace("retries: 2", "retries: 0"), encoding="utf-8")
    return workspace


def switch(*, off: bool) -> None:
    with create_session() as session:
        session.get(DagModel, "training").is_paused = off


@pytest.fixture
def paused(database: None) -> Iterator[None]:
    """The training pipeline, switched off by a person."""
    switch(off=True)
    yield
    switch(off=False)


def monitored(hour: int, *, drift: bool) -> tuple[Any, dict[str, str]]:
    """A run of the monitoring pipeline by Airflow, whose monitor stage found drift or none, and its tasks' states."""
    moment = datetime(2026, 11, 19, hour, tzinfo=UTC)
    dag = DagBag(str(PROJECT / "dags")).dags["monitoring"]
    conf = {"as_of": DAY.isoformat()}
    run = SimpleNamespace(run_id=f"manual__{moment.isoformat()}", logical_date=moment, run_after=moment, conf=conf)
    reasons = ["drift in active days"] if drift else []
    write_handover(Platform.of(dag.fileloc).context(run), "monitor", Found(retrain=drift, reasons=reasons))
    done = dag.test(logical_date=moment, run_after=moment, run_conf=conf, mark_success_pattern=BEFORE)
    return done, {instance.task_id: str(instance.state) for instance in done.get_task_instances()}


def trained_again() -> list[Any]:
    """The runs of the training pipeline that monitoring has asked for."""
    return [run for run in DagRun.find(dag_id="training") if (run.conf or {}).get("reason") == "monitoring"]


def test_drift_starts_the_training_of_the_same_day_and_quiet_data_start_nothing(trial: Path) -> None:
    quiet, states = monitored(9, drift=False)
    assert quiet.state == "success"
    assert (states["keep_model"], states["train_again"]) == ("success", "skipped")
    assert trained_again() == []

    loud, states = monitored(10, drift=True)
    assert loud.state == "success"
    assert (states["keep_model"], states["train_again"]) == ("skipped", "success")
    (started,) = trained_again()
    assert started.state == "queued"
    assert Platform.of(str(PROJECT / "dags" / "training.py")).as_of(started) == DAY


def test_drift_that_finds_training_paused_fails_and_is_reported(trial: Path, paused: None) -> None:
    before = len(trained_again())
    stuck, states = monitored(11, drift=True)
    assert stuck.state == "failed"
    assert states["train_again"] == "failed"
    assert len(trained_again()) == before
    assert "train_again of monitoring failed" in (trial / "reports" / "alerts.jsonl").read_text(encoding="utf-8")
