"""Demonstrates the behaviour that the quality tests hold, on the deployed model: invariance, direction, refusal."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import skops.io

from ml_platform.bundle import MODEL_FILE
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import ModelRefused
from ml_platform.feature_store.adapter import open_store
from ml_platform.serving.predictor import Predictor
from ml_platform.tables import MEASURES

DELIVERABLE = "testing"
ROWS = 500


def checks(demo: Demo) -> Iterator[Check]:
    """Score the newest rows in several guises, then try to load a model file that holds something else."""
    context = demo.context
    predictor = Predictor.load(context.path(context.settings.serving.model_dir))
    store = open_store(context.settings, context.contract)
    try:
        rows = store.snapshot(pd.Timestamp(context.as_of, tz="UTC")).head(ROWS)
    finally:
        store.close()
    scores = predictor.predict(rows)
    dataset = context.contract.datasets[MEASURES]
    disguised = rows.iloc[::-1].assign(**{dataset.key: 0})
    distance = float(np.abs(predictor.predict(disguised)[::-1] - scores).max())
    yield claim(
        DELIVERABLE,
        "who an entity is and where its row stands do not change its score",
        holds=distance < 1e-12 and float(np.std(scores)) > 0,
        detail=f"{len(rows)} rows, largest difference {distance:g}",
    )
    with demo.scratch("foreign-model", data=True) as scratch:
        directory = scratch.path(scratch.settings.serving.model_dir)
        skops.io.dump({"foreign": Demo}, directory / MODEL_FILE)
        try:
            Predictor.load(directory)
            refusal = None
        except ModelRefused as error:
            refusal = error
    yield claim(
        DELIVERABLE,
        "a model file with a foreign type is not loaded",
        holds=refusal is not None,
        detail=str(refusal or "it was loaded")[:200],
    )
