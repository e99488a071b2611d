"""The platform's own feature store: parquet files by snapshot offline, one key-value table online."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.feature_store.online import OnlineTable, open_online
from ml_platform.feature_store.protocol import FeatureStore, Value
from ml_platform.features.build import category_names, feature_names
from ml_platform.files import atomic_write_parquet
from ml_platform.settings import Settings


class CustomStore:
    """Point-in-time joins over parquet files, and the newest row per entity in an online table."""

    def __init__(self, offline: Path, online: OnlineTable, contract: Contract, time_to_live: pd.Timedelta) -> None:
        dataset = contract.datasets["measures"]
        self._offline = offline
        self._online = online
        self._key = dataset.key
        self._time = dataset.time
        self._features = feature_names(contract)
        self._categories = set(category_names(contract))
        self._time_to_live = time_to_live

    def publish(self, features: pd.DataFrame) -> None:
        """See `FeatureStore.publish`; a snapshot's file is replaced as a whole."""
        expected = [self._key, self._time, *self._features]
        absent = [name for name in expected if name not in features.columns]
        if absent:
            raise DataRefused(f"features to publish lack the columns {absent}")
        rows = features[expected]
        for moment, part in rows.groupby(self._time, sort=True):
            name = pd.Timestamp(str(moment)).strftime("%Y%m%dT%H%M%SZ")
            ordered = part.sort_values(self._key, ignore_index=True)
            atomic_write_parquet(self._offline / f"{name}.parquet", ordered)
        newest = rows.sort_values(self._time, kind="stable").groupby(self._key, sort=False).tail(1)
        self._online.put(
            (
                key if isinstance(key, str) else int(key),
                int(pd.Timestamp(moment).timestamp()),
                dict(zip(self._features, map(_plain, values), strict=True)),
            )
            for key, moment, *values in newest.itertuples(index=False, name=None)
        )

    def training_frame(self, labels: pd.DataFrame) -> pd.DataFrame:
        """See `FeatureStore.training_frame`."""
        wanted = labels.copy()
        wanted[self._time] = _utc(wanted[self._time])
        wanted["_position"] = range(len(wanted))
        known = self._read(until=wanted[self._time].max() if len(wanted) else None)
        joined = pd.merge_asof(
            wanted.sort_values(self._time, kind="stable"),
            known.sort_values(self._time, kind="stable"),
            on=self._time,
            by=self._key,
            direction="backward",
            tolerance=self._time_to_live,
        )
        ordered = joined.sort_values("_position", ignore_index=True)
        return ordered.drop(columns="_position")

    def snapshot(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """See `FeatureStore.snapshot`."""
        known = self._read(until=as_of)
        known = known.loc[known[self._time] > as_of - self._time_to_live]
        newest = known.sort_values(self._time, kind="stable").groupby(self._key).tail(1)
        return newest.sort_values(self._key, ignore_index=True)

    def online(self, key: int | str) -> dict[str, Value] | None:
        """See `FeatureStore.online`."""
        found = self._online.get(key)
        if found is None:
            return None
        seconds, values = found
        moment: Value = pd.Timestamp(seconds, unit="s", tz="UTC")
        return {self._time: moment, **{name: values.get(name) for name in self._features}}

    def close(self) -> None:
        """See `FeatureStore.close`."""
        self._online.close()

    def _read(self, until: pd.Timestamp | None) -> pd.DataFrame:
        files = sorted(str(path) for path in self._offline.glob("*.parquet"))
        if not files:
            raise DataRefused(
                f"expected published features in {self._offline.name}, found none: run the stage features first"
            )
        dataset = ds.dataset(files, format="parquet")
        keep = None if until is None else ds.field(self._time) <= pa.scalar(until)
        frame: pd.DataFrame = dataset.to_table(filter=keep).to_pandas()
        frame[self._time] = _utc(frame[self._time])
        return frame


def open_store(settings: Settings, contract: Contract) -> FeatureStore:
    """Open the store where the settings place it, creating what is missing."""
    store = settings.features.store
    offline = settings.path(Path(store.offline))
    offline.mkdir(parents=True, exist_ok=True)
    return CustomStore(
        offline=offline,
        online=open_online(store.online, settings.root, namespace=contract.project),
        contract=contract,
        time_to_live=pd.Timedelta(days=store.time_to_live_days),
    )


def _utc(moments: pd.Series) -> pd.Series:
    # One resolution on both sides, or the join by time refuses them.
    return pd.to_datetime(moments, utc=True).dt.as_unit("ns")


def _plain(value: object) -> float | str | None:
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return None
    return float(value)  # type: ignore[arg-type]
