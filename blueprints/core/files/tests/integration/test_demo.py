"""The demonstration: every claim holds on the session's pipeline, and a claim that fails is told and counted."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from conftest import PROJECT, branched
from ml_platform import demo as command
from ml_platform.context import StageContext
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.demonstration.report import report_html
from ml_platform.settings import load_settings

pytestmark = pytest.mark.deliverable("testing")

# Starting a process takes as long as many tests; test_demo_requests.py asks a server in process instead.
ELSEWHERE = {"serving/requests"}
CLAIMS = load_settings("local", PROJECT).demonstration.checks


@pytest.fixture(scope="module")
def demo(pipeline: StageContext, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    context = branched(pipeline, tmp_path_factory.mktemp("demo") / "project")
    return Demo(PROJECT, context)


def silent(_: str) -> None:
    return None


@pytest.mark.parametrize("name", sorted(set(CLAIMS) - ELSEWHERE))
def test_every_claim_holds(name: str, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.settings.demonstration, "__dict__", {**demo.settings.demonstration.__dict__, "seeds": 2})
    found = list(command.run_checks(demo, command.Progress(silent), {name: CLAIMS[name]}))
    assert found
    assert [f"{check.name}: {check.detail}" for check in found if check.status != "pass"] == []
    assert {check.deliverable for check in found} == {name.partition("/")[0]}


def test_a_fresh_workspace_holds_the_configuration_and_no_data(tmp_path: Path) -> None:
    settings = load_settings("local", PROJECT)
    moved = settings.model_copy(
        update={"demonstration": settings.demonstration.model_copy(update={"workspace": tmp_path / "demo"})}
    )
    fresh = Demo.fresh(PROJECT, moved)
    assert fresh.root == tmp_path / "demo"
    assert (fresh.root / "contract.yaml").is_file()
    assert not (fresh.root / "data").exists()


def broken(_: Demo) -> Iterator[Check]:
    yield claim("testing", "a claim that does not hold", holds=False, detail="seen <something> else")
    raise RuntimeError("defect")


def test_failures_are_told_and_do_not_hide_what_comes_after(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("broken_claims")
    monkeypatch.setattr(module, "checks", broken, raising=False)
    monkeypatch.setitem(sys.modules, "broken_claims", module)
    lines: list[str] = []
    names = {"testing/first": "broken_claims", "testing/second": "broken_claims"}
    found = list(command.run_checks(demo, command.Progress(lines.append), names))
    assert [check.status for check in found] == ["fail"] * 4
    assert found[1].detail == "RuntimeError: defect"
    assert found[1].deliverable == "testing"
    assert all(line.startswith("  x ") for line in lines)
    page = report_html("title", demo.sections, found)
    assert "4 failed" in page
    assert "&lt;something&gt;" in page


def test_command_ends_with_one_where_a_stage_fails_and_writes_the_evidence(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = root / "conf" / "synthetic.yaml"
    data.write_text(data.read_text(encoding="utf-8").replace("most_entities: 6000", "most_entities: 60"))
    base = root / "conf" / "base.yaml"
    base.write_text(base.read_text(encoding="utf-8").replace("ml_platform.stages.ingest", "ml_platform.stages.absent"))
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(root))
    assert command.main([]) == 1
    shown = capsys.readouterr().out
    assert re.search(r"x ingest .*No module named", shown)
    assert "1 failed" in shown
    evidence = json.loads((root / "reports" / "evidence.json").read_text(encoding="utf-8"))
    assert (evidence["version"], evidence["level"]) == (1, "L3")
    assert [(check["deliverable"], check["status"]) for check in evidence["checks"]][-1] == ("ingestion", "fail")
    assert (root / "reports" / "demo.html").read_text(encoding="utf-8").startswith("<!doctype html>")
