"""Layers in buckets: a stage that starts on an empty disk finds what the last one left."""

import uuid
from pathlib import Path

import fsspec
import pytest

from ml_platform import storage
from ml_platform.config import StorageSettings
from ml_platform.context import StageContext
from ml_platform.contract import Bucket
from ml_platform.errors import SettingsInvalid
from ml_platform.files import atomic_write_text

pytestmark = pytest.mark.deliverable("code-structure")


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


def test_a_local_layer_has_no_location(context: StageContext) -> None:
    assert storage.location(context, "raw") is None
    assert storage.pull(context) == storage.push(context) == 0
