"""What only Weights & Biases has: its own run files, written without a server, and models as artifacts."""

from pathlib import Path

import pytest

from conftest import branched
from ml_platform.context import StageContext, read_handover
from ml_platform.errors import ModelRefused, NotTracked
from ml_platform.registry.adapter import open_registry
from ml_platform.stages.train import TrainHandover
from ml_platform.tracking.adapter import WandbTracker, open_tracker

pytestmark = pytest.mark.deliverable("tracking")


def tracker_of(context: StageContext) -> WandbTracker:
    tracker = open_tracker(context.settings)
    assert isinstance(tracker, WandbTracker)
    return tracker


def test_runs_leave_files_that_can_be_uploaded_later(pipeline: StageContext) -> None:
    run_id = read_handover(pipeline, "train", TrainHandover).tracked_run
    files = tracker_of(pipeline).run_files(run_id)
    assert len(files) == 2, "one from training, one from the evaluation that resumed the run"
    assert all(path.stat().st_size > 0 for path in files)
    content = b"".join(path.read_bytes() for path in files)
    assert pipeline.settings.registry.model_name.encode() in content
    assert b"average_precision" in content


def test_a_server_without_its_key_is_refused_before_anything_runs(
    pipeline: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracking = pipeline.settings.tracking.model_copy(update={"uri": "https://wandb.example"})
    settings = pipeline.settings.model_copy(update={"tracking": tracking})
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    with pytest.raises(NotTracked, match="WANDB_API_KEY"):
        open_tracker(settings)
    monkeypatch.setenv("WANDB_API_KEY", "k" * 40)
    assert isinstance(open_tracker(settings), WandbTracker)


def test_a_damaged_version_is_not_handed_out(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    folder = context.root / context.settings.registry.directory / context.settings.registry.model_name
    card = folder / "1" / "bundle" / "model-card.md"
    card.write_text("changed", encoding="utf-8")
    registry = open_registry(context.settings)
    with pytest.raises(ModelRefused, match="not what was registered"):
        registry.download(1, tmp_path / "one")
    with pytest.raises(ModelRefused, match="expected a registered version, got 9"):
        registry.set_alias("dev", 9)


def test_versions_may_lie_behind_any_address(pipeline: StageContext) -> None:
    settings = pipeline.settings.registry.model_copy(update={"uri": "memory://models"})
    registry = open_registry(pipeline.settings.model_copy(update={"registry": settings}))
    assert registry.versions() == []
    assert registry.register(pipeline.work / "bundle", "run", {"gate": "passed"}) == 1
    assert [version.tags for version in registry.versions()] == [{"gate": "passed"}]
