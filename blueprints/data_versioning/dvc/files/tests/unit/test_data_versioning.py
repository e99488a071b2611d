"""dvc.yaml speaks of the same stages, paths and settings as the platform itself."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ml_platform.settings import Settings
from ml_platform.stage import ORDER, stage_names

pytestmark = pytest.mark.deliverable("ingestion")
PROJECT = Path(__file__).resolve().parents[2]
# Decisions, and what follows from them; candidates are a share of train.
NOT_VERSIONED = {"synthesize", "candidates", "register", "deploy", "score", "monitor"}


@pytest.fixture
def versions() -> dict[str, Any]:
    content = yaml.safe_load((PROJECT / "dvc.yaml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def names(entries: list[Any]) -> set[str]:
    return {next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries}


def test_every_result_is_versioned_and_started_as_people_start_it(versions: dict[str, Any], settings: Settings) -> None:
    assert list(versions["stages"]) == [s for s in stage_names(settings) if s not in NOT_VERSIONED]
    for name, stage in versions["stages"].items():
        assert stage["cmd"].startswith(f"uv run --locked stage {name} --run-id dvc ")
        assert f"work/dvc/{name}.json" in names(stage["outs"])


def test_what_a_stage_depends_on_exists_or_is_made_before(versions: dict[str, Any], settings: Settings) -> None:
    made = {settings.paths.landing.as_posix()}
    for name, stage in versions["stages"].items():
        for path in stage["deps"]:
            assert path in made or (PROJECT / path).exists(), (name, path)
        made |= names(stage["outs"])
    paths = settings.paths
    assert {path.as_posix() for path in (paths.raw, paths.processed, paths.features)} <= made
    assert {m.group() for path in made for m in [re.match(r"work", path)] if m} == {paths.work.as_posix()}


def test_parameters_are_sections_of_the_settings(versions: dict[str, Any]) -> None:
    base = yaml.safe_load((PROJECT / "conf" / "base.yaml").read_text(encoding="utf-8"))
    for stage in versions["stages"].values():
        for entry in stage.get("params", []):
            assert set(entry["conf/base.yaml"]) <= set(base)


def test_the_order_is_that_of_the_pipeline(versions: dict[str, Any]) -> None:
    order = [ORDER.index(name) for name in versions["stages"]]
    assert order == sorted(order)


def test_nothing_is_reported_home() -> None:
    assert "analytics = false" in (PROJECT / ".dvc" / "config").read_text(encoding="utf-8")
