"""Registering and deploying: only accepted models, only once, only what reproduces its scores (SC-MODEL-1)."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from conftest import branched
from ml_platform.bundle import load_bundle, load_info, rewrite_info
from ml_platform.context import StageContext, read_handover, write_handover
from ml_platform.contract import Contract
from ml_platform.errors import GateFailed, ModelRefused
from ml_platform.registry.adapter import open_registry
from ml_platform.registry.protocol import CHALLENGER, CHAMPION
from ml_platform.stages import deploy, register
from ml_platform.stages.evaluate import EvaluateHandover
from ml_platform.stages.train import TrainHandover

pytestmark = pytest.mark.deliverable("registry")


def test_registering_again_makes_no_second_version(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    again = register.run(context)
    assert again.version == 1
    assert "already" in again.comparison
    assert len(open_registry(context.settings).versions()) == 1


def test_a_refused_model_is_not_registered(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    found = read_handover(context, "evaluate", EvaluateHandover)
    write_handover(context, "evaluate", found.model_copy(update={"passed": False, "reasons": ["beats_baseline: no"]}))
    with pytest.raises(GateFailed, match="beats_baseline"):
        register.run(context)


def test_a_challenger_meets_the_champion_on_the_same_rows(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    trained = read_handover(context, "train", TrainHandover)
    registry = open_registry(context.settings)
    champion = registry.register(context.work / "registered", trained.tracked_run, {"gate": "passed"})
    registry.set_alias(CHAMPION, champion)
    done = register.run(context)
    assert (done.champion, done.version) == (champion, 1)
    held_out = len(pd.read_parquet(context.root / read_handover(context, "evaluate", EvaluateHandover).predictions))
    until = load_info(context.work / "registered").training_until
    rows = pd.read_parquet(context.work / "evaluation" / "predictions.parquet")
    unseen = (pd.to_datetime(rows[context.contract.datasets["labels"].time], utc=True) > pd.Timestamp(until)).sum()
    if unseen:
        # It is the same model twice: the difference is exactly nothing, which is enough to be accepted.
        assert f"on the same {unseen} rows" in done.comparison
        assert done.challenger_wins
    else:
        assert held_out
        assert "a person has to decide" in done.comparison
    assert registry.get_alias(CHALLENGER) == 1


def test_deploying_installs_the_champion_with_its_number(pipeline: StageContext) -> None:
    done = read_handover(pipeline, "deploy", deploy.DeployHandover)
    info = load_info(pipeline.root / done.directory)
    assert info.version == done.version == open_registry(pipeline.settings).get_alias(CHAMPION)
    assert done.previous is None


def test_deploying_again_knows_what_was_there(pipeline: StageContext, tmp_path: Path) -> None:
    assert deploy.run(branched(pipeline, tmp_path / "project")).previous == 1


def test_each_version_keeps_a_folder_that_never_changes(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    kept = context.path(context.settings.paths.models, deploy.RELEASES, "1", "bundle.json")
    before = kept.stat().st_mtime_ns, kept.read_bytes()
    assert load_info(kept.parent).version == 1
    deploy.run(context)
    assert (kept.stat().st_mtime_ns, kept.read_bytes()) == before


def test_without_a_champion_nothing_is_deployed(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    # A model that was never registered, in a registry that is there: making a new one takes longer than the test.
    unknown = context.settings.registry.model_copy(update={"model_name": "unknown"})
    with pytest.raises(GateFailed, match="no version is named champion"):
        deploy.run(replace(context, settings=context.settings.model_copy(update={"registry": unknown})))


def test_a_model_that_scores_differently_here_is_refused(
    pipeline: StageContext, tmp_path: Path, contract: Contract
) -> None:
    context = branched(pipeline, tmp_path / "project")
    bundle = load_bundle(context.work / "bundle")
    deploy.verify(bundle, contract)
    changed = bundle.reference().assign(score=lambda rows: rows["score"] + 1e-6)
    changed.to_parquet(bundle.directory / "reference.parquet")
    with pytest.raises(ModelRefused, match="scores differ"):
        deploy.verify(bundle, contract)


def test_a_model_for_other_inputs_is_refused(pipeline: StageContext, tmp_path: Path, contract: Contract) -> None:
    context = branched(pipeline, tmp_path / "project")
    info = load_info(context.work / "bundle")
    rewrite_info(context.work / "bundle", info.model_copy(update={"features": info.features[1:]}))
    with pytest.raises(ModelRefused, match=info.features[0].name):
        deploy.verify(load_bundle(context.work / "bundle"), contract)
