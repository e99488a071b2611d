"""Demonstrates that training is reproducible: the same data, code and seed give the same model (SC-VELOCITY-3)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.base import clone

from ml_platform.bundle import load_bundle, positive_scores
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.stages.train import TrainHandover, read_training_set
from ml_platform.training.data import labelled

DELIVERABLE = "training"


def checks(demo: Demo) -> Iterator[Check]:
    """Fit the chosen model twice more on the same rows and compare all scores."""
    done = demo.handover("train", TrainHandover)
    bundle = load_bundle(demo.context.path(Path(done.bundle)))
    found = read_training_set(demo.context)
    data = labelled(found.frame, demo.context.contract)
    rows, labels = data.rows.iloc[found.split.train], data.labels[found.split.train]
    model = getattr(bundle.model, "model", bundle.model)
    scores = [positive_scores(clone(model).fit(rows, labels), data.rows) for _ in range(2)]
    distance = float(np.abs(scores[0] - scores[1]).max())
    yield claim(
        DELIVERABLE,
        "fitting twice gives the same scores",
        holds=distance == 0.0,
        detail=f"{done.candidate}, {len(rows)} rows, largest difference {distance:g}",
    )
    refitted = float(np.abs(scores[0] - positive_scores(model, data.rows)).max())
    yield claim(
        DELIVERABLE,
        "the trained model can be made again from its parameters",
        holds=refitted < 1e-9,
        detail=f"largest difference to the bundle's own model {refitted:g}",
    )
    parameters = "\n".join(f"{name}: {value}" for name, value in sorted(done.parameters.items()))
    demo.report("Training", f"{done.candidate}, threshold {done.threshold:.4f}\n{done.split}\n\n{parameters}")
