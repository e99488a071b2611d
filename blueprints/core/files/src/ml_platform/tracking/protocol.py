"""What a tracker must offer, and the rule that no run may end half recorded."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pandas as pd

from ml_platform.errors import NotTracked


@dataclass(frozen=True)
class Expected:
    """What a run must hold when it ends; `model` is left out for the candidates of a comparison."""

    parameters: frozenset[str]
    metrics: frozenset[str]
    model: bool = True


@dataclass(frozen=True)
class RunRecord:
    """A run as the tracker has stored it."""

    run_id: str
    name: str
    status: str
    parameters: dict[str, str]
    metrics: dict[str, float]
    tags: dict[str, str]
    files: list[str] = field(default_factory=list)
    has_model: bool = False


class TrackedRun(Protocol):
    """An open run."""

    @property
    def run_id(self) -> str:
        """The tracker's own id of the run."""

    def log_params(self, parameters: Mapping[str, object]) -> None:
        """Records parameters; a value is stored as text."""

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Records metrics; with `step` they form a curve."""

    def log_file(self, path: Path, name: str) -> None:
        """Stores a file (plot, report, data sample) under `name`."""

    def log_model(self, bundle_dir: Path) -> None:
        """Stores a model bundle with the run."""


class Tracker(Protocol):
    """A place where runs are recorded; many may be open at once, in threads or processes (SC-VELOCITY-2)."""

    def start_run(
        self,
        name: str,
        tags: Mapping[str, str],
        expected: Expected | None = None,
        parent: str | None = None,
    ) -> AbstractContextManager[TrackedRun]:
        """Opens a run; leaving it raises NotTracked where something of `expected` was not stored."""

    def resume_run(self, run_id: str) -> AbstractContextManager[TrackedRun]:
        """Opens a finished run again, e.g. to add the evaluation's metrics."""

    def fetch_run(self, run_id: str) -> RunRecord:
        """Reads a run back; raises NotTracked where there is none."""

    def close(self) -> None:
        """Releases connections."""


def require_complete(record: RunRecord, expected: Expected) -> None:
    """Raises NotTracked, naming everything that is missing from `record`."""
    missing = [f"parameter {name}" for name in sorted(expected.parameters - set(record.parameters))]
    missing += [f"metric {name}" for name in sorted(expected.metrics - set(record.metrics))]
    if expected.model and not record.has_model:
        missing.append("the model")
    if missing:
        raise NotTracked(
            f"run {record.name} ({record.run_id}) was to record everything, but lacks "
            f"{', '.join(missing)}; log it before the run ends"
        )


def compare(tracker: Tracker, run_ids: Sequence[str]) -> pd.DataFrame:
    """One row per run, its parameters as `param.*` and metrics as `metric.*`, in the order given."""
    return comparison(tracker.fetch_run(run_id) for run_id in run_ids)


def comparison(records: Iterable[RunRecord]) -> pd.DataFrame:
    """The table behind `compare`."""
    rows = [
        {
            "run_id": record.run_id,
            "name": record.name,
            **{f"param.{key}": value for key, value in sorted(record.parameters.items())},
            **{f"metric.{key}": value for key, value in sorted(record.metrics.items())},
        }
        for record in records
    ]
    return pd.DataFrame(rows)
