"""One JSON object a line, with its context."""

import json

import pytest

from ml_platform.logs import configure_logging

pytestmark = pytest.mark.deliverable("code-structure")


def test_every_line_is_json_with_stage_run_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    log = configure_logging("ingest", "run-1", "DEBUG")
    log.bind(dataset="measures").info("read", rows=3)
    log.debug("detail")
    log.warning("late", since=object)
    try:
        raise ValueError("broken")
    except ValueError as error:
        log.error("failed", exception=error)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["read", "detail", "late", "failed"]
    assert all(line["stage"] == "ingest" and line["run_id"] == "run-1" for line in lines)
    assert (lines[0]["rows"], lines[0]["dataset"], lines[0]["level"]) == (3, "measures", "info")
    assert "ValueError: broken" in lines[3]["exception"]
