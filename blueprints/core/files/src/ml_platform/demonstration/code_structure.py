"""Demonstrates the frame that every stage runs in: failures are reported, hand-overs are complete, nothing hangs."""

import time
from collections.abc import Iterator

from ml_platform.context import StageHandover, handover_path, read_handover
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import MissingHandover, PlatformError, StageTimeout
from ml_platform.lineage import completeness
from ml_platform.stage import run_stage, stage_names, time_limit

DELIVERABLE = "code-structure"


def checks(demo: Demo) -> Iterator[Check]:
    """Make a stage fail, lose a hand-over, let a stage hang, and follow every file to where it came from."""
    with demo.scratch("failing") as context:
        try:
            run_stage("ingest", context)
            failed = False
        except PlatformError:
            failed = True
        alerts = context.path(context.settings.paths.reports, "alerts.jsonl")
        told = alerts.is_file() and "ingest failed" in alerts.read_text(encoding="utf-8")
        left = handover_path(context, "ingest").exists()
        try:
            read_handover(context, "ingest", StageHandover)
            missed = False
        except MissingHandover:
            missed = True
    yield claim(
        DELIVERABLE,
        "a stage that fails raises an alert and leaves no hand-over",
        holds=failed and told and not left,
        detail="ingest without any data" if told else "no alert was written",
    )
    yield claim(
        DELIVERABLE,
        "a missing hand-over stops the next stage",
        holds=missed,
        detail="MissingHandover raised" if missed else "an empty hand-over was used",
    )
    try:
        with time_limit("endless", 0.05):
            time.sleep(5)
        stopped = False
    except StageTimeout:
        stopped = True
    yield claim(
        DELIVERABLE,
        "a stage that hangs is stopped",
        holds=stopped,
        detail="after 0.05 s" if stopped else "it went on for 5 s",
    )
    lineage = completeness(demo.context)
    yield claim(
        DELIVERABLE,
        "every file that a stage read has a known origin",
        holds=lineage.share == 1.0,
        detail=f"{lineage.share:.0%} over {len(stage_names(demo.settings))} stages {' '.join(lineage.unknown[:3])}",
    )
