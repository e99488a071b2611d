"""docs/features.md says what contract and code say."""

from pathlib import Path

import pytest

from ml_platform.contract import Contract
from ml_platform.features.documentation import feature_rows, transformation_rows
from ml_platform.features.transformations import REGISTRY

pytestmark = pytest.mark.deliverable("features")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "features.md"


def test_the_catalogue_is_the_one_that_the_contract_gives(contract: Contract) -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("| `")]
    assert table == feature_rows(contract)


def test_every_transformation_is_explained_as_in_the_code() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    listed = [
        line for line in lines if line.split("`")[1:2] and line.startswith("- `") and line.split("`")[1] in REGISTRY
    ]
    assert listed == transformation_rows()


def test_a_protected_column_is_named_as_no_feature(contract: Contract) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in contract.datasets["measures"].named("protected"):
        assert f"`{name}`" in page
