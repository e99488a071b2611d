"""Feast behind the platform's protocol: offline in parquet, online where feature_repo/ says for this environment."""

from pathlib import Path
from threading import RLock

import pandas as pd
import yaml

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.feature_store.definitions import (
    definitions,
    project_name,
    service_name,
    view_name,
)
from ml_platform.feature_store.protocol import FeatureStore, Value
from ml_platform.feature_store.unchecked_feast import FeatureServiceNotFoundException, RepoConfig, feast
from ml_platform.features.build import feature_names
from ml_platform.files import atomic_write_parquet
from ml_platform.settings import Settings
from ml_platform.storage import bucket_uri

OFFLINE_FILE = "features.parquet"


class FeastStore:
    """Applies the definitions of the contract where there are features, and else reads by those that were applied."""

    def __init__(self, settings: Settings, contract: Contract) -> None:
        dataset = contract.datasets["measures"]
        self._key = dataset.key
        self._time = dataset.time
        self._contract = contract
        self._settings = settings.features
        self._features = feature_names(contract)
        self._offline = settings.path(Path(settings.features.store.offline)) / OFFLINE_FILE
        self._store = feast.FeatureStore(config=repository(settings, contract))
        self._service: feast.FeatureService | None = None
        # Feast reads its registry, changes and writes it: of two threads at once, one loses what the other wrote.
        self._applying = RLock()

    def publish(self, features: pd.DataFrame) -> None:
        """See `FeatureStore.publish`; rows of an entity and time that were published before are replaced."""
        columns = [self._key, self._time, *self._features]
        absent = [name for name in columns if name not in features.columns]
        if absent:
            raise DataRefused(f"features to publish lack the columns {absent}")
        rows = features[columns]
        if self._offline.exists():
            rows = pd.concat([pd.read_parquet(self._offline), rows], ignore_index=True)
        rows = rows.drop_duplicates([self._key, self._time], keep="last")
        rows = rows.sort_values([self._key, self._time], ignore_index=True)
        atomic_write_parquet(self._offline, rows)
        self._applied()
        newest = rows.groupby(self._key, sort=False).tail(1)
        self._store.write_to_online_store(view_name(self._contract), newest)

    def training_frame(self, labels: pd.DataFrame) -> pd.DataFrame:
        """See `FeatureStore.training_frame`."""
        wanted = labels.copy()
        wanted[self._time] = pd.to_datetime(wanted[self._time], utc=True)
        wanted["_position"] = range(len(wanted))
        # Feast looks for a column of this name; any other is guessed from the types.
        entities = wanted.rename(columns={self._time: "event_timestamp"})
        job = self._store.get_historical_features(entities, self._applied())
        joined = job.to_df().rename(columns={"event_timestamp": self._time})
        joined = joined.sort_values("_position", ignore_index=True)
        return joined[[*labels.columns, *self._features]]

    def snapshot(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """See `FeatureStore.snapshot`."""
        self._require_published()
        # Every entity is known offline; asking for it at `as_of` lets Feast pick the newest row.
        keys = pd.read_parquet(self._offline, columns=[self._key, self._time])
        oldest = as_of - pd.Timedelta(days=self._settings.store.time_to_live_days)
        known = keys.loc[(keys[self._time] <= as_of) & (keys[self._time] > oldest)]
        newest = known.groupby(self._key, as_index=False)[self._time].max()
        return self.training_frame(newest)

    def online(self, key: int | str) -> dict[str, Value] | None:
        """See `FeatureStore.online`."""
        answer = self._store.get_online_features(features=self._known(), entity_rows=[{self._key: key}]).to_dict(
            include_event_timestamps=True
        )
        seconds = max(int(answer[f"{name}__ts"][0]) for name in self._features)
        # Feast answers for every key; only the time tells an unknown entity from unknown values.
        if seconds == 0:
            return None
        values: dict[str, Value] = {self._time: pd.Timestamp(seconds, unit="s", tz="UTC")}
        for name in self._features:
            value = answer[name][0]
            values[name] = None if value is None or value != value else value  # noqa: PLR0124
        return values

    def close(self) -> None:
        """See `FeatureStore.close`."""
        self._service = None

    def _known(self) -> feast.FeatureService:
        """The service for online reads: a prediction pod has no features of its own and must change nothing."""
        with self._applying:
            if self._service is None and not self._offline.exists():
                name = service_name(self._contract, self._settings)
                try:
                    self._service = self._store.get_feature_service(name)
                except (FeatureServiceNotFoundException, FileNotFoundError) as error:
                    raise DataRefused(
                        f"expected the feature service {name} in Feast's registry, found none: "
                        "run the stage features first"
                    ) from error
            return self._applied() if self._service is None else self._service

    def _applied(self) -> feast.FeatureService:
        with self._applying:
            if self._service is None:
                self._require_published()
                made = definitions(self._contract, self._settings, self._offline)
                self._store.apply(list(made))
                self._service = made[-1]
            return self._service

    def _require_published(self) -> None:
        if not self._offline.exists():
            raise DataRefused(
                f"expected published features in {self._offline.name}, found none: run the stage features first"
            )


def repository(settings: Settings, contract: Contract) -> RepoConfig:
    """Return Feast's configuration of this environment; relative paths in the file start at the project."""
    store = settings.features.store
    path = settings.path(Path(store.repository)) / store.definition
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    registry = content["registry"]
    # Names of buckets end in what only the installation knows.
    registry["path"] = (
        _anchored(settings, registry["path"])
        if settings.environment == "local"
        else bucket_uri(settings, contract, registry["path"], f"{store.definition} registry.path")
    )
    online = content["online_store"]
    if "path" in online:
        online["path"] = _anchored(settings, online["path"])
    return RepoConfig(project=project_name(contract), repo_path=settings.root, **content)


def _anchored(settings: Settings, location: str) -> str:
    if "://" in location:
        return location
    path = settings.path(Path(location))
    path.parent.mkdir(parents=True, exist_ok=True)
    return str(path)


def open_store(settings: Settings, contract: Contract) -> FeatureStore:
    """Open Feast with the definitions of this environment."""
    return FeastStore(settings, contract)
