"""Demonstrates batch scoring: a complete ranked list, the same again, and none at all when the scores look wrong."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ml_platform.batch.publish import PREDICTIONS, RANKED
from ml_platform.batch.schedule import load_schedule
from ml_platform.batch.score import require_sane, score_rows, score_shift
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import GateFailed
from ml_platform.feature_store.adapter import open_store
from ml_platform.serving.predictor import Predictor
from ml_platform.stage import run_stage
from ml_platform.stages.score import ScoreHandover
from ml_platform.tables import MEASURES

DELIVERABLE = "serving"
SHOWN = 10


def checks(demo: Demo) -> Iterator[Check]:
    """Read the list, score again, and hand the gate a list of the top entities only."""
    context = demo.context
    done = demo.handover("score", ScoreHandover)
    dataset = context.contract.datasets[MEASURES]
    folder = context.path(Path(done.folder))
    published = pd.read_parquet(folder / PREDICTIONS)
    store = open_store(context.settings, context.contract)
    try:
        rows = store.snapshot(pd.Timestamp(context.as_of, tz="UTC"))
    finally:
        store.close()
    predictor = Predictor.load(context.path(context.settings.serving.model_dir))
    due = load_schedule(context.root).deadline_of(context.as_of)
    yield claim(
        DELIVERABLE,
        "the list holds every entity once, the highest score first",
        holds=len(published) + done.unscored == len(rows)
        and published[dataset.key].is_unique
        and published["score"].is_monotonic_decreasing,
        detail=f"{len(published)} entities, {done.unscored} without a score, due {due.isoformat()}",
    )
    alone = rows.set_index(dataset.key, drop=False).loc[published[dataset.key].head(SHOWN).tolist()]
    distance = float(np.abs(predictor.predict(alone) - published["score"].head(SHOWN).to_numpy()).max())
    yield claim(
        DELIVERABLE,
        "the list has the scores that a request would get",
        holds=distance < 1e-9,
        detail=f"{SHOWN} entities, largest difference {distance:g}",
    )
    again = run_stage("score", context)
    yield claim(
        DELIVERABLE,
        "scoring again gives the same files",
        holds=again.outputs == done.outputs,
        detail=f"{len(done.outputs)} equal hashes",
    )
    # Only the entities at the top: rows that the model knows, in a mixture that it has never seen.
    top_tenth = published[dataset.key].head(max(len(published) // 10, 1)).tolist()
    strange = rows[rows[dataset.key].isin(top_tenth)]
    scored = score_rows(strange, predictor, key=dataset.key, time=dataset.time, chunk_rows=len(strange))
    shift = score_shift(scored.ranked["score"], predictor)
    settings = context.settings.batch.model_copy(update={"min_rows_for_shift": 1})
    try:
        require_sane(scored, shift, settings)
        refused = False
    except GateFailed:
        refused = True
    yield claim(
        DELIVERABLE,
        "a list far from the training scores is not published",
        holds=refused,
        detail=f"distance {shift:.2f} for the top tenth alone, {done.score_shift:.2f} for the real one",
    )
    top = pd.read_csv(folder / RANKED).head(SHOWN)
    demo.report("Ranked list", top.to_string(index=False))
