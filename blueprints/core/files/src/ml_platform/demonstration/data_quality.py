"""Demonstrates the quality gate: bad values and lost rows stop the pipeline, and nothing trains on unvalidated data."""

from collections.abc import Iterator

from ml_platform.context import StageContext
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import NotValidated, PlatformError
from ml_platform.quality.gate import ValidateHandover
from ml_platform.stage import run_stage
from ml_platform.synthetic.source import write_broken_file, write_source

DELIVERABLE = "data-quality"
# Enough for every rule to have something to judge.
ENTITIES = 200


def checks(demo: Demo) -> Iterator[Check]:
    """Pass the good data, refuse two kinds of bad ones, and refuse to train without the gate."""
    passed = demo.handover("validate", ValidateHandover)
    yield claim(
        DELIVERABLE,
        "good data pass",
        holds=passed.passed and passed.rules > 0,
        detail=f"{passed.rules} rules, {passed.issue_share:.4%} of the values have an issue",
    )
    with demo.scratch("broken") as context:
        # Lost rows first: they are loaded, with all that came before, and only then refused.
        for kind in ("volume", "values"):
            write_source(context, entities=ENTITIES)
            write_broken_file(context, kind)
            refusal = _refusal(context)
            yield claim(
                DELIVERABLE,
                f"a delivery with broken {kind} is refused",
                holds=refusal is not None,
                detail=str(refusal or "was accepted")[:300],
            )
    with demo.scratch("unvalidated", data=True) as context:
        (context.work / "validate.json").unlink()
        try:
            run_stage("train", context)
            stopped = False
        except NotValidated:
            stopped = True
    yield claim(
        DELIVERABLE,
        "training refuses data that nobody validated",
        holds=stopped,
        detail="NotValidated raised" if stopped else "the train stage went on",
    )


def _refusal(context: StageContext) -> PlatformError | None:
    try:
        run_stage("ingest", context)
        run_stage("validate", context)
    except PlatformError as error:
        return error
    return None
