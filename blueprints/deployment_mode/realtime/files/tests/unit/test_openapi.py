"""openapi/prediction.json is what clients are generated from, so it must be what the server offers."""

from pathlib import Path

import pytest

from ml_platform.serving.openapi import FILE, main, openapi_json
from ml_platform.settings import find_root
from serving_support import project_contract

pytestmark = pytest.mark.deliverable("serving")


def test_the_exported_description_is_current() -> None:
    exported = (find_root(Path(__file__).parent) / FILE).read_text(encoding="utf-8")
    assert exported == openapi_json(project_contract()), "run `make openapi`"


def test_export_writes_the_description_into_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = find_root(Path(__file__).parent)
    (tmp_path / "contract.yaml").write_bytes((root / "contract.yaml").read_bytes())
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(tmp_path))
    assert main() == 0
    assert (tmp_path / FILE).read_text(encoding="utf-8") == openapi_json(project_contract())
