"""The point-in-time join equals a naive one on random data, and the online table equals the newest offline row."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml_platform.contract import Contract
from ml_platform.feature_store.adapter import CustomStore
from ml_platform.feature_store.online import SqliteTable
from ml_platform.features.build import category_names, feature_names

pytestmark = pytest.mark.deliverable("features")
START = pd.Timestamp("2026-01-01", tz="UTC")
LIVE = pd.Timedelta(days=40)
EVENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 90)), min_size=1, max_size=12, unique=True)


def rows(contract: Contract, events: list[tuple[int, int]]) -> pd.DataFrame:
    dataset = contract.datasets["measures"]
    days = pd.to_timedelta([day for _, day in events], unit="D")
    frame = pd.DataFrame({dataset.key: [key for key, _ in events], dataset.time: START + days})
    categories = set(category_names(contract))
    for offset, name in enumerate(feature_names(contract)):
        numbers = np.array([key * 1000 + day + offset for key, day in events], dtype="float64")
        frame[name] = numbers.astype(str) if name in categories else numbers
    return frame


def naive(features: pd.DataFrame, key: int, moment: pd.Timestamp, contract: Contract, name: str) -> object:
    dataset = contract.datasets["measures"]
    age = moment - features[dataset.time]
    known = features.loc[(features[dataset.key] == key) & (age >= pd.Timedelta(0)) & (age <= LIVE)]
    return None if known.empty else known.sort_values(dataset.time)[name].iloc[-1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(published=EVENTS, asked=EVENTS)
def test_equals_a_naive_join_and_its_own_online_table(
    published: list[tuple[int, int]],
    asked: list[tuple[int, int]],
    contract: Contract,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder: Path = tmp_path_factory.mktemp("store")
    dataset = contract.datasets["measures"]
    store = CustomStore(folder, SqliteTable(folder / "online.db"), contract, LIVE)
    features = rows(contract, published)
    store.publish(features)
    labels = rows(contract, asked)[[dataset.key, dataset.time]]
    joined = store.training_frame(labels)
    name = feature_names(contract)[0]
    for (key, moment), found in zip(labels.itertuples(index=False, name=None), joined[name], strict=True):
        expected = naive(features, key, moment, contract, name)
        assert (expected is None and pd.isna(found)) or found == expected
    for key in {key for key, _ in published}:
        newest = features.loc[features[dataset.key] == key].sort_values(dataset.time).iloc[-1]
        online = store.online(key)
        assert online is not None
        assert online == {dataset.time: newest[dataset.time], **{n: newest[n] for n in feature_names(contract)}}
    store.close()
