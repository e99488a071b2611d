"""The chosen registry, for real: versions, names, history, a way back, and the command for people."""

import json
from pathlib import Path

import pytest

from conftest import branched
from ml_platform.bundle import load_bundle
from ml_platform.context import StageContext, read_handover
from ml_platform.registry import command
from ml_platform.registry.adapter import open_registry
from ml_platform.registry.promotion import GATE_TAG, PASSED, promote, rollback
from ml_platform.registry.protocol import CHAMPION
from ml_platform.stages.register import RegisterHandover
from ml_platform.stages.train import TrainHandover

pytestmark = pytest.mark.deliverable("registry")


@pytest.fixture(scope="module")
def released(pipeline: StageContext, tmp_path_factory: pytest.TempPathFactory) -> StageContext:
    """A copy of the pipeline in which a second version has reached prod."""
    context = branched(pipeline, tmp_path_factory.mktemp("released") / "project")
    registry = open_registry(context.settings)
    tracked = read_handover(context, "train", TrainHandover).tracked_run
    version = registry.register(context.work / "registered", tracked, {GATE_TAG: PASSED, "note": "second"})
    for stage in ("dev", "staging", "prod"):
        promote(registry, version, stage, approver="Ada", reason="compared with the first")
    registry.close()
    return context


def test_versions_carry_tags_names_and_their_run(released: StageContext) -> None:
    registry = open_registry(released.settings)
    first, second = registry.versions()
    assert (first.version, second.version) == (1, 2)
    assert second.aliases == (CHAMPION, "dev", "prod", "staging")
    assert second.tags["note"] == "second"
    assert {"data_version", "code_version", "dependencies_version", "run_id"} <= set(first.tags)
    assert first.run_id == read_handover(released, "train", TrainHandover).tracked_run
    registry.tag(2, "note", "changed")
    assert registry.versions()[1].tags["note"] == "changed"


def test_a_downloaded_bundle_scores_and_knows_its_number(released: StageContext, tmp_path: Path) -> None:
    bundle = load_bundle(open_registry(released.settings).download(2, tmp_path / "two"))
    assert bundle.info.version == 2
    assert bundle.info.tracked_run == read_handover(released, "train", TrainHandover).tracked_run
    reference = bundle.reference()
    assert bundle.score(reference) == pytest.approx(reference["score"].to_numpy(), abs=1e-9)
    assert (bundle.directory / "evaluation.json").is_file()
    assert "# Model card" in (bundle.directory / "model-card.md").read_text(encoding="utf-8")


def test_rollback_and_history(released: StageContext, tmp_path: Path) -> None:
    context = branched(released, tmp_path / "project")
    registry = open_registry(context.settings)
    rollback(registry, "prod", approver="Ada", reason="errors rose")
    assert registry.get_alias(CHAMPION) == registry.get_alias("prod") == 1
    last = registry.history()[-1]
    assert (last.alias, last.version, last.previous, last.approver) == (CHAMPION, 1, 2, "Ada")
    assert registry.get_alias("nobody") is None


def test_people_use_the_command(
    released: StageContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(branched(released, tmp_path / "project").root))
    assert command.main(["list"]) == 0
    assert [version["version"] for version in json.loads(capsys.readouterr().out)] == [1, 2]
    assert command.main(["rollback", "--approver", "Ada", "--reason", "errors rose"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == 1
    assert command.main(["promote", "2", "--to", "prod", "--approver", "Ada", "--reason", "fixed"]) == 0
    assert command.main(["promote", "9", "--to", "dev", "--approver", "Ada", "--reason", "typo"]) == 1
    capsys.readouterr()
    assert command.main(["history"]) == 0
    assert json.loads(capsys.readouterr().out)[-1]["reason"] == "fixed"


def test_the_pipeline_has_promoted_its_own_version(pipeline: StageContext) -> None:
    done = read_handover(pipeline, "register", RegisterHandover)
    assert done.version == 1
    assert done.promoted_to == list(pipeline.settings.registry.promote_to)
