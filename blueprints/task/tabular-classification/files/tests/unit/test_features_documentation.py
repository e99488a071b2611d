"""docs/features.md says what contract and code say."""

from pathlib import Path

import pytest

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.features.documentation import PAGE as RELATIVE
from ml_platform.features.documentation import feature_rows, main, render_page, transformation_rows
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


def test_the_command_brings_the_page_up_to_date_and_leaves_the_rest(
    root: Path, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    path = root / RELATIVE
    path.parent.mkdir(exist_ok=True)
    path.write_text(page.replace(feature_rows(contract)[0], "| `gone` |").replace(transformation_rows()[0], "- old"))
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(root))
    assert main() == 0
    assert path.read_text(encoding="utf-8") == page


def test_a_page_without_its_headings_is_refused(contract: Contract) -> None:
    with pytest.raises(SettingsInvalid, match="## Catalogue"):
        render_page("# Features\n", contract)
