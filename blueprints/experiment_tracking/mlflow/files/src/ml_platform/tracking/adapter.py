"""MLflow as the tracker: a sqlite database on this machine, or the server that the settings name."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

# Before the import, which is when the library decides whether to report usage.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "1")

import mlflow
import mlflow.sklearn
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature

from ml_platform.bundle import TRUSTED_TYPES, Bundle, load_bundle, model_inputs
from ml_platform.errors import NotTracked
from ml_platform.settings import Settings
from ml_platform.tracking.protocol import (
    Expected,
    RunRecord,
    TrackedRun,
    Tracker,
    require_complete,
)

BUNDLE = "bundle"
MODEL = "model"
# The version of everything that unpickling-free loading needs; without the list MLflow would search it by importing.
REQUIREMENTS = ("scikit-learn", "skops", "pandas", "numpy")
LONGEST_VALUE = 6000


def tracking_uri(settings: Settings) -> str:
    """The configured server, or a database file below the project."""
    if settings.tracking.uri:
        return settings.tracking.uri
    directory = settings.root / settings.tracking.directory
    directory.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{directory / 'mlflow.db'}"


def open_client(settings: Settings) -> MlflowClient:
    """A client of tracking and registry."""
    uri = tracking_uri(settings)
    # The model-logging functions of the library know no client; they follow this process-wide address.
    mlflow.set_tracking_uri(uri)
    return MlflowClient(uri, registry_uri=settings.registry.uri or uri)


def open_tracker(settings: Settings) -> Tracker:
    """Connects to MLflow and makes sure that the experiment exists."""
    client = open_client(settings)
    name = settings.tracking.experiment
    found = client.get_experiment_by_name(name)
    if found is not None:
        return MlflowTracker(client, found.experiment_id)
    location = None
    if not settings.tracking.uri:
        location = (settings.root / settings.tracking.directory / "artifacts").as_uri()
    return MlflowTracker(client, client.create_experiment(name, artifact_location=location))


class MlflowRun:
    """An open MLflow run."""

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self._client = client
        self._run_id = run_id

    @property
    def run_id(self) -> str:
        """MLflow's id of the run."""
        return self._run_id

    def log_params(self, parameters: Mapping[str, object]) -> None:
        """Records parameters as text."""
        values = [Param(key, str(value)[:LONGEST_VALUE]) for key, value in parameters.items()]
        self._client.log_batch(self._run_id, params=values)

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Records metrics in one call."""
        values = [Metric(key, float(value), 0, step or 0) for key, value in metrics.items()]
        self._client.log_batch(self._run_id, metrics=values)

    def log_file(self, path: Path, name: str) -> None:
        """Stores a file; `name` may hold folders, and its last part must be the file's own name."""
        folder, _, last = name.rpartition("/")
        if last == path.name:
            self._client.log_artifact(self._run_id, str(path), folder or None)
            return
        with tempfile.TemporaryDirectory() as directory:
            renamed = Path(directory) / last
            renamed.write_bytes(path.read_bytes())
            self._client.log_artifact(self._run_id, str(renamed), folder or None)

    def log_model(self, bundle_dir: Path) -> None:
        """Stores the bundle as it is, and the model in MLflow's own format with signature and example."""
        self._client.log_artifacts(self._run_id, str(bundle_dir), BUNDLE)
        bundle = load_bundle(bundle_dir)
        example = _example(bundle)
        with mlflow.start_run(run_id=self._run_id):
            mlflow.sklearn.log_model(
                bundle.model,
                name=MODEL,
                signature=infer_signature(example, bundle.model.predict_proba(example)),
                input_example=example,
                pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
                serialization_format="skops",
                skops_trusted_types=list(TRUSTED_TYPES),
                pyfunc_predict_fn="predict_proba",
            )


class MlflowTracker:
    """Runs in one MLflow experiment."""

    def __init__(self, client: MlflowClient, experiment_id: str) -> None:
        self.client = client
        self.experiment_id = experiment_id

    @contextmanager
    def start_run(
        self,
        name: str,
        tags: Mapping[str, str],
        expected: Expected | None = None,
        parent: str | None = None,
    ) -> Iterator[TrackedRun]:
        """Opens a run; it ends FAILED where the block raises or something expected is not stored."""
        marks = {**tags, "mlflow.runName": name}
        if parent is not None:
            marks["mlflow.parentRunId"] = parent
        run_id = self.client.create_run(self.experiment_id, tags=marks).info.run_id
        with self._ending(run_id):
            yield MlflowRun(self.client, run_id)
            if expected is not None:
                require_complete(self.fetch_run(run_id), expected)

    @contextmanager
    def resume_run(self, run_id: str) -> Iterator[TrackedRun]:
        """Opens a finished run again."""
        self.fetch_run(run_id)
        with self._ending(run_id):
            yield MlflowRun(self.client, run_id)

    @contextmanager
    def _ending(self, run_id: str) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.client.set_terminated(run_id, "FAILED")
            raise
        self.client.set_terminated(run_id, "FINISHED")

    def fetch_run(self, run_id: str) -> RunRecord:
        """Reads a run with the names of its files; raises NotTracked where there is none."""
        try:
            run: Run = self.client.get_run(run_id)
        except MlflowException as error:
            raise NotTracked(f"expected a run {run_id} in MLflow, found none: {error}") from error
        files = sorted(_walk(self.client, run_id, ""))
        return RunRecord(
            run_id=run_id,
            name=str(run.info.run_name),
            status=str(run.info.status),
            parameters=dict(run.data.params),
            metrics=dict(run.data.metrics),
            tags=dict(run.data.tags),
            files=files,
            has_model=bool(run.outputs and run.outputs.model_outputs)
            and any(file.startswith(f"{BUNDLE}/") for file in files),
        )

    def close(self) -> None:
        """MLflow's client holds no connection of its own."""


def _walk(client: MlflowClient, run_id: str, folder: str) -> Iterator[str]:
    for item in client.list_artifacts(run_id, folder or None):
        if item.is_dir:
            yield from _walk(client, run_id, item.path)
        else:
            yield str(item.path)


def _example(bundle: Bundle) -> pd.DataFrame:
    rows = bundle.reference().head(3)
    return model_inputs(rows, bundle.info.features)
