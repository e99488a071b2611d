"""Branches follow what was handed over, and stop where it is missing."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import TriggerRule
from pydantic import ConfigDict

from ml_platform.context import StageContext, StageHandover, write_handover
from ml_platform.errors import MissingHandover
from ml_platform.orchestration.airflow import Platform

PROJECT = Path(__file__).resolve().parents[3]


def a_run(**changes: object) -> Any:
    values = {"run_id": "manual__2026-11-20", "logical_date": datetime(2026, 11, 20, 3, tzinfo=UTC), "conf": {}}
    return SimpleNamespace(**{"run_after": datetime(2026, 11, 20, 3, tzinfo=UTC), **values, **changes})


def decide(bag: Any, name: str, run: Any) -> str:
    return str(bag.dags[name].get_task("decide").python_callable(dag_run=run))


class Trial(StageHandover):
    """A hand-over with the values of a test."""

    model_config = ConfigDict(extra="allow")


def handed_over(platform: Platform, run: Any, stage: str, **values: object) -> None:
    context: StageContext = platform.context(run)
    write_handover(context, stage, Trial(**values))


BRANCHES = [
    ("training", "evaluate", {"passed": True, "reasons": []}, "register"),
    ("training", "evaluate", {"passed": False, "reasons": ["below the baseline"]}, "keep_champion"),
    ("monitoring", "monitor", {"retrain": True, "reasons": ["drift"]}, "train_again"),
    ("monitoring", "monitor", {"retrain": False, "reasons": []}, "keep_model"),
]


@pytest.mark.parametrize(("pipeline", "stage", "values", "chosen"), BRANCHES)
def test_branches_part_by_what_was_handed_over(
    workspace: Path, pipeline: str, stage: str, values: dict[str, object], chosen: str
) -> None:
    own = DagBag(str(PROJECT / "dags"))
    platform = Platform.of(str(PROJECT / "dags" / f"{pipeline}.py"))
    assert platform.root == workspace
    run = a_run()
    with pytest.raises(MissingHandover):
        decide(own, pipeline, run)
    handed_over(platform, run, stage, reasons=[])
    with pytest.raises(MissingHandover, match="lacks"):
        decide(own, pipeline, run)
    handed_over(platform, run, stage, **values)
    assert decide(own, pipeline, run) == chosen
    assert chosen in own.dags[pipeline].get_task("decide").downstream_task_ids


def test_monitoring_runs_after_either_branch(bag: Any) -> None:
    monitor = bag.dags["training"].get_task("monitor")
    assert monitor.trigger_rule == TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
    assert monitor.upstream_task_ids == {"deploy", "keep_champion"}
