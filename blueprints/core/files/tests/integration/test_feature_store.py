"""Whatever feature store was chosen keeps the protocol: point in time, parity of offline and online, safe to repeat."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.feature_store.adapter import open_store
from ml_platform.feature_store.protocol import FeatureStore
from ml_platform.features.build import category_names, feature_names

pytestmark = pytest.mark.deliverable("features")
DAYS = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"], utc=True)
KEYS = 5


def keys_of(contract: Contract) -> list[int] | list[str]:
    dataset = contract.datasets["measures"]
    whole = dataset.column(dataset.key).type == "integer"
    return [100 + i for i in range(KEYS)] if whole else [f"key-{i}" for i in range(KEYS)]


def make_features(contract: Contract, days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    dataset = contract.datasets["measures"]
    generator = np.random.default_rng(4)
    keys = keys_of(contract)
    frame = pd.DataFrame({dataset.key: keys * len(days), dataset.time: np.repeat(days, len(keys))})
    categories = set(category_names(contract))
    for name in feature_names(contract):
        frame[name] = (
            generator.choice(["a", "b"], len(frame)) if name in categories else generator.normal(size=len(frame))
        )
    first = next(name for name in feature_names(contract) if name not in categories)
    frame.loc[frame.index[-1], first] = np.nan
    return frame


@pytest.fixture
def store(context: StageContext) -> Iterator[FeatureStore]:
    opened = open_store(context.settings, context.contract)
    yield opened
    opened.close()


def values_of(row: pd.Series, contract: Contract) -> dict[str, object]:
    return {name: None if pd.isna(row[name]) else row[name] for name in feature_names(contract)}


def test_joins_labels_to_what_was_known_at_their_time(store: FeatureStore, contract: Contract) -> None:
    dataset = contract.datasets["measures"]
    features = make_features(contract)
    store.publish(features)
    key = keys_of(contract)[0]
    moments = [DAYS[2], DAYS[0] + pd.Timedelta(days=20), DAYS[1]]
    labels = pd.DataFrame({dataset.key: [key] * 3, dataset.time: moments, "y": [1, 0, 1]})
    joined = store.training_frame(labels)
    assert joined[dataset.time].tolist() == moments
    assert joined["y"].tolist() == [1, 0, 1]
    numeric = next(name for name in feature_names(contract) if name not in category_names(contract))
    known = features.loc[features[dataset.key] == key].set_index(dataset.time)[numeric]
    expected = [known[DAYS[2]], known[DAYS[0]], known[DAYS[1]]]
    assert joined[numeric].tolist() == pytest.approx(expected)


def test_knows_nothing_before_the_first_snapshot_nor_after_the_time_to_live(
    store: FeatureStore, context: StageContext
) -> None:
    contract = context.contract
    dataset = contract.datasets["measures"]
    store.publish(make_features(contract))
    live = context.settings.features.store.time_to_live_days
    key = keys_of(contract)[0]
    moments = [DAYS[0] - pd.Timedelta(days=1), DAYS[2] + pd.Timedelta(days=live + 1)]
    joined = store.training_frame(pd.DataFrame({dataset.key: [key] * 2, dataset.time: moments}))
    assert joined[feature_names(contract)].isna().all().all()


def test_online_equals_the_newest_offline_row(store: FeatureStore, contract: Contract) -> None:
    dataset = contract.datasets["measures"]
    store.publish(make_features(contract))
    newest = store.snapshot(DAYS[2])
    assert newest[dataset.key].tolist() == sorted(keys_of(contract))
    for _, row in newest.iterrows():
        online = store.online(row[dataset.key])
        assert online is not None
        assert online.pop(dataset.time) == DAYS[2]
        assert online == pytest.approx(values_of(row, contract))


def test_an_unknown_entity_is_none(store: FeatureStore, contract: Contract) -> None:
    store.publish(make_features(contract))
    unknown = 999_999 if isinstance(keys_of(contract)[0], int) else "key-999"
    assert store.online(unknown) is None


def test_a_snapshot_shows_only_what_was_known_on_its_day(store: FeatureStore, contract: Contract) -> None:
    dataset = contract.datasets["measures"]
    store.publish(make_features(contract))
    earlier = store.snapshot(DAYS[1] + pd.Timedelta(days=3))
    assert set(earlier[dataset.time]) == {DAYS[1]}
    assert len(earlier) == KEYS


def test_publishing_again_changes_nothing_and_an_older_row_does_not_win_online(
    store: FeatureStore, contract: Contract
) -> None:
    dataset = contract.datasets["measures"]
    features = make_features(contract)
    store.publish(features)
    before = store.snapshot(DAYS[2])
    store.publish(features)
    store.publish(features.loc[features[dataset.time] == DAYS[0]])
    pd.testing.assert_frame_equal(store.snapshot(DAYS[2])[before.columns], before)
    online = store.online(keys_of(contract)[0])
    assert online is not None
    assert online[dataset.time] == DAYS[2]


def test_reading_before_anything_is_published_says_what_to_do(store: FeatureStore) -> None:
    with pytest.raises(DataRefused, match="stage features"):
        store.snapshot(DAYS[0])


def test_publishing_without_a_feature_is_refused(store: FeatureStore, contract: Contract) -> None:
    missing = feature_names(contract)[0]
    with pytest.raises(DataRefused, match=missing):
        store.publish(make_features(contract).drop(columns=missing))
