"""A run starts when there are data to start on, here or in a bucket, and not before."""

import uuid
from dataclasses import replace
from datetime import timedelta

import fsspec
import pytest

from ml_platform.config import StorageSettings
from ml_platform.context import StageContext
from ml_platform.contract import Bucket, Slo
from ml_platform.orchestration.arrivals import FRESHNESS, data_ready

pytestmark = pytest.mark.deliverable("training")


def test_nothing_delivered_is_waited_for(context: StageContext) -> None:
    assert not data_ready(context)


def test_all_datasets_but_one_are_not_enough(context: StageContext) -> None:
    *others, last = context.contract.datasets
    for dataset in others:
        folder = context.path(context.settings.paths.landing, dataset)
        folder.mkdir(parents=True)
        (folder / "new.csv").write_text("a\n", encoding="utf-8")
        assert not data_ready(context)
    folder = context.path(context.settings.paths.landing, last)
    folder.mkdir()
    (folder / ".part.csv").write_text("a\n", encoding="utf-8")
    (folder / "note.txt").write_text("a\n", encoding="utf-8")
    assert not data_ready(context)
    (folder / "new.csv").write_text("a\n", encoding="utf-8")
    assert data_ready(context)


def test_loaded_data_count_while_they_are_fresh(landed: StageContext) -> None:
    slo = Slo(owner="data-quality", value=45, unit="days", description="trial")
    contract = landed.contract.model_copy(update={"slos": {**landed.contract.slos, FRESHNESS: slo}})
    context = replace(landed, contract=contract)
    assert data_ready(context)
    assert not data_ready(replace(context, as_of=landed.as_of + timedelta(days=400)))


def test_a_bucket_is_looked_into(context: StageContext) -> None:
    uri = f"memory://{uuid.uuid4().hex}"
    bucket = Bucket(owner="ingestion", uri=uri, description="trial")
    data = context.settings.data.model_copy(update={"location": f"{uri}/landing"})
    storage = StorageSettings(layers={"raw": "trial/raw"})
    settings = context.settings.model_copy(update={"data": data, "storage": storage})
    remote = replace(
        context, settings=settings, contract=context.contract.model_copy(update={"buckets": {"trial": bucket}})
    )
    assert not data_ready(remote)
    files = fsspec.filesystem("memory")
    for dataset in context.contract.datasets:
        files.pipe_file(f"{uri}/landing/{dataset}/new.parquet", b"1")
    assert data_ready(remote)
