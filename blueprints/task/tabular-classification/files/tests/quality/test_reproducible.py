"""SC-VELOCITY-3: the same data, code and seed give the same metrics."""

import pytest

from ml_platform.context import StageContext, read_handover
from ml_platform.contract import Contract
from ml_platform.stages.train import TrainHandover, fit_models, read_training_set
from ml_platform.training.data import labelled

pytestmark = pytest.mark.deliverable("training")


def test_sc_velocity_3_training_again_gives_the_same_metrics(pipeline: StageContext, contract: Contract) -> None:
    found = read_training_set(pipeline)
    data = labelled(found.frame, contract)
    done = read_handover(pipeline, "train", TrainHandover)
    again = fit_models(pipeline, data, found)
    differences = [
        abs(trained.score - done.cross_validation[f"cv.{trained.name}.average_precision"])
        for trained in again.competitors
    ]
    # Not more than the bound, which is zero: not even in the last digit.
    assert max(differences) <= contract.criteria["SC-VELOCITY-3"].bound
    assert again.chosen.name == done.candidate
    assert again.threshold == done.threshold
