"""Layers in buckets: a stage that starts on an empty disk finds what the last one left."""

import uuid
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from ml_platform import storage
from ml_platform.config import StorageSettings
from ml_platform.context import StageContext
from ml_platform.contract import Bucket
from ml_platform.errors import SettingsInvalid
from ml_platform.files import atomic_write_text
from ml_platform.settings import ENVIRONMENTS

pytestmark = pytest.mark.deliverable("code-structure")
LONGEST_BUCKET = 63


def on(context: StageContext, root: Path, layers: dict[str, str], uri: str) -> StageContext:
    """The same run on another machine, with a bucket of this name."""
    bucket = Bucket(owner="ingestion", uri=uri, description="trial")
    settings = context.settings.model_copy(update={"storage": StorageSettings(layers=layers), "root": root})
    contract = context.contract.model_copy(update={"buckets": {"trial": bucket}})
    return StageContext(settings, contract, root, context.run_id, context.as_of, context.log)


def test_layers_travel_between_machines(context: StageContext, tmp_path: Path) -> None:
    uri = f"memory://{uuid.uuid4().hex}"
    layers = {"raw": "trial/raw/dev", "work": "trial/work"}
    first, second = (on(context, tmp_path / name, layers, uri) for name in ("one", "two"))
    atomic_write_text(first.path(first.settings.paths.raw, "a", "b.csv"), "1")
    atomic_write_text(first.work / "ingest.json", "{}")
    assert storage.push(first) == 2
    assert storage.push(first) == 0
    assert storage.pull(second) == 2
    assert (second.work / "ingest.json").read_text(encoding="utf-8") == "{}"
    assert storage.pull(second) == 0
    atomic_write_text(second.path(second.settings.paths.raw, "a", "b.csv"), "2")
    assert (storage.push(second), storage.pull(first)) == (1, 1)
    assert first.path(first.settings.paths.raw, "a", "b.csv").read_text(encoding="utf-8") == "2"
    assert fsspec.filesystem("memory").exists(f"{uri}/work/{first.run_id}/_index.json")


def test_names_that_do_not_exist_are_refused(context: StageContext, tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="names the bucket"):
        storage.pull(on(context, tmp_path, {"raw": "other"}, "memory://x"))
    with pytest.raises(SettingsInvalid, match="expected one of"):
        storage.pull(on(context, tmp_path, {"row": "trial"}, "memory://x"))


def test_buckets_carry_the_suffix_of_their_account(context: StageContext, tmp_path: Path) -> None:
    trial = on(context, tmp_path, {"raw": "trial", "work": "trial/work/"}, "s3://project-raw")
    held = trial.settings.storage.model_copy(update={"suffix": "-dev-123456789012"})
    there = replace(trial, settings=trial.settings.model_copy(update={"storage": held, "environment": "dev"}))
    assert storage.location(there, "raw") == "s3://project-raw-dev-123456789012"
    assert storage.location(there, "work") == "s3://project-raw-dev-123456789012/work"
    without = trial.settings.model_copy(update={"environment": "dev"})
    with pytest.raises(SettingsInvalid, match="ML_PLATFORM__STORAGE__SUFFIX"):
        storage.location(replace(trial, settings=without), "raw")


def test_the_longest_bucket_name_is_one_that_s3_takes(context: StageContext) -> None:
    ends = [f"-{name}-{'1' * 12}" for name in ENVIRONMENTS if name != "local"]
    names = [bucket.uri.removeprefix("s3://") for bucket in context.contract.buckets.values()]
    assert max(map(len, names)) + max(map(len, ends)) <= LONGEST_BUCKET


def test_what_is_forgotten_is_in_no_bucket(context: StageContext, tmp_path: Path) -> None:
    uri = f"memory://{uuid.uuid4().hex}"
    trial = on(context, tmp_path / "one", {"raw": "trial/raw"}, uri)
    for name in ("a.csv", "b.csv"):
        atomic_write_text(trial.path(trial.settings.paths.raw, name), name)
    storage.push(trial)
    assert storage.forget(trial, "raw", ["a.csv", "never.csv"]) == 1
    assert storage.forget(trial, "models", ["a.csv"]) == 0
    assert not fsspec.filesystem("memory").exists(f"{uri}/raw/a.csv")
    assert storage.pull(on(context, tmp_path / "two", {"raw": "trial/raw"}, uri)) == 1


def test_a_local_layer_has_no_location(context: StageContext) -> None:
    assert storage.location(context, "raw") is None
    assert storage.pull(context) == storage.push(context) == 0
