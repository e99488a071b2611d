"""The predictor that every way of serving shares: parity with the model, and refusal of what must not be loaded."""

from pathlib import Path

import numpy as np
import pytest
import skops.io

from ml_platform.bundle import load_bundle
from ml_platform.errors import ModelRefused
from ml_platform.serving.predictor import Predictor
from serving_support import feature_rows, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_bundle(tmp_path_factory.mktemp("predictor") / "bundle", CONTRACT)


def test_scores_do_not_depend_on_batch_size_order_or_further_columns(directory: Path) -> None:
    predictor = Predictor.load(directory)
    rows = feature_rows(CONTRACT, 50)
    together = predictor.predict(rows)
    alone = [predictor.predict(rows.iloc[[position]])[0] for position in range(len(rows))]
    # Sums over a block round differently in the last bits.
    assert alone == pytest.approx(together, abs=1e-12)
    assert np.array_equal(predictor.predict(rows[rows.columns[::-1]].assign(noise=1)), together)
    assert predictor.predict(rows.iloc[:0]).shape == (0,)


def test_reference_scores_are_those_of_the_saved_sample(directory: Path) -> None:
    saved = load_bundle(directory).reference()["score"].to_numpy()
    assert Predictor.load(directory).reference_scores() == pytest.approx(saved, abs=1e-12)


def test_decision_begins_at_the_threshold(directory: Path) -> None:
    predictor = Predictor.load(directory)
    assert predictor.decide(predictor.threshold)
    assert not predictor.decide(np.nextafter(predictor.threshold, 0))


def test_a_missing_feature_is_named(directory: Path) -> None:
    name = CONTRACT.signatures["model"].inputs[0].name
    with pytest.raises(ModelRefused, match=name):
        Predictor.load(directory).predict(feature_rows(CONTRACT, 1).drop(columns=name))


def test_a_model_file_with_a_type_outside_the_list_is_not_loaded(tmp_path: Path) -> None:
    directory = save_small_bundle(tmp_path / "bundle", CONTRACT)
    skops.io.dump({"harmless": Path}, directory / "model.skops")
    with pytest.raises(ModelRefused, match="not trusted"):
        Predictor.load(directory)
    (directory / "model.skops").write_bytes(b"\x80\x04not a model")
    with pytest.raises(ModelRefused):
        Predictor.load(directory)


def test_an_unregistered_bundle_says_so(tmp_path: Path) -> None:
    assert Predictor.load(save_small_bundle(tmp_path / "bundle", CONTRACT, version=None)).version == "unregistered"
