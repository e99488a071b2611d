"""docs/validation-checklist.md names gates, commands and files that exist, and leaves no bound of the contract out."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.settings import Settings
from ml_platform.stage import stage_names

pytestmark = pytest.mark.deliverable("registry")
PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "validation-checklist.md"
STAGE = "uv run --locked stage "
# Written by the two commands that run everything, and so not by a pipeline.
OF_WHOLE_RUNS = {"make test": "reports/tests.json", "make demo": "reports/evidence.json"}


class Line(NamedTuple):
    holds: str
    gate: str
    command: str
    answer: str


def lines() -> list[Line]:
    rows = re.findall(r"^\| \[ \] \| (.+) \| `([^`|]+)` \| (.+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    return [Line(holds, gate, command.strip("`"), answer.strip("`")) for holds, gate, command, answer in rows]


def test_every_line_of_the_table_is_read() -> None:
    assert len(lines()) == PAGE.read_text(encoding="utf-8").count("| [ ] |") > 8


def test_every_command_exists(settings: Settings) -> None:
    targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.M)
    for line in lines():
        if line.command.startswith(STAGE):
            assert line.command.removeprefix(STAGE) in stage_names(settings)
        elif line.command.startswith("make "):
            assert line.command.removeprefix("make ") in targets
        else:
            assert line.command in {"a person", "uv run --locked registry history"}


def test_every_answer_is_written_and_holds_its_gate(pipeline: StageContext) -> None:
    stages = [line for line in lines() if line.command.startswith(STAGE)]
    for line in stages:
        answer = pipeline.root / line.answer.replace("<run id>", pipeline.run_id)
        assert answer.is_file(), line
        assert f'"{line.gate}"' in answer.read_text(encoding="utf-8"), line
    card = next(line for line in lines() if line.gate == "model-card.md")
    assert (pipeline.root / card.answer.replace("<run id>", pipeline.run_id)).is_file()


def test_commands_that_run_everything_name_their_own_report() -> None:
    for line in lines():
        if line.command in OF_WHOLE_RUNS:
            assert line.answer == OF_WHOLE_RUNS[line.command]


def test_no_bound_of_the_contract_is_left_out(contract: Contract) -> None:
    said = {line.gate: line.holds for line in lines()}
    for name, metric in contract.metrics.items():
        if metric.role != "report" and metric.threshold is not None:
            assert said[name].endswith(f" {metric.threshold:g}"), name
    before = {name for name in contract.criteria if name.startswith("SC-DATA")} - {"SC-DATA-4"}
    assert before <= set(said)
