"""Demonstrates performance monitoring: a worse model is noticed, the usual ups and downs are not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.monitoring.concept import detect_concept_drift, log_loss_of
from ml_platform.stages.evaluate import EvaluateHandover
from ml_platform.stages.monitor import MonitorHandover
from ml_platform.tables import LABELS

DELIVERABLE = "model-monitoring"
WINDOWS = 3


def checks(demo: Demo) -> Iterator[Check]:
    """Read the monitor stage's verdict, then resample its rows with and without a changed world."""
    done = demo.handover("monitor", MonitorHandover)
    page = demo.context.path(Path(done.report))
    yield claim(
        DELIVERABLE,
        "the monitor stage reports on the deployed model",
        holds=page.is_file() and page.stat().st_size > 0,
        detail=f"{page.name}, retrain: {'yes' if done.retrain else 'no'} {'; '.join(done.reasons)[:160]}",
    )
    predictions = pd.read_parquet(demo.context.path(Path(demo.handover("evaluate", EvaluateHandover).predictions)))
    target = predictions[str(demo.context.contract.datasets[LABELS].target)].to_numpy(dtype="int64")
    scores = predictions["score"].to_numpy(dtype="float64")
    for name, changed in (("an unchanged world stays silent", False), ("a changed world is noticed", True)):
        fired = sum(_fires(demo, scores, target, seed, changed=changed) for seed in demo.seeds)
        wanted = len(demo.seeds) if changed else 0
        yield claim(DELIVERABLE, name, holds=fired == wanted, detail=f"{fired} of {len(demo.seeds)} seeds fired")


def _fires(demo: Demo, scores: "np.ndarray", target: "np.ndarray", seed: int, *, changed: bool) -> bool:
    # The first part is the reference; in a changed world outcomes no longer follow the scores.
    random = np.random.default_rng(seed)
    parts = np.array_split(random.permutation(len(scores)), WINDOWS + 1)
    losses = []
    for number, part in enumerate(parts):
        seen = target[part]
        if changed and number:
            seen = 1 - seen
        losses.append(log_loss_of(scores[part], seen))
    windows = {f"window {number}": values for number, values in enumerate(losses[1:], start=1)}
    return detect_concept_drift(losses[0], windows, demo.context.settings.monitoring.concept).fired
