"""Data, code, model and dependencies have versions of their own: changing one of them changes exactly that one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from ml_platform.bundle import MODEL_FILE, Classifier, load_bundle, load_info, model_version, save_bundle
from ml_platform.context import StageContext, read_handover
from ml_platform.contract import Contract
from ml_platform.errors import ModelRefused
from ml_platform.files import sha256_of
from ml_platform.registry.adapter import open_registry
from ml_platform.stages.register import RegisterHandover
from ml_platform.stages.train import TRAINING_ROWS
from ml_platform.tracking.adapter import open_tracker
from ml_platform.training.versions import code_version, dependencies_version
from serving_support import feature_rows, save_small_bundle

pytestmark = pytest.mark.deliverable("training")


def a_model(share: float = 0.25) -> Classifier:
    """Answers with the share of positives that it saw."""
    labels = [1 if place < 100 * share else 0 for place in range(100)]
    model: Classifier = DummyClassifier(strategy="prior").fit([[0.0]] * 100, labels)
    return model


@dataclass
class Sources:
    """The four things that a model comes from, in a folder, and the record that they leave in a bundle."""

    folder: Path
    contract: Contract
    model: Classifier

    def record(self) -> dict[str, str]:
        described = load_info(save_small_bundle(self.folder / "example", self.contract))
        info = described.model_copy(
            update={
                "data_version": sha256_of(self.folder / TRAINING_ROWS),
                "code_version": code_version(self.folder / "package"),
                "dependencies_version": dependencies_version([str(self.folder / "installed")]),
            }
        )
        rows = feature_rows(self.contract, 5)
        return load_info(save_bundle(self.folder / "bundle", self.model, info, rows)).versions


@pytest.fixture
def sources(tmp_path: Path, contract: Contract) -> Sources:
    pd.DataFrame({"x": [1.0, 2.0]}).to_parquet(tmp_path / TRAINING_ROWS)
    install(tmp_path, "1.0")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "features.py").write_text("WINDOW = 3\n", encoding="utf-8")
    return Sources(tmp_path, contract, a_model())


def install(folder: Path, version: str) -> None:
    place = folder / "installed" / "some_library.dist-info"
    place.mkdir(parents=True, exist_ok=True)
    text = f"Metadata-Version: 2.1\nName: some-library\nVersion: {version}\n"
    (place / "METADATA").write_text(text, encoding="utf-8")


def other_data(sources: Sources) -> None:
    pd.DataFrame({"x": [1.0, 3.0]}).to_parquet(sources.folder / TRAINING_ROWS)


def other_code(sources: Sources) -> None:
    (sources.folder / "package" / "features.py").write_text("WINDOW = 4\n", encoding="utf-8")


def other_model(sources: Sources) -> None:
    sources.model = a_model(share=0.5)


def other_dependencies(sources: Sources) -> None:
    install(sources.folder, "1.1")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (other_data, "data_version"),
        (other_code, "code_version"),
        (other_model, "model_version"),
        (other_dependencies, "dependencies_version"),
    ],
)
def test_changing_one_source_changes_exactly_its_version(
    sources: Sources, change: Callable[[Sources], None], name: str
) -> None:
    before = sources.record()
    # An equal model, fitted again, is the same version, although its file is another.
    sources.model = a_model()
    assert sources.record() == before
    change(sources)
    after = sources.record()
    assert [known for known in before if before[known] != after[known]] == [name]


def test_bundle_tracker_and_registry_carry_the_four_versions_of_what_really_ran(pipeline: StageContext) -> None:
    info = load_info(pipeline.work / "bundle")
    assert info.versions == {
        "data_version": sha256_of(pipeline.work / TRAINING_ROWS),
        "code_version": code_version(),
        "model_version": model_version(pipeline.work / "bundle" / MODEL_FILE),
        "dependencies_version": dependencies_version(),
    }
    version = read_handover(pipeline, "register", RegisterHandover).version
    registry, tracker = open_registry(pipeline.settings), open_tracker(pipeline.settings)
    try:
        (registered,) = [known for known in registry.versions() if known.version == version]
        tracked = tracker.fetch_run(registered.run_id)
    finally:
        registry.close()
        tracker.close()
    for tags in (registered.tags, tracked.tags):
        assert {name: tags[name] for name in info.versions} == info.versions


def test_a_model_that_is_not_the_described_one_is_refused(tmp_path: Path, contract: Contract) -> None:
    directory = save_small_bundle(tmp_path / "model", contract)
    other = save_small_bundle(tmp_path / "other", contract, seed=2)
    (other / MODEL_FILE).replace(directory / MODEL_FILE)
    with pytest.raises(ModelRefused, match="not the model that"):
        load_bundle(directory)
