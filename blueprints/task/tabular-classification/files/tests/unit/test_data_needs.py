"""Too little labelled data is refused before training, and odd data is warned about."""

from pathlib import Path

import pandas as pd
import pytest

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.features.data_needs import ModelRequirements, check_data_needs, load_requirements
from ml_platform.settings import Settings

pytestmark = pytest.mark.deliverable("model-requirements")


@pytest.fixture
def requirements(settings: Settings) -> ModelRequirements:
    return load_requirements(settings.path(Path(settings.features.data_needs_file)))


def labelled(contract: Contract, rows: int, positives: int) -> pd.DataFrame:
    return pd.DataFrame({str(contract.datasets["labels"].target): [1] * positives + [0] * (rows - positives)})


def test_the_least_data_pass_and_one_row_less_is_refused(contract: Contract, requirements: ModelRequirements) -> None:
    needs = requirements.data
    check_data_needs(labelled(contract, needs.rows_min, needs.positives_min), contract, requirements)
    for rows, positives in (
        (needs.rows_min - 1, needs.positives_min),
        (needs.rows_min, needs.positives_min - 1),
        (needs.rows_min, needs.rows_min - needs.positives_min + 1),
    ):
        with pytest.raises(DataRefused, match="labelled rows"):
            check_data_needs(labelled(contract, rows, positives), contract, requirements)


def test_few_positives_per_feature_are_warned_about(contract: Contract, requirements: ModelRequirements) -> None:
    warnings = check_data_needs(labelled(contract, 1000, requirements.data.positives_min), contract, requirements)
    assert any("features" in warning for warning in warnings)


def test_another_rate_than_expected_is_warned_about(contract: Contract, requirements: ModelRequirements) -> None:
    rate = requirements.positive_rate_expected
    usual = check_data_needs(labelled(contract, 100_000, round(100_000 * rate)), contract, requirements)
    assert usual == []
    odd = rate * requirements.data.positive_rate_tolerance * 1.2
    share = odd if odd < 0.95 else rate / requirements.data.positive_rate_tolerance / 1.2
    warnings = check_data_needs(labelled(contract, 100_000, round(100_000 * share)), contract, requirements)
    assert any("expected" in warning for warning in warnings)


def test_an_algorithm_is_tried_from_its_number_of_positives_on(requirements: ModelRequirements) -> None:
    algorithm = requirements.algorithms[-1]
    assert algorithm.name in requirements.usable(algorithm.positives_min)
    assert algorithm.name not in requirements.usable(algorithm.positives_min - 1)
