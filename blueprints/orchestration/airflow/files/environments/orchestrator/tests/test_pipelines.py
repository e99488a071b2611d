"""What every pipeline promises: it imports, its stages have their order, nothing hangs or fails in silence."""

import asyncio
import json
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.dag_processing.dagbag import DagBag

from ml_platform.orchestration.airflow import Platform, on_failure, on_missed_deadline, on_run_failure
from ml_platform.settings import load_settings

PROJECT = Path(__file__).resolve().parents[3]
FILES = sorted(path.stem for path in (PROJECT / "dags").glob("*.py"))


def tasks(bag: Any) -> list[Any]:
    return [task for dag in bag.dags.values() for task in dag.tasks]


def alerts(root: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (root / "reports" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()]


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
