"""Feast's definitions follow the contract, and every environment's file is one that Feast accepts."""

from pathlib import Path

import pytest
import typeguard
import yaml

from ml_platform.contract import Contract
from ml_platform.feature_store.adapter import repository
from ml_platform.feature_store.definitions import definitions, project_name, service_name
from ml_platform.feature_store.unchecked_feast import Float64, RepoConfig, String, ValueType, feast
from ml_platform.features.build import category_names, feature_names
from ml_platform.settings import Settings

pytestmark = pytest.mark.deliverable("features")
REPOSITORY = Path(__file__).resolve().parents[2] / "feature_repo"


def test_the_view_has_the_features_of_the_model_in_their_types(contract: Contract, settings: Settings) -> None:
    entity, source, view, service = definitions(contract, settings.features, Path("features.parquet"))
    dataset = contract.datasets["measures"]
    whole = dataset.column(dataset.key).type == "integer"
    assert entity.join_key == dataset.key
    assert entity.value_type == (ValueType.INT64 if whole else ValueType.STRING)
    assert source.timestamp_field == dataset.time
    types = {field.name: field.dtype for field in view.schema}
    assert set(types) == set(feature_names(contract))
    for name in feature_names(contract):
        assert types[name] == (String if name in category_names(contract) else Float64)
    assert service.name == service_name(contract, settings.features)
    assert settings.features.version in service.name


def test_protected_columns_are_not_in_the_view(contract: Contract, settings: Settings) -> None:
    _, _, view, _ = definitions(contract, settings.features, Path("features.parquet"))
    assert not {field.name for field in view.schema} & set(contract.datasets["measures"].named("protected"))


def test_files_lie_below_the_project(contract: Contract, settings: Settings) -> None:
    config = repository(settings, contract)
    assert config.project == project_name(contract)
    assert Path(config.registry.path).is_relative_to(settings.root)
    assert Path(config.online_store.path).is_relative_to(settings.root)


@pytest.mark.parametrize("file", sorted(REPOSITORY.glob("*.yaml")), ids=lambda file: str(file.stem))
def test_feast_accepts_the_file_of_each_environment(file: Path) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    config = RepoConfig(project="p", repo_path=REPOSITORY, **content)
    assert config.online_store.type == content["online_store"]["type"]
    assert config.entity_key_serialization_version == 3


def test_feast_is_loaded_without_checks_of_types_and_nothing_else_is() -> None:
    assert "typeguard" not in feast.Entity.__init__.__code__.co_names
    assert typeguard.typechecked(_length) is not _length


def _length(text: str) -> int:
    return len(text)
