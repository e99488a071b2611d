"""Candidates prepared by processes of their own: taken over where nothing changed, tried again where something did."""

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import branched
from ml_platform.context import StageContext, handover_path, read_handover
from ml_platform.errors import SettingsInvalid
from ml_platform.files import read_json
from ml_platform.stage import make_context, run_stage
from ml_platform.stages.candidates import CandidatesHandover
from ml_platform.stages.train import TrainHandover, read_training_set
from ml_platform.training.candidates import Plan, load_candidates
from ml_platform.training.data import labelled
from ml_platform.training.side_by_side import FOLDER, find

pytestmark = pytest.mark.deliverable("training")


def read_handover_of_part(context: StageContext) -> CandidatesHandover:
    return CandidatesHandover.model_validate(read_json(handover_path(context, "candidates"))["values"])


def found_again(context: StageContext) -> list[str]:
    training = context.settings.training
    found = read_training_set(context)
    labels = labelled(found.frame, context.contract).labels
    plan = Plan(context.contract, context.settings.features, training.class_weight, training.seed)
    candidates = load_candidates(training.candidates)
    return [c.name for c in candidates if find(context, c, plan, labels, found.version) is not None]


def test_train_compares_what_the_candidates_stage_prepared(pipeline: StageContext) -> None:
    prepared = read_handover(pipeline, "candidates", CandidatesHandover)
    trained = read_handover(pipeline, "train", TrainHandover)
    assert prepared.data_version == trained.data_version
    assert prepared.scores
    for name, score in prepared.scores.items():
        assert trained.cross_validation[f"cv.{name}.average_precision"] == score


def test_a_prepared_candidate_counts_for_its_own_data_and_settings_only(pipeline: StageContext) -> None:
    prepared = read_handover(pipeline, "candidates", CandidatesHandover)
    assert set(found_again(pipeline)) == set(prepared.scores)
    training = pipeline.settings.training.model_copy(update={"seed": 18})
    assert found_again(replace(pipeline, settings=pipeline.settings.model_copy(update={"training": training}))) == []


def test_a_damaged_candidate_is_tried_again(pipeline: StageContext, tmp_path: Path) -> None:
    prepared = read_handover(pipeline, "candidates", CandidatesHandover)
    name = next(iter(prepared.scores))
    kept = pipeline.work / FOLDER / f"{name}.parquet"
    before = kept.read_bytes()
    try:
        kept.write_bytes(before + b"x")
        assert name not in found_again(pipeline)
    finally:
        kept.write_bytes(before)


def test_a_part_is_one_candidate(pipeline: StageContext, tmp_path: Path) -> None:
    own = replace(branched(pipeline, tmp_path / "project"), part="logistic_regression")
    before = (own.work / FOLDER / "logistic_regression.parquet").read_bytes()
    run_stage("candidates", own)
    alone = read_handover_of_part(own)
    assert list(alone.scores) == ["logistic_regression"]
    assert (own.work / FOLDER / "logistic_regression.parquet").read_bytes() == before
    with pytest.raises(SettingsInvalid, match="expected a candidate of"):
        run_stage("candidates", replace(pipeline, part="no_such_model"))
    with pytest.raises(SettingsInvalid, match="letters, digits"):
        make_context("local", root=pipeline.root, part="../other")
