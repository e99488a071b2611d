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

pytestmark = pytest.mark.deliverable("workloads")
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
            secret.environment for secret in platform.contract.secrets.values() if "training" in secret.readers
        }


def test_a_pod_that_trains_has_the_memory_that_the_expected_rows_need(cluster: Any) -> None:
    platform = Platform.of(str(PROJECT / "dags" / "training.py"))
    needed = training_memory(platform.contract, platform.settings.training)
    for name, memory in {"train": f"{needed:g}Gi", "ingest": platform.orchestration.pod.memory}.items():
        resources = cluster.dags["training"].get_task(name).container_resources
        assert (resources.requests["memory"], resources.limits["memory"]) == (memory, memory)


def pools_of(task: Any) -> tuple[set[str], str]:
    """Pools that the pod may use, and the one that it prefers."""
    places = task.affinity.node_affinity
    required = places.required_during_scheduling_ignored_during_execution.node_selector_terms[0].match_expressions[0]
    preferred = places.preferred_during_scheduling_ignored_during_execution[0].preference.match_expressions[0]
    assert {toleration.value for toleration in task.tolerations} == set(required.values)
    return set(required.values), preferred.values[0]


def test_training_prefers_spot_nodes_and_stages_with_a_deadline_do_not_use_them(cluster: Any) -> None:
    train, ingest = (cluster.dags["training"].get_task(name) for name in ("train", "ingest"))
    assert pools_of(train) == ({"spot", "training"}, "spot")
    assert pools_of(ingest) == ({"training"}, "training")
    project = Platform.of(str(PROJECT / "dags" / "training.py")).contract.project
    assert train.priority_class_name == f"{project}-batch-training"
    assert ingest.priority_class_name == f"{project}-pipeline"
    # The notice of a spot node, less the time in which a pod is told.
    assert 30 <= train.termination_grace_period < 120


def test_a_pod_writes_to_its_own_disk_only(cluster: Any) -> None:
    platform = Platform.of(str(PROJECT / "dags" / "training.py"))
    task = cluster.dags["training"].get_task("train")
    assert task.container_security_context.read_only_root_filesystem
    assert task.security_context.run_as_non_root
    assert [source.config_map_ref.name for source in task.env_from] == [platform.orchestration.pod.settings]
    size = platform.contract.sizing["training_scratch"].value
    claim = task.volumes[0].ephemeral.volume_claim_template.spec
    assert claim.resources.requests["storage"] == f"{size:g}Gi"
    written = {mount.mount_path for mount in task.volume_mounts}
    for folder in platform.settings.paths.model_dump().values():
        assert any(Path("/app", folder).is_relative_to(place) for place in written)


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
    variables = {"value": {"image_registry": "registry.example", "image_version": "@sha256:" + "a" * 64}}
    task.render_template_fields({**macros, "dag_run": run, "var": variables})
    assert task.image.startswith("registry.example/") and task.image.endswith("-training@sha256:" + "a" * 64)
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
    assert pod.spec.priority_class_name and pod.spec.affinity and pod.spec.tolerations
    assert {mount.name for mount in container.volume_mounts} <= {volume.name for volume in pod.spec.volumes}
