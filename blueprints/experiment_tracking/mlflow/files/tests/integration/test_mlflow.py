"""What only MLflow offers: the model in its own format, loadable by name, with signature and example."""

import mlflow.pyfunc
import numpy as np
import pytest

from ml_platform.bundle import load_bundle
from ml_platform.context import StageContext, read_handover
from ml_platform.errors import NotTracked
from ml_platform.registry.adapter import open_registry
from ml_platform.stages.train import TrainHandover
from ml_platform.tracking.adapter import open_client, open_tracker, tracking_uri

pytestmark = pytest.mark.deliverable("tracking")


def test_the_champion_loads_by_name_and_scores_like_the_bundle(pipeline: StageContext) -> None:
    open_client(pipeline.settings)
    model = mlflow.pyfunc.load_model(f"models:/{pipeline.settings.registry.model_name}@champion")
    bundle = load_bundle(pipeline.work / "bundle")
    rows = bundle.reference()[bundle.info.feature_names].head(20)
    assert np.asarray(model.predict(rows))[:, 1] == pytest.approx(bundle.score(rows))
    assert model.metadata.signature.inputs.input_names() == bundle.info.feature_names


def test_competitors_are_child_runs(pipeline: StageContext) -> None:
    client = open_client(pipeline.settings)
    parent = read_handover(pipeline, "train", TrainHandover).tracked_run
    experiment = client.get_experiment_by_name(pipeline.settings.tracking.experiment)
    assert experiment is not None
    children = client.search_runs([experiment.experiment_id], f"tags.`mlflow.parentRunId` = '{parent}'")
    assert set(pipeline.settings.training.candidates) <= {str(run.info.run_name) for run in children}


def test_an_untracked_model_is_not_registered(pipeline: StageContext) -> None:
    tracker = open_tracker(pipeline.settings)
    with tracker.start_run("without a model", {}) as run:
        run.log_params({"seed": 1})
    with pytest.raises(NotTracked, match="no model"):
        open_registry(pipeline.settings).register(pipeline.work / "bundle", run.run_id, {})


def test_a_configured_server_is_used(pipeline: StageContext) -> None:
    tracking = pipeline.settings.tracking.model_copy(update={"uri": "http://tracker.example:5000"})
    assert tracking_uri(pipeline.settings.model_copy(update={"tracking": tracking})) == "http://tracker.example:5000"
    assert tracking_uri(pipeline.settings).startswith("sqlite:///")
