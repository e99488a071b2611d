"""Weights & Biases as the tracker: offline on this machine, or against the server that the settings name.

A local index of every run lies beside the library's own files, because an offline run cannot be asked for its content.
"""

import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("WANDB_ERROR_REPORTING", "false")

import wandb

from ml_platform.bundle import load_info
from ml_platform.errors import NotTracked
from ml_platform.files import atomic_write_json, read_json
from ml_platform.settings import Settings
from ml_platform.tracking.protocol import Expected, RunRecord, TrackedRun, Tracker, require_complete

INDEX = "runs"
KEY_VARIABLE = "WANDB_API_KEY"


def open_tracker(settings: Settings) -> Tracker:
    """Prepares the local directory; nothing is sent anywhere unless settings.tracking.uri names a server.

    Raises NotTracked where a server is named and its key is absent: the library would ask for it and wait.
    """
    if settings.tracking.uri and not os.environ.get(KEY_VARIABLE):
        raise NotTracked(f"expected a key of {settings.tracking.uri} in {KEY_VARIABLE}; set it or empty tracking.uri")
    directory = settings.root / settings.tracking.directory
    directory.mkdir(parents=True, exist_ok=True)
    return WandbTracker(directory, settings.tracking.experiment, settings.tracking.uri)


class WandbRun:
    """An open run; what it logs goes to the library and, as a summary, into the local index."""

    def __init__(self, run: Any, record: RunRecord) -> None:
        self._run = run
        self.record = record

    @property
    def run_id(self) -> str:
        """The run's id."""
        return self.record.run_id

    def log_params(self, parameters: Mapping[str, object]) -> None:
        """Records parameters as text."""
        texts = {key: str(value) for key, value in parameters.items()}
        self._run.config.update(texts, allow_val_change=True)
        self.record.parameters.update(texts)

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Records metrics; a curve has its own step, because several curves share one run."""
        values = {key: float(value) for key, value in metrics.items()}
        if step is None:
            self._run.summary.update(values)
        else:
            self._run.log({**values, "step": step})
        self.record.metrics.update(values)

    def log_file(self, path: Path, name: str) -> None:
        """Stores a file with the run."""
        folder, _, last = name.rpartition("/")
        target = Path(self._run.dir) / folder / last
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        self._run.save(str(target), base_path=self._run.dir, policy="now")
        self.record.files.append(name)

    def log_model(self, bundle_dir: Path) -> None:
        """Stores the bundle as an artifact of type model, named after the registered model."""
        info = load_info(bundle_dir)
        artifact = wandb.Artifact(info.model_name, type="model", metadata=info.model_dump(mode="json"))
        artifact.add_dir(str(bundle_dir))
        self._run.log_artifact(artifact, aliases=["latest", info.run_id])
        names = [path.relative_to(bundle_dir).as_posix() for path in bundle_dir.rglob("*") if path.is_file()]
        self.record.files.extend(f"bundle/{name}" for name in sorted(names))
        self.record.tags["model"] = "true"


class WandbTracker:
    """Runs of one project."""

    def __init__(self, directory: Path, project: str, uri: str) -> None:
        self.directory = directory
        self.project = project
        self.uri = uri

    @contextmanager
    def start_run(
        self,
        name: str,
        tags: Mapping[str, str],
        expected: Expected | None = None,
        parent: str | None = None,
    ) -> Iterator[TrackedRun]:
        """Opens a run; it ends as failed where the block raises or something expected is not stored."""
        run_id = uuid.uuid4().hex[:12]
        record = RunRecord(run_id, name, "RUNNING", {}, {}, {**tags, **({"parent": parent} if parent else {})})
        with self._open(record, expected) as run:
            yield run

    @contextmanager
    def resume_run(self, run_id: str) -> Iterator[TrackedRun]:
        """Opens a finished run again."""
        with self._open(self.fetch_run(run_id), None) as run:
            yield run

    @contextmanager
    def _open(self, record: RunRecord, expected: Expected | None) -> Iterator[TrackedRun]:
        where: dict[str, Any] = {"mode": "online", "base_url": self.uri} if self.uri else {"mode": "offline"}
        opened = wandb.init(
            project=self.project,
            name=record.name,
            id=record.run_id,
            group=record.tags.get("run_id"),
            tags=[f"{key}:{value}"[:64] for key, value in record.tags.items()],
            dir=str(self.directory),
            # Resuming needs a server; offline a second file with the same id is merged when the runs are synchronised.
            resume="allow" if self.uri else None,
            reinit="create_new",
            settings=wandb.Settings(
                **where,
                console="off",
                silent=True,
                disable_git=True,
                x_disable_stats=True,
                save_code=False,
            ),
        )
        run = WandbRun(opened, record)
        status = "FAILED"
        try:
            yield run
            if expected is not None:
                require_complete(_stored(record), expected)
            status = "FINISHED"
        finally:
            opened.finish(exit_code=0 if status == "FINISHED" else 1)
            self._write(record, status)
        self._require_file(record)

    def fetch_run(self, run_id: str) -> RunRecord:
        """Reads a run from the local index; raises NotTracked where there is none."""
        try:
            stored = read_json(self._index(run_id))
        except FileNotFoundError as error:
            raise NotTracked(f"expected a run {run_id} in {self.directory.name}/{INDEX}, found none") from error
        return RunRecord(**stored)

    def run_files(self, run_id: str) -> list[Path]:
        """The library's own files of a run, which `wandb sync` uploads."""
        return sorted(self.directory.glob(f"wandb/*run-*-{run_id}/*.wandb"))

    def close(self) -> None:
        """Every run has closed itself."""

    def _require_file(self, record: RunRecord) -> None:
        if not any(path.stat().st_size for path in self.run_files(record.run_id)):
            raise NotTracked(f"run {record.name} ({record.run_id}) left no file; look at the tracking directory")

    def _index(self, run_id: str) -> Path:
        return self.directory / INDEX / f"{run_id}.json"

    def _write(self, record: RunRecord, status: str) -> None:
        stored = _stored(record)
        atomic_write_json(
            self._index(record.run_id),
            {
                "run_id": stored.run_id,
                "name": stored.name,
                "status": status,
                "parameters": stored.parameters,
                "metrics": stored.metrics,
                "tags": stored.tags,
                "files": stored.files,
                "has_model": stored.has_model,
            },
        )


def _stored(record: RunRecord) -> RunRecord:
    return RunRecord(
        record.run_id,
        record.name,
        record.status,
        record.parameters,
        record.metrics,
        record.tags,
        sorted(set(record.files)),
        has_model=record.tags.get("model") == "true",
    )
