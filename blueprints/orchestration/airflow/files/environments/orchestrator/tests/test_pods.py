"""The cluster path: every stage becomes a pod with the same entry point. Its shape is tested; no cluster is."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk.definitions.mappedoperator import MappedOperator

from ml_platform.orchestration.airflow import Platform
from ml_platform.stage import ORDER
from ml_platform.training.memory import training_memory

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The pipelines as they are parsed in prod."""
    monkeypatch.setenv("ML_PLATFORM_ENVIRONMENT", "prod")
    return DagBag(str(PROJECT / "dags"))


def test_every_stage_is_a_pod_of_the_platform(cluster: Any) -> None:
    assert cluster.import_errors == {}
    platform = Platform.of(str(PROJECT / "dags" / "training.py"))
    stages = [t for dag in cluster.dags.values() for t in dag.tasks if t.task_id.split(".")[-1] in ORDER]
    assert {task.task_id.split(".")[-1] for task in stages} == set(platform.stages)
    for task in stages:
        if isinstance(task, MappedOperator):
            assert issubclass(task.operator_class, KubernetesPodOperator)
            continue
        assert isinstance(task, KubernetesPodOperator)
        assert task.cmds == ["stage"]
        assert task.arguments[:3] == [task.task_id, "--environment", "prod"]
        assert task.namespace in platform.contract.namespaces
        assert platform.contract.images["training"].repository in task.image
        assert task.service_account_name == "training"
        assert {secret.deploy_target for secret in task.secrets} == {
            secret.environment for secret in platform.contract.secrets.values()
        }


def test_a_pod_that_trains_has_the_memory_that_the_expected_rows_need(cluster: Any) -> None:
    platform = Platform.of(str(PROJECT / "dags" / "training.py"))
    needed = training_memory(platform.contract, platform.settings.training)
    for name, memory in {"train": f"{needed:g}Gi", "ingest": platform.orchestration.pod.memory}.items():
        resources = cluster.dags["training"].get_task(name).container_resources
        assert (resources.requests["memory"], resources.limits["memory"]) == (memory, memory)


# Where the operator would send the pod; nothing listens there, and nothing is sent.
CLUSTER = """
apiVersion: v1
kind: Config
current-context: trial
clusters: [{name: trial, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: trial, context: {cluster: trial, user: trial}}]
users: [{name: trial, user: {}}]
"""


def test_a_pod_is_rendered_for_its_run(cluster: Any, tmp_path: Path) -> None:
    access = tmp_path / "kubeconfig"
    access.write_text(CLUSTER, encoding="utf-8")
    task = cluster.dags["training"].get_task("ingest")
    macros = cluster.dags["training"].user_defined_macros

    moment = datetime(2026, 11, 19, 12, tzinfo=UTC)
    run = SimpleNamespace(
        run_id="scheduled__2026-11-19T23:30:00+00:00",
        logical_date=moment,
        run_after=moment,
        conf={"as_of": "2026-11-18"},
    )
    variables = {"value": {"image_registry": "registry.example", "image_tag": "1.2.3"}}
    task.render_template_fields({**macros, "dag_run": run, "var": variables})
    assert task.image.startswith("registry.example/") and task.image.endswith(":1.2.3")
    assert task.arguments == [
        "ingest",
        "--environment",
        "prod",
        "--as-of",
        "2026-11-18",
        "--run-id",
        "scheduled__2026-11-19T23-30-00-00-00",
    ]
    task.config_file = str(access)
    pod = task.build_pod_request_obj()
    container = pod.spec.containers[0]
    assert container.command == ["stage"]
    assert container.resources.requests["memory"]
    assert pod.spec.service_account_name == "training"
