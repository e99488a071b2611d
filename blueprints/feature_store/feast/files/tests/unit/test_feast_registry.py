"""A prediction pod has no parquet: it reads online by what the stage features has applied, and changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_platform.context import StageContext
from ml_platform.errors import DataRefused, SettingsInvalid
from ml_platform.feature_store.adapter import open_store, repository
from ml_platform.feature_store.unchecked_feast import feast
from ml_platform.features.build import category_names, feature_names
from ml_platform.settings import load_settings
from serving_support import key_of

pytestmark = pytest.mark.deliverable("features")
MOMENT = pd.Timestamp("2026-01-01", tz="UTC")


def published(context: StageContext) -> Path:
    dataset = context.contract.datasets["measures"]
    frame = pd.DataFrame({dataset.key: [key_of(context.contract, 1)], dataset.time: [MOMENT]})
    categories = set(category_names(context.contract))
    for position, name in enumerate(feature_names(context.contract)):
        frame[name] = ["a"] if name in categories else np.array([float(position)])
    store = open_store(context.settings, context.contract)
    store.publish(frame)
    store.close()
    return Path(repository(context.settings, context.contract).registry.path)


def test_reads_what_was_applied_and_applies_nothing(context: StageContext) -> None:
    registry = published(context)
    for file in context.settings.path(Path(context.settings.features.store.offline)).rglob("*.parquet"):
        file.unlink()
    before = sha256(registry.read_bytes()).hexdigest()
    store = open_store(context.settings, context.contract)
    values = store.online(key_of(context.contract, 1))
    assert values is not None
    assert values[context.contract.datasets["measures"].time] == MOMENT
    assert store.online(key_of(context.contract, 2)) is None
    assert sha256(registry.read_bytes()).hexdigest() == before


def test_first_lookups_at_once_apply_the_definitions_once(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(context)
    apply = feast.FeatureStore.apply
    applied: list[object] = []

    def slow(store: Any, objects: list[Any]) -> None:
        applied.append(objects)
        sleep(0.05)
        apply(store, objects)

    monkeypatch.setattr(feast.FeatureStore, "apply", slow)
    store = open_store(context.settings, context.contract)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(store.online, [key_of(context.contract, 1)] * 4))
    assert len(applied) == 1
    assert [answer is not None for answer in answers] == [True] * 4


def test_says_what_to_do_where_nothing_was_applied(context: StageContext) -> None:
    with pytest.raises(DataRefused, match="run the stage features first"):
        open_store(context.settings, context.contract).online(key_of(context.contract, 1))


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_registry_lies_in_the_accounts_own_bucket(context: StageContext, environment: str) -> None:
    settings = load_settings(environment, Path(__file__).resolve().parents[2])
    settings = settings.model_copy(
        update={"storage": settings.storage.model_copy(update={"suffix": f"-{environment}-1"})}
    )
    path = str(repository(settings, context.contract).registry.path)
    assert path == f"{context.contract.buckets['features'].uri}-{environment}-1/feast/registry.db"
    nameless = settings.model_copy(update={"storage": settings.storage.model_copy(update={"suffix": ""})})
    with pytest.raises(SettingsInvalid, match=r"storage\.suffix"):
        repository(nameless, context.contract)
