"""What every pipeline promises: it imports, nothing in it can hang or fail in silence, its branches part rightly."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import TriggerRule
from pydantic import ConfigDict

from ml_platform.context import StageContext, StageHandover, write_handover
from ml_platform.errors import MissingHandover
from ml_platform.orchestration.airflow import Platform, on_failure, on_missed_deadline, on_run_failure
from ml_platform.settings import load_settings

PROJECT = Path(__file__).resolve().parents[3]
FILES = sorted(path.stem for path in (PROJECT / "dags").glob("*.py"))


def tasks(bag: Any) -> list[Any]:
    return [task for dag in bag.dags.values() for task in dag.tasks]


def alerts(root: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (root / "reports" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]


def a_run(**changes: object) -> Any:
    values = {"run_id": "manual__2026-11-20", "logical_date": datetime(2026, 11, 20, 3, tzinfo=UTC), "conf": {}}
    return SimpleNamespace(**{"run_after": datetime(2026, 11, 20, 3, tzinfo=UTC), **values, **changes})


def test_every_pipeline_file_imports(bag: Any) -> None:
    assert bag.import_errors == {}
    assert sorted(bag.dags) == FILES


def test_there_is_a_pipeline_for_training_and_for_each_stage_that_has_a_rhythm_of_its_own() -> None:
    stages = load_settings("local", PROJECT).pipeline.stages
    own = {"score": "scoring.py", "monitor": "monitoring.py"}
    expected = {"training.py", *(file for stage, file in own.items() if stage in stages)}
    assert {path.name for path in (PROJECT / "dags").glob("*.py")} == expected


def test_a_pipeline_file_that_does_not_import_is_seen(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("from airflow.sdk import dag\nimport no_such_module\n", encoding="utf-8")
    assert "no_such_module" in str(DagBag(str(tmp_path)).import_errors)


def test_no_task_can_hang_or_fail_in_silence(bag: Any) -> None:
    for task in tasks(bag):
        assert timedelta(0) < task.execution_timeout <= timedelta(hours=6), task.task_id
        assert 1 <= task.retries <= 5, task.task_id
        assert task.retry_exponential_backoff > 1, task.task_id
        assert task.max_retry_delay is not None, task.task_id
        callbacks = task.on_failure_callback
        assert on_failure in (callbacks if isinstance(callbacks, list | tuple) else [callbacks]), task.task_id
        assert task.doc_md, task.task_id
        assert task.owner != "airflow", task.task_id


def test_every_pipeline_is_documented_and_runs_once_at_a_time(bag: Any) -> None:
    for dag in bag.dags.values():
        assert dag.doc_md and dag.tags
        assert dag.max_active_runs == 1
        assert not dag.catchup
        assert dag.dagrun_timeout == timedelta(days=1)
        assert dag.on_failure_callback is not None
        assert dag.start_date is not None


def test_stages_of_training_are_those_of_the_platform_in_their_order(bag: Any) -> None:
    dag = bag.dags["training"]
    platform = Platform.of(str(PROJECT / "dags" / "training.py"))
    wanted = [name for name in platform.stages if name != "score"]
    found = [task.task_id.split(".")[-1] for task in dag.topological_sort()]
    assert [name for name in found if name in platform.stages] == wanted
    for earlier, later in pairwise(wanted[1:]):
        first, last = (next(t for t in dag.tasks if t.task_id.split(".")[-1] == name) for name in (earlier, later))
        assert last.task_id in first.get_flat_relative_ids(upstream=False), (earlier, later)


def test_every_pipeline_waits_for_data_without_holding_a_worker(bag: Any) -> None:
    for dag in bag.dags.values():
        sensor = dag.get_task("wait_for_data")
        assert sensor.mode == "reschedule"
        assert sensor.timeout < dag.dagrun_timeout.total_seconds()
        assert "ingest" in sensor.downstream_task_ids


def test_a_failure_is_reported(workspace: Path) -> None:
    dag = SimpleNamespace(dag_id="training", fileloc=str(PROJECT / "dags" / "training.py"))
    instance = SimpleNamespace(task_id="ingest", log_url="")
    error = FileNotFoundError("uv")
    on_failure({"dag": dag, "task_instance": instance, "run_id": "r1", "exception": error})
    on_run_failure({"dag": dag, "run_id": "r1", "reason": "timed_out"})
    asyncio.run(on_missed_deadline(str(workspace), "scoring", {"dag_run": {"run_id": "r2"}}))
    failed, timed_out, late = alerts(workspace)
    assert "ingest of training failed" in failed["title"] and "uv" in failed["text"]
    assert "timed_out" in timed_out["text"]
    assert "scoring missed its deadline" in late["title"] and "r2" in late["text"]
    assert {failed["severity"], late["severity"]} == {"critical"}


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


@pytest.mark.parametrize(("pipeline", "stage", "values", "chosen"), [b for b in BRANCHES if "monitoring" in FILES])
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


@pytest.mark.parametrize("name", [name for name in ("training",) if "monitoring" in FILES])
def test_monitoring_runs_after_either_branch(bag: Any, name: str) -> None:
    monitor = bag.dags[name].get_task("monitor")
    assert monitor.trigger_rule == TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS
    assert monitor.upstream_task_ids == {"deploy", "keep_champion"}


@pytest.mark.parametrize("name", [name for name in FILES if name == "scoring"])
def test_a_list_starts_before_its_deadline_and_a_late_one_is_reported(bag: Any, name: str) -> None:
    (alert,) = bag.dags[name].deadline
    assert timedelta(0) < alert.interval <= timedelta(days=1)
    assert alert.callback.path == f"{on_missed_deadline.__module__}.{on_missed_deadline.__qualname__}"
