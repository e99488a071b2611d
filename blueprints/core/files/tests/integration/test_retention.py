"""Records end by their own date, wherever they are kept, and do not come back from where they landed."""

import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from conftest import branched
from ml_platform import storage
from ml_platform.config import StorageSettings
from ml_platform.context import StageContext
from ml_platform.contract import Bucket
from ml_platform.files import atomic_write_parquet
from ml_platform.ingestion.load import load_dataset, load_state, raw_file, refused_file
from ml_platform.retention import expire_features, expire_records, first_day
from ml_platform.tables import MEASURES, table_files

pytestmark = pytest.mark.deliverable("storage")
LAYERS = {"raw": "trial/raw", "processed": "trial/processed", "features": "trial/features"}


@pytest.fixture
def kept(landed: StageContext, tmp_path: Path) -> StageContext:
    """The loaded data on a machine of their own, copied to a bucket."""
    copy = branched(landed, tmp_path / "kept")
    bucket = Bucket(owner="ingestion", uri=f"memory://{uuid.uuid4().hex}", description="trial")
    settings = copy.settings.model_copy(update={"storage": StorageSettings(layers=LAYERS)})
    context = replace(copy, settings=settings, contract=copy.contract.model_copy(update={"buckets": {"trial": bucket}}))
    storage.push(context)
    return context


def keeping(context: StageContext, days: int) -> StageContext:
    held = context.settings.storage.model_copy(update={"retention_days": days})
    return replace(context, settings=context.settings.model_copy(update={"storage": held}))


def names_of(context: StageContext) -> list[str]:
    return [path.stem for path in table_files(context, MEASURES)]


def in_bucket(context: StageContext, layer: str) -> set[str]:
    uri = f"{storage.location(context, layer)}/{MEASURES}"
    files = fsspec.filesystem("memory")
    return {Path(name).name for name in files.find(uri)} if files.exists(uri) else set()


def test_nothing_ends_without_a_limit(kept: StageContext) -> None:
    state = load_state(kept, MEASURES)
    assert first_day(kept) is None
    assert expire_records(kept, MEASURES, state) == state
    assert expire_features(kept) == 0


def test_records_end_on_the_day_after_the_last_one_that_is_allowed(kept: StageContext) -> None:
    periods = names_of(kept)
    oldest = date.fromisoformat(periods[0])
    days = (kept.as_of - oldest).days
    assert expire_records(keeping(kept, days), MEASURES, load_state(kept, MEASURES)) == load_state(kept, MEASURES)
    assert names_of(kept) == periods
    expired = keeping(kept, days - 1)
    state = expire_records(expired, MEASURES, load_state(kept, MEASURES))
    assert names_of(kept) == periods[1:]
    assert in_bucket(kept, "processed") == {f"{period}.parquet" for period in periods[1:]}
    time = kept.contract.datasets[MEASURES].time
    for name in state:
        file = raw_file(kept.path(kept.settings.paths.raw), name)
        assert not file.is_file() or pd.read_parquet(file)[time].dt.date.min() > oldest
    assert all(period > periods[0] for delivery in state.values() for period in delivery.periods)


def test_what_ended_is_gone_everywhere_and_not_loaded_again(kept: StageContext, tmp_path: Path) -> None:
    raw = kept.path(kept.settings.paths.raw)
    state = load_state(kept, MEASURES)
    atomic_write_parquet(refused_file(raw, MEASURES, next(iter(state))), pd.DataFrame({"reason": ["trial"]}))
    expired = keeping(kept, 1)
    expire_records(expired, MEASURES, state)
    assert names_of(kept) == []
    assert not list((raw / MEASURES).rglob("*.parquet"))
    assert in_bucket(kept, "processed") == set()
    assert not {name for name in in_bucket(kept, "raw") if name.endswith(".parquet")}
    # The files still lie where they landed.
    again = expire_records(expired, MEASURES, load_dataset(expired, MEASURES))
    assert set(again) == set(state)
    assert names_of(kept) == []
    elsewhere = replace(expired, root=tmp_path / "elsewhere")
    storage.push(expired)
    storage.pull(elsewhere)
    assert names_of(elsewhere) == []


def test_features_end_with_their_records(kept: StageContext) -> None:
    time = kept.contract.datasets[MEASURES].time
    folder = kept.path(kept.settings.paths.features, "offline")
    today = pd.Timestamp(kept.as_of, tz="UTC")
    ages = {"old": [400, 401], "both": [400, 1], "new": [1, 2]}
    for name, days in ages.items():
        frame = pd.DataFrame({time: [today - pd.Timedelta(days=age) for age in days], "value": days})
        atomic_write_parquet(folder / f"{name}.parquet", frame)
    atomic_write_parquet(folder / "other.parquet", pd.DataFrame({"value": [1]}))
    storage.push(kept)
    assert expire_features(keeping(kept, 365)) == 1
    left = {path.stem: pd.read_parquet(path)["value"].tolist() for path in folder.glob("*.parquet")}
    assert left == {"both": [1], "new": [1, 2], "other": [1]}
