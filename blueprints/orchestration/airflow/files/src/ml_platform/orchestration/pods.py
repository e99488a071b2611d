"""A stage as a pod: the image, place, identity, size and secrets that settings and contract name."""

import math
from typing import Any, Protocol

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.secret import Secret
from kubernetes.client import (
    V1Affinity,
    V1Capabilities,
    V1ConfigMapEnvSource,
    V1EmptyDirVolumeSource,
    V1EnvFromSource,
    V1EphemeralVolumeSource,
    V1NodeAffinity,
    V1NodeSelector,
    V1NodeSelectorRequirement,
    V1NodeSelectorTerm,
    V1PersistentVolumeClaimSpec,
    V1PersistentVolumeClaimTemplate,
    V1PodSecurityContext,
    V1PreferredSchedulingTerm,
    V1ResourceRequirements,
    V1SeccompProfile,
    V1SecurityContext,
    V1Toleration,
    V1Volume,
    V1VolumeMount,
    V1VolumeResourceRequirements,
)

from ml_platform.contract import Contract
from ml_platform.orchestration.config import (
    OrchestrationSettings,
    PlacementSettings,
    ScratchSettings,
)
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
    place, cpu, memory = pod.stages, pod.cpu, pod.memory
    if stage in LEARNING:
        place, cpu = pod.learning, f"{contract.sizing['training_cpu'].value:g}"
        memory = f"{math.ceil(training_memory(contract, platform.settings.training))}Gi"
    size = {"cpu": cpu, "memory": memory}
    return {
        "name": f"{contract.project}-{stage}",
        "namespace": pod.namespace,
        # Variables of Airflow: one that is missing fails the task, which is reported, and not the whole file.
        # The version is `:<tag>` or `@sha256:<digest>`.
        "image": f"{{{{ var.value.image_registry }}}}/{contract.images[pod.image].repository}"
        "{{ var.value.image_version }}",
        "cmds": ["stage"],
        "arguments": stage_arguments(stage, platform.settings.environment),
        "service_account_name": pod.service_account,
        "automount_service_account_token": False,
        "container_resources": V1ResourceRequirements(requests=size, limits={"memory": memory}),
        "env_from": [V1EnvFromSource(config_map_ref=V1ConfigMapEnvSource(name=pod.settings))],
        "secrets": [
            Secret("env", secret.environment, pod.environment_from, key)
            for key, secret in contract.secrets.items()
            if pod.service_account in secret.readers
        ],
        "labels": {"app.kubernetes.io/part-of": contract.project, "app.kubernetes.io/component": stage},
        "priority_class_name": place.priority,
        "tolerations": [V1Toleration(key="pool", value=pool, effect="NoSchedule") for pool in place.pools],
        "affinity": _affinity(place),
        "security_context": V1PodSecurityContext(
            run_as_non_root=True,
            run_as_user=pod.user,
            run_as_group=pod.user,
            fs_group=pod.user,
            seccomp_profile=V1SeccompProfile(type="RuntimeDefault"),
        ),
        "container_security_context": V1SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=V1Capabilities(drop=["ALL"]),
        ),
        **_disks(pod.scratch),
        "termination_grace_period": pod.grace_seconds,
        "startup_timeout_seconds": pod.startup_seconds,
        "on_finish_action": "delete_succeeded_pod",
        "get_logs": True,
    }


def _affinity(place: PlacementSettings) -> V1Affinity:
    def on(*pools: str) -> V1NodeSelectorTerm:
        return V1NodeSelectorTerm(
            match_expressions=[V1NodeSelectorRequirement(key="pool", operator="In", values=list(pools))]
        )

    return V1Affinity(
        node_affinity=V1NodeAffinity(
            required_during_scheduling_ignored_during_execution=V1NodeSelector(node_selector_terms=[on(*place.pools)]),
            preferred_during_scheduling_ignored_during_execution=[
                V1PreferredSchedulingTerm(weight=100, preference=on(place.pools[0]))
            ],
        )
    )


def _disks(scratch: ScratchSettings) -> dict[str, Any]:
    """A volume that is made where the pod starts and ends with it, and the disk of the node for what is temporary."""
    claim = V1PersistentVolumeClaimTemplate(
        spec=V1PersistentVolumeClaimSpec(
            access_modes=["ReadWriteOnce"],
            storage_class_name=scratch.storage_class,
            resources=V1VolumeResourceRequirements(requests={"storage": scratch.size}),
        )
    )
    return {
        "volumes": [
            V1Volume(name="scratch", ephemeral=V1EphemeralVolumeSource(volume_claim_template=claim)),
            V1Volume(name="temporary", empty_dir=V1EmptyDirVolumeSource(size_limit="4Gi")),
        ],
        "volume_mounts": [
            *(
                V1VolumeMount(name="scratch", mount_path=f"{scratch.root}/{folder}", sub_path=folder)
                for folder in scratch.folders
            ),
            V1VolumeMount(name="temporary", mount_path=scratch.temporary),
        ],
    }
