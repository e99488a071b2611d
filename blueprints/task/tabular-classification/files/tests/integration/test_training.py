"""The stages train and evaluate on the demonstration data, and what they leave for those after them."""

from pathlib import Path

import pandas as pd
import pytest

from conftest import branched
from ml_platform.bundle import load_bundle
from ml_platform.context import StageContext, read_handover
from ml_platform.errors import MissingHandover
from ml_platform.stages.evaluate import EvaluateHandover
from ml_platform.stages.train import TrainHandover, read_training_set

pytestmark = pytest.mark.deliverable("training")


def test_the_best_candidate_was_chosen(pipeline: StageContext) -> None:
    done = read_handover(pipeline, "train", TrainHandover)
    scores = {
        name.split(".")[1]: value
        for name, value in done.cross_validation.items()
        if name.endswith(".average_precision")
    }
    assert set(pipeline.settings.training.candidates) <= set(scores)
    assert scores[done.candidate] == max(scores.values())


def test_training_never_sees_a_held_out_row(pipeline: StageContext) -> None:
    found = read_training_set(pipeline)
    assert not set(found.split.train) & set(found.split.test)
    done = pd.read_parquet(pipeline.root / read_handover(pipeline, "train", TrainHandover).out_of_fold)
    assert set(done["position"]) <= set(found.split.train)
    info = load_bundle(pipeline.work / "bundle").info
    assert info.training_rows == len(found.split.train)


def test_the_model_beats_its_baseline_and_shuffled_labels_give_nothing(pipeline: StageContext) -> None:
    done = read_handover(pipeline, "evaluate", EvaluateHandover)
    assert done.passed, done.reasons
    assert done.difference > 2 * done.standard_error
    assert done.permuted <= 2


def test_protected_attributes_are_compared_but_are_no_inputs(pipeline: StageContext) -> None:
    protected = pipeline.contract.datasets["measures"].named("protected")
    inputs = load_bundle(pipeline.work / "bundle").info.feature_names
    assert not set(protected) & set(inputs)
    card = (pipeline.work / "evaluation" / "model-card.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in card for name in protected)


def test_changed_training_rows_are_noticed(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    path = context.root / read_handover(context, "train", TrainHandover).rows
    pd.read_parquet(path).iloc[1:].to_parquet(path)
    with pytest.raises(MissingHandover, match="not what the model was trained on"):
        read_training_set(context)
