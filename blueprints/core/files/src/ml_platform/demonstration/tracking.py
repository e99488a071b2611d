"""Demonstrates that the experiment can be looked up: all parameters, all metrics and the model were recorded."""

from collections.abc import Iterator

from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import NotTracked
from ml_platform.stages.evaluate import EvaluateHandover
from ml_platform.stages.train import TrainHandover
from ml_platform.tracking.adapter import open_tracker
from ml_platform.tracking.protocol import Expected

DELIVERABLE = "tracking"


def checks(demo: Demo) -> Iterator[Check]:
    """Read the run back from the tracker, then try to finish one that recorded too little."""
    trained = demo.handover("train", TrainHandover)
    evaluated = demo.handover("evaluate", EvaluateHandover)
    tracker = open_tracker(demo.context.settings)
    try:
        record = tracker.fetch_run(trained.tracked_run)
        try:
            with tracker.start_run("incomplete", {}, Expected(frozenset({"seed"}), frozenset(), model=False)):
                pass
            refused = False
        except NotTracked:
            refused = True
    finally:
        tracker.close()
    absent = [name for name in evaluated.metrics if f"test.{name}" not in record.metrics]
    yield claim(
        DELIVERABLE,
        "the run holds its parameters, metrics and model",
        holds=bool(record.parameters) and not absent and record.has_model,
        detail=f"{len(record.parameters)} parameters, {len(record.metrics)} metrics, missing: {absent or 'none'}",
    )
    yield claim(
        DELIVERABLE,
        "a run that recorded too little cannot end well",
        holds=refused,
        detail="NotTracked raised" if refused else "it was accepted",
    )
