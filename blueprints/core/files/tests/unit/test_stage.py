"""The runner: limits, alerts, hand-overs, and nothing that fails in silence."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from ml_platform import stage as runner
from ml_platform.context import StageContext, StageHandover, handover_path
from ml_platform.errors import MissingHandover, SettingsInvalid, StageInterrupted, StageTimeout, UnknownStage
from ml_platform.stage import make_context, read_handover, run_stage, stage_names

pytestmark = pytest.mark.deliverable("code-structure")


class Counted(StageHandover):
    """A hand-over with one value of its own."""

    rows: int


def with_stage(
    context: StageContext, monkeypatch: pytest.MonkeyPatch, run: Callable[[StageContext], object], **changes: object
) -> StageContext:
    """The context of a project whose `ingest` does what the test says."""
    module = ModuleType("trial_stage")
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "trial_stage", module)
    update = {"stages": {"ingest": "trial_stage"}, "backoff_seconds": 0.0, **changes}
    pipeline = context.settings.pipeline.model_copy(update=update)
    settings = context.settings.model_copy(update={"pipeline": pipeline})
    return StageContext(settings, context.contract, context.root, context.run_id, context.as_of, context.log)


def alerts(context: StageContext) -> list[dict[str, str]]:
    path = context.root / "reports" / "alerts.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def test_a_stage_leaves_its_hand_over_and_lineage(context: StageContext, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = with_stage(context, monkeypatch, lambda _: Counted(rows=3, outputs={"data/a": "1"}))
    run_stage("ingest", trial)
    before = handover_path(trial, "ingest").read_bytes()
    assert read_handover(trial, "ingest", Counted).rows == 3
    assert (trial.work / "lineage" / "ingest.json").is_file()
    run_stage("ingest", trial)
    assert handover_path(trial, "ingest").read_bytes() == before
    assert alerts(trial) == []


def test_a_stage_runs_inside_what_the_settings_put_around_it(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    @contextmanager
    def surround(stage: str, _: StageContext) -> Iterator[None]:
        seen.append(f"before {stage}")
        yield
        seen.append("after")

    def run(_: StageContext) -> StageHandover:
        seen.append("inside")
        return StageHandover()

    trial = with_stage(context, monkeypatch, run, around={"watch": "trial_stage:surround"})
    monkeypatch.setattr(sys.modules["trial_stage"], "surround", surround, raising=False)
    run_stage("ingest", trial)
    assert seen == ["before ingest", "inside", "after"]
    absent = with_stage(context, monkeypatch, run, around={"watch": "trial_stage:absent"})
    with pytest.raises(SettingsInvalid, match=r"pipeline\.around\.watch"):
        run_stage("ingest", absent)


def test_a_failing_stage_sends_an_alert_and_leaves_no_hand_over(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: StageContext) -> StageHandover:
        raise ValueError("no such column")

    run_stage("ingest", with_stage(context, monkeypatch, lambda _: Counted(rows=3)))
    trial = with_stage(context, monkeypatch, broken)
    with pytest.raises(ValueError, match="no such column"):
        run_stage("ingest", trial)
    (alert,) = alerts(trial)
    assert "stage ingest failed" in alert["title"]
    assert "no such column" in alert["text"]
    with pytest.raises(MissingHandover):
        read_handover(trial, "ingest", Counted)


@pytest.mark.parametrize(("interruption", "code"), [(StageInterrupted("a node goes"), 143), (KeyboardInterrupt(), 130)])
def test_an_interrupted_stage_says_so_and_alerts_nobody(
    context: StageContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    interruption: BaseException,
    code: int,
) -> None:
    def stopped(_: StageContext) -> StageHandover:
        raise interruption

    trial = with_stage(context, monkeypatch, stopped)
    monkeypatch.setattr(runner, "make_context", lambda *_, **__: trial)
    assert (runner.main(["ingest"]), runner.pipeline([])) == (code, code)
    written = capsys.readouterr().err
    assert written.count("stage interrupted") == 2
    assert "failed" not in written
    assert alerts(trial) == []
    with pytest.raises(MissingHandover):
        read_handover(trial, "ingest", Counted)


def test_a_hanging_stage_is_stopped_and_reported(context: StageContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(_: StageContext) -> StageHandover:
        time.sleep(20)
        return StageHandover()

    trial = with_stage(context, monkeypatch, hang, timeouts={"ingest": 0.1})
    started = time.monotonic()
    with pytest.raises(StageTimeout, match=r"pipeline\.timeouts\.ingest"):
        run_stage("ingest", trial)
    assert time.monotonic() - started < 10
    assert "StageTimeout" in alerts(trial)[0]["text"]


def test_files_and_network_are_tried_again_within_the_limit(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def shaky(_: StageContext) -> StageHandover:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("reset")
        return StageHandover()

    run_stage("ingest", with_stage(context, monkeypatch, shaky, attempts=3))
    assert len(calls) == 3
    calls.clear()
    with pytest.raises(ConnectionError):
        run_stage("ingest", with_stage(context, monkeypatch, shaky, attempts=2))


def test_a_stage_that_returns_nothing_is_a_bug(context: StageContext, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError, match="must return"):
        run_stage("ingest", with_stage(context, monkeypatch, lambda _: None))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "run `uv run stage ingest"),
        ("{", "damaged"),
        ("[]", "damaged"),
        ('{"as_of": "2026-11-20"}', "damaged"),
        ('{"as_of": "2026-11-20", "values": {}}', "rows"),
        ('{"as_of": "2026-11-20", "values": {"rows": null}}', "rows"),
        ('{"as_of": "2026-11-19", "values": {"rows": 1}}', "as of 2026-11-19"),
    ],
)
def test_a_missing_hand_over_value_is_never_filled_in(context: StageContext, content: str | None, message: str) -> None:
    path = handover_path(context, "ingest")
    if content is not None:
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
    with pytest.raises(MissingHandover, match=message):
        read_handover(context, "ingest", Counted)


def test_an_unknown_stage_is_named_and_demonstration_data_stay_local(root: Path) -> None:
    context = make_context("local", date(2026, 11, 20), "run-1", root)
    with pytest.raises(UnknownStage, match="expected one of"):
        run_stage("trian", context)
    assert stage_names(context.settings)[:2] == ["synthesize", "ingest"]
    assert "synthesize" not in stage_names(make_context("prod", root=root).settings)
    assert stage_names(context.settings) == [s for s in runner.ORDER if s in context.settings.pipeline.stages]


def test_the_command_line_reports_by_exit_code(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(root))
    assert runner.main(["ingest", "--environment", "local"]) == 1
    assert "synthesize" in capsys.readouterr().err
    assert runner.main(["nothing", "--environment", "local"]) == 2
    assert runner.main(["ingest", "--environment", "prod"]) == 2
    assert runner.pipeline(["--environment", "prod"]) == 2


def test_the_pipeline_command_runs_the_stages_in_order(
    context: StageContext, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = with_stage(context, monkeypatch, lambda _: StageHandover())
    monkeypatch.setattr(runner, "make_context", lambda *_, **__: trial)
    assert runner.pipeline([]) == 0
    assert runner.main(["ingest"]) == 0
    assert handover_path(trial, "ingest").is_file()
    assert "stage finished" in capsys.readouterr().err


def test_a_stage_that_never_returns_ends_the_process(context: StageContext, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("os._exit", ended.append)
    monkeypatch.setattr(runner, "GRACE_SECONDS", 0.0)
    trial = with_stage(context, monkeypatch, lambda _: StageHandover(), timeouts={"ingest": 0.01})
    runner._watchdog("ingest", trial).join(5)
    assert ended == [124]
    assert "hangs" in alerts(trial)[0]["title"]
