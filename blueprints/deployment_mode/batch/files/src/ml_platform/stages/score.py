"""Stage score: scores every entity as of the run's date with the deployed model and publishes the ranked list."""

import time
from datetime import UTC, datetime

import pandas as pd

from ml_platform.alerts import notify
from ml_platform.batch.publish import PREDICTIONS, RANKED, SUMMARY, UNSCORED, partition, publish
from ml_platform.batch.schedule import load_schedule
from ml_platform.batch.score import require_sane, score_rows, score_shift
from ml_platform.batch.telemetry import FILE as METRICS_FILE
from ml_platform.batch.telemetry import write_metrics
from ml_platform.context import StageContext, StageHandover
from ml_platform.feature_store.adapter import open_store
from ml_platform.serving.predictor import Predictor


class ScoreHandover(StageHandover):
    """What was published, and where, relative to the root."""

    folder: str
    model_version: str
    scored: int
    unscored: int
    score_shift: float
    late: bool


def run(context: StageContext) -> ScoreHandover:
    """Score the newest features of every entity known at the run's date.

    The same date, features and model give the same bytes. Raises GateFailed where the list is not fit to be used.
    """
    started = time.monotonic()
    batch = context.settings.batch
    measures = context.contract.datasets["measures"]
    model_dir = context.path(context.settings.serving.model_dir)
    predictor = Predictor.load(model_dir)
    store = open_store(context.settings, context.contract)
    try:
        rows = store.snapshot(pd.Timestamp(context.as_of, tz="UTC"))
    finally:
        store.close()
    scored = score_rows(rows, predictor, key=measures.key, time=measures.time, chunk_rows=batch.chunk_rows)
    shift = score_shift(scored.ranked["score"], predictor) if len(scored.ranked) else 1.0
    require_sane(scored, shift, batch)
    folder = publish(
        partition(context.path(batch.output), context.as_of, predictor.version),
        scored,
        {
            "as_of": context.as_of.isoformat(),
            "model_name": predictor.name,
            "model_version": predictor.version,
            "threshold": predictor.threshold,
            "scored": len(scored.ranked),
            "unscored": len(scored.unscored),
            "score_shift": round(shift, 6),
        },
    )
    finished = datetime.now(UTC)
    schedule = load_schedule(context.root)
    late = schedule.is_late(context.as_of, finished)
    if late and batch.alert_when_late:
        due = schedule.deadline_of(context.as_of).isoformat()
        notify(
            context.settings,
            f"{context.contract.project}: the list as of {context.as_of} is late",
            f"due {due}, published {finished.isoformat(timespec='seconds')} in {folder.name}",
            "critical",
        )
    if len(scored.unscored):
        context.log.warning("rows without a score", rows=len(scored.unscored), listed_in=UNSCORED)
    write_metrics(
        context.path(context.settings.paths.reports, METRICS_FILE),
        scored=len(scored.ranked),
        unscored=len(scored.unscored),
        seconds=time.monotonic() - started,
        late=late,
        shift=shift,
        finished=finished,
    )
    return ScoreHandover(
        inputs=context.hashes(path for path in sorted(model_dir.rglob("*")) if path.is_file()),
        outputs=context.hashes([folder / name for name in (PREDICTIONS, RANKED, SUMMARY, UNSCORED)]),
        folder=folder.relative_to(context.root).as_posix(),
        model_version=predictor.version,
        scored=len(scored.ranked),
        unscored=len(scored.unscored),
        score_shift=round(shift, 6),
        late=late,
    )
