"""A stage as a pod: the image, place, identity, size and secrets that settings and contract name."""

import math
from typing import Any, Protocol

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.secret import Secret
from kubernetes.client import V1ResourceRequirements

from ml_platform.contract import Contract
from ml_platform.orchestration.config import OrchestrationSettings
from ml_platform.orchestration.runs import stage_arguments
from ml_platform.settings import Settings
from ml_platform.training.memory import training_memory

# Stages that hold every labelled row at once; they get what training was sized for.
LEARNING = frozenset({"candidates", "train", "evaluate"})

__all__ = ["KubernetesPodOperator", "pod_arguments"]


class Described(Protocol):
    """What a pod is made from."""

    @property
    def settings(self) -> Settings:
        """Settings of the environment."""

    @property
    def contract(self) -> Contract:
        """Names of images and secrets."""

    @property
    def orchestration(self) -> OrchestrationSettings:
        """Where pods run."""


def pod_arguments(stage: str, platform: Described) -> dict[str, Any]:
    """Arguments of the operator for one stage."""
    pod, contract = platform.orchestration.pod, platform.contract
    memory = pod.memory
    if stage in LEARNING:
        memory = f"{math.ceil(training_memory(contract, platform.settings.training))}Gi"
    size = {"cpu": pod.cpu, "memory": memory}
    return {
        "name": f"{contract.project}-{stage}",
        "namespace": pod.namespace,
        # Variables of Airflow: one that is missing fails the task, which is reported, and not the whole file.
        "image": f"{{{{ var.value.image_registry }}}}/{contract.images[pod.image].repository}"
        ":{{ var.value.image_tag }}",
        "cmds": ["stage"],
        "arguments": stage_arguments(stage, platform.settings.environment),
        "service_account_name": pod.service_account,
        "container_resources": V1ResourceRequirements(requests=size, limits={"memory": memory}),
        "secrets": [Secret("env", secret.environment, pod.secret, key) for key, secret in contract.secrets.items()],
        "labels": {"app.kubernetes.io/part-of": contract.project, "app.kubernetes.io/component": stage},
        "startup_timeout_seconds": pod.startup_seconds,
        "on_finish_action": "delete_succeeded_pod",
        "get_logs": True,
    }
