"""MLflow's registry behind the platform's protocol; the history of decisions lies in tags of the registered model."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import mlflow.artifacts
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ml_platform.bundle import install, load_info, rewrite_info
from ml_platform.errors import NotTracked
from ml_platform.registry.protocol import Decision, ModelVersion, Registry
from ml_platform.settings import Settings
from ml_platform.tracking.adapter import BUNDLE, open_client

HISTORY = "history."


def open_registry(settings: Settings) -> Registry:
    """Connects to the registry and makes sure that the model's name exists."""
    client = open_client(settings)
    name = settings.registry.model_name
    try:
        client.get_registered_model(name)
    except MlflowException:
        client.create_registered_model(name)
    return MlflowRegistry(client, name)


class MlflowRegistry:
    """Versions of one registered model."""

    def __init__(self, client: MlflowClient, name: str) -> None:
        self._client = client
        self._name = name

    def register(self, bundle_dir: Path, run_id: str, tags: Mapping[str, str]) -> int:
        """Stores the finished bundle with its run and makes a version of the run's model.

        Raises NotTracked where the run holds no model: nothing untracked is registered.
        """
        run = self._client.get_run(run_id)
        outputs = run.outputs.model_outputs if run.outputs else []
        if not outputs:
            raise NotTracked(f"run {run_id} holds no model; train again with tracking")
        self._client.log_artifacts(run_id, str(bundle_dir), BUNDLE)
        version = self._client.create_model_version(
            self._name,
            source=f"models:/{outputs[-1].model_id}",
            run_id=run_id,
            tags=dict(tags),
            model_id=outputs[-1].model_id,
        )
        return int(version.version)

    def versions(self) -> list[ModelVersion]:
        """All versions, the oldest first."""
        aliases: dict[int, list[str]] = {}
        for alias, version in self._client.get_registered_model(self._name).aliases.items():
            aliases.setdefault(int(version), []).append(alias)
        found = self._client.search_model_versions(f"name='{self._name}'")
        listed = [
            ModelVersion(
                version=int(v.version),
                run_id=str(v.run_id),
                tags=dict(v.tags),
                aliases=tuple(sorted(aliases.get(int(v.version), []))),
            )
            for v in found
        ]
        return sorted(listed, key=lambda version: version.version)

    def get_alias(self, alias: str) -> int | None:
        """The version that `alias` names, or None."""
        version = self._client.get_registered_model(self._name).aliases.get(alias)
        return None if version is None else int(version)

    def set_alias(self, alias: str, version: int) -> None:
        """Moves `alias` to a version."""
        self._client.set_registered_model_alias(self._name, alias, str(version))

    def tag(self, version: int, key: str, value: str) -> None:
        """Adds or replaces a tag of a version."""
        self._client.set_model_version_tag(self._name, str(version), key, value)

    def record(self, decision: Decision) -> None:
        """Appends to the history."""
        number = len(self.history())
        self._client.set_registered_model_tag(self._name, f"{HISTORY}{number:06d}", decision.model_dump_json())

    def history(self) -> list[Decision]:
        """Every decision, the oldest first."""
        tags = self._client.get_registered_model(self._name).tags
        keys = sorted(key for key in tags if key.startswith(HISTORY))
        return [Decision.model_validate_json(tags[key]) for key in keys]

    def download(self, version: int, destination: Path) -> Path:
        """Copies the bundle of a version to `destination`, complete or not at all."""
        run_id = str(self._client.get_model_version(self._name, str(version)).run_id)
        building = destination.with_name(f".{destination.name}.download")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        fetched = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=BUNDLE, dst_path=str(building))
        info = load_info(Path(fetched))
        rewrite_info(Path(fetched), info.model_copy(update={"version": version, "tracked_run": run_id}))
        install(Path(fetched), destination)
        shutil.rmtree(building, ignore_errors=True)
        return destination

    def close(self) -> None:
        """MLflow's client holds no connection of its own."""
