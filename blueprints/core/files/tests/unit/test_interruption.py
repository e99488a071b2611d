"""A node that is taken away in the middle of a search: another one goes on with the trials that are known."""

import os
import signal
import threading
import uuid
from pathlib import Path

import pytest

from ml_platform import storage
from ml_platform.config import StorageSettings
from ml_platform.context import StageContext
from ml_platform.contract import Bucket
from ml_platform.errors import StageInterrupted
from ml_platform.files import atomic_write_text
from ml_platform.interruption import keep_progress

pytestmark = pytest.mark.deliverable("workloads")


def on(context: StageContext, root: Path, bucket: str) -> StageContext:
    """The same run on another machine."""
    layers = StorageSettings(layers={"work": "trial/work", "raw": "trial/raw"})
    settings = context.settings.model_copy(update={"storage": layers, "root": root})
    buckets = {"trial": Bucket(owner="ingestion", uri=bucket, description="trial")}
    contract = context.contract.model_copy(update={"buckets": buckets})
    return StageContext(settings, contract, root, context.run_id, context.as_of, context.log)


def interrupted(context: StageContext) -> None:
    """A stage that has found something, and half-written a layer, when it is asked to end."""
    with keep_progress("candidates", context):
        atomic_write_text(context.work / "tuning.db", "trial 7")
        atomic_write_text(context.path(context.settings.paths.raw) / "half.parquet", "half")
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal came too late")


def test_another_machine_goes_on_where_the_first_was_stopped(context: StageContext, tmp_path: Path) -> None:
    bucket = f"memory://{uuid.uuid4().hex}"
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(StageInterrupted, match=context.run_id):
        interrupted(on(context, tmp_path / "one", bucket))
    assert signal.getsignal(signal.SIGTERM) is before

    second = on(context, tmp_path / "two", bucket)
    assert storage.pull(second) == 1
    assert (second.work / "tuning.db").read_text(encoding="utf-8") == "trial 7"
    # What belongs to everybody is stored by a stage that ended well, or not at all.
    assert not (second.root / "data" / "raw" / "half.parquet").exists()

    # The attempt that ends well has the last word over what was unfinished.
    atomic_write_text(second.work / "tuning.db", "trial 30")
    storage.push(second)
    third = on(context, tmp_path / "three", bucket)
    storage.pull(third)
    assert (third.work / "tuning.db").read_text(encoding="utf-8") == "trial 30"


def test_only_the_main_thread_is_told(context: StageContext) -> None:
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []

    def run() -> None:
        with keep_progress("candidates", context):
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]
