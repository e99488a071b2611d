"""Which data each file was made from: one event per stage and run, in the shape that OpenLineage readers know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ml_platform.context import StageContext, StageHandover, stage_part
from ml_platform.files import atomic_write_json, read_json

# Lineage is complete when every file that a stage read is a source, a configuration or the unchanged output of a
# recorded stage; the criterion on it is judged where data quality is (quality.sla).
CONFIGURATION = ("conf/", "contract.yaml")


@dataclass(frozen=True)
class LineageReport:
    """Share of inputs with a known origin (0..1) and the ones without, as `stage: path`."""

    share: float
    unknown: tuple[str, ...]


def record(context: StageContext, stage: str, handover: StageHandover) -> None:
    """Writes the stage's event; a re-run replaces it, so that one run never holds two truths."""
    namespace = context.contract.project
    event = {
        "eventType": "COMPLETE",
        "run": {"runId": context.run_id, "facets": {"nominalTime": {"nominalStartTime": context.as_of.isoformat()}}},
        "job": {"namespace": namespace, "name": stage},
        "inputs": [_dataset(namespace, path, sha) for path, sha in handover.inputs.items()],
        "outputs": [_dataset(namespace, path, sha) for path, sha in handover.outputs.items()],
    }
    atomic_write_json(context.work / "lineage" / f"{stage_part(stage, context.part)}.json", event)


def events(context: StageContext) -> list[dict[str, Any]]:
    """The events of this run, by stage name."""
    return [read_json(path) for path in sorted((context.work / "lineage").glob("*.json"))]


def completeness(context: StageContext) -> LineageReport:
    """Traces each input of this run to its origin; an empty run has nothing traced and scores 0."""
    found = events(context)
    produced = {(d["name"], _version(d)) for event in found for d in event["outputs"]}
    landing = f"{context.settings.paths.landing.as_posix()}/"
    read = [(event["job"]["name"], d) for event in found for d in event["inputs"]]
    unknown = tuple(
        f"{stage}: {d['name']}"
        for stage, d in read
        if not d["name"].startswith((landing, *CONFIGURATION)) and (d["name"], _version(d)) not in produced
    )
    return LineageReport(1 - len(unknown) / len(read) if read else 0.0, unknown)


def _dataset(namespace: str, path: str, sha: str) -> dict[str, Any]:
    return {"namespace": namespace, "name": path, "facets": {"version": {"datasetVersion": sha}}}


def _version(dataset: Mapping[str, Any]) -> str:
    return str(dataset["facets"]["version"]["datasetVersion"])
