"""The contract as the code reads it."""

from pathlib import Path

import pytest

from ml_platform.contract import Contract, load_contract
from ml_platform.errors import SettingsInvalid

pytestmark = pytest.mark.deliverable("code-structure")


def test_datasets_agree_on_key_and_time(contract: Contract) -> None:
    for dataset in contract.datasets.values():
        assert dataset.column(dataset.key).role == "key"
        assert dataset.column(dataset.time).role == "time"
    assert contract.datasets["labels"].target in contract.datasets["labels"].named("target")
    with pytest.raises(KeyError):
        contract.datasets["labels"].column("nothing")


def test_a_missing_or_damaged_contract_is_refused(root: Path) -> None:
    path = root / "contract.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "unknown: {}\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="unknown"):
        load_contract(root)
    path.unlink()
    with pytest.raises(SettingsInvalid, match=r"expected contract\.yaml"):
        load_contract(root)
