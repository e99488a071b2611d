"""Demonstrates the feature store: online and offline agree, and no row sees a later value than its own time allows."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.feature_store.adapter import open_store
from ml_platform.features.build import category_names, feature_names, numeric_names
from ml_platform.stages.features import FeaturesHandover
from ml_platform.tables import MEASURES

DELIVERABLE = "features"
ENTITIES = 25


def checks(demo: Demo) -> Iterator[Check]:
    """Compare both sides of the store, then two moments of one entity."""
    context = demo.context
    done = demo.handover("features", FeaturesHandover)
    dataset = context.contract.datasets[MEASURES]
    store = open_store(context.settings, context.contract)
    try:
        now = pd.Timestamp(context.as_of, tz="UTC")
        latest = store.snapshot(now)
        sample = latest.iloc[:: max(1, len(latest) // ENTITIES)].head(ENTITIES)
        online = pd.DataFrame([store.online(key) for key in sample[dataset.key].tolist()])
        unknown = store.online(2**40 if dataset.column(dataset.key).type == "integer" else "nobody")
        before = latest[dataset.time].max() - pd.Timedelta(days=1)
        keys = sample[[dataset.key]]
        then = store.training_frame(keys.assign(**{dataset.time: before}))
        later = store.training_frame(keys.assign(**{dataset.time: now}))
    finally:
        store.close()
    equal = _equal(sample, online, numeric_names(context.contract), category_names(context.contract))
    yield claim(
        DELIVERABLE,
        "online and offline give the same features",
        holds=equal and len(sample) > 0,
        detail=f"{len(sample)} entities, {len(feature_names(context.contract))} features, {done.rows} rows published",
    )
    yield claim(
        DELIVERABLE,
        "an entity that does not exist is unknown",
        holds=unknown is None,
        detail="no features" if unknown is None else "features were made up",
    )
    changed = not then[feature_names(context.contract)].equals(later[feature_names(context.contract)])
    yield claim(
        DELIVERABLE,
        "a row of an earlier day does not see later values",
        holds=changed,
        detail=f"features as of {before:%Y-%m-%d} differ from those as of {now:%Y-%m-%d}",
    )
    demo.report("Features", f"{done.rows} rows, {done.labelled} labelled, {done.positives} positive\n{done.split}")


def _equal(offline: pd.DataFrame, online: pd.DataFrame, numbers: list[str], categories: list[str]) -> bool:
    left = offline[numbers].to_numpy(dtype=np.float64, na_value=np.nan)
    right = online[numbers].apply(pd.to_numeric).to_numpy(dtype=np.float64, na_value=np.nan)
    texts = all(
        [None if pd.isna(value) else str(value) for value in offline[name].tolist()]
        == [None if pd.isna(value) else str(value) for value in online[name].tolist()]
        for name in categories
    )
    return bool(np.allclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True)) and texts
