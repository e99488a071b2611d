"""Demonstrates ingestion: nothing is loaded twice, corrections and deletions arrive, a broken file is refused."""

from collections.abc import Iterator

from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import PlatformError
from ml_platform.stage import run_stage
from ml_platform.stages.ingest import IngestHandover
from ml_platform.synthetic.source import write_broken_file, write_source
from ml_platform.tables import MEASURES

DELIVERABLE = "ingestion"
ENTITIES = 200


def checks(demo: Demo) -> Iterator[Check]:
    """Load again, then a file that lacks a column."""
    first = demo.handover("ingest", IngestHandover)
    measures = first.datasets[MEASURES]
    again = run_stage("ingest", demo.context)
    yield claim(
        DELIVERABLE,
        "loading again changes nothing",
        holds=again.outputs == first.outputs and len(first.outputs) > 0,
        detail=f"{len(first.outputs)} files, {measures.periods} periods up to {measures.watermark}, equal hashes",
    )
    yield claim(
        DELIVERABLE,
        "changed and deleted rows arrive in order",
        holds=measures.sequence is not None and measures.sequence > 0,
        detail=f"changes applied up to number {measures.sequence}",
    )
    with demo.scratch("broken-shape") as context:
        write_source(context, entities=ENTITIES)
        path = write_broken_file(context, "shape")
        try:
            run_stage("ingest", context)
            refusal = None
        except PlatformError as error:
            refusal = error
    yield claim(
        DELIVERABLE,
        "a file without a promised column is refused",
        holds=refusal is not None,
        detail=f"{path.name}: {refusal or 'was accepted'}"[:300],
    )
