"""Runs one stage as every environment runs it: limited in time, logged, recorded, and never failing in silence."""

import argparse
import importlib
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import FrameType, ModuleType

from ml_platform import lineage, storage
from ml_platform.alerts import notify, require_channels
from ml_platform.context import StageContext, StageHandover, handover_path, read_handover, write_handover
from ml_platform.contract import load_contract
from ml_platform.errors import PlatformError, SettingsInvalid, StageInterrupted, StageTimeout, UnknownStage
from ml_platform.logs import configure_logging, get_logger
from ml_platform.settings import ENVIRONMENTS, Settings, load_settings

__all__ = ["ORDER", "StageContext", "StageHandover", "make_context", "read_handover", "run_stage", "stage_names"]

# The order of the pipeline; a design holds those of them that its settings name.
ORDER = (
    "synthesize",
    "ingest",
    "validate",
    "features",
    "candidates",
    "train",
    "evaluate",
    "register",
    "deploy",
    "score",
    "monitor",
)
GRACE_SECONDS = 30.0
# What a shell says of a process that Ctrl-C ended.
STOPPED_BY_HAND = 130
# An orchestrator that starts several processes of one stage tells them apart by this variable.
PART_VARIABLE = "ML_PLATFORM_PART"
PART = re.compile(r"[A-Za-z0-9_]+")


def stage_names(settings: Settings) -> list[str]:
    """The stages of this design, in pipeline order; demonstration data are made locally only."""
    local = settings.environment == "local"
    return [s for s in ORDER if s in settings.pipeline.stages and (local or s != "synthesize")]


def make_context(
    environment: str | None = None,
    as_of: date | None = None,
    run_id: str | None = None,
    root: Path | None = None,
    part: str | None = None,
) -> StageContext:
    """Loads settings and contract; the run id defaults to the date, so stages started one by one share a run.

    Raises SettingsInvalid where `part` is no name.
    """
    if part is not None and not PART.fullmatch(part):
        raise SettingsInvalid(f"expected letters, digits and _ as a stage's part, got {part!r}")
    settings = load_settings(environment, root)
    day = as_of or settings.pipeline.as_of or datetime.now(UTC).date()
    run = run_id or day.isoformat()
    return StageContext(
        settings=settings,
        contract=load_contract(settings.root),
        root=settings.root,
        run_id=run,
        as_of=day,
        log=get_logger("stage", run_id=run, environment=settings.environment),
        part=part,
    )


def run_stage(name: str, context: StageContext) -> StageHandover:
    """Runs a stage and writes its hand-over and lineage; any failure is logged, sent as an alert and raised again.

    An interruption is logged only: nothing is wrong, and whoever started the stage starts it again.
    """
    log = context.log.bind(stage=name)
    bound = replace(context, log=log)
    started = time.monotonic()
    try:
        require_channels(context.settings)
        module = _module(name, context.settings)
        limit = context.settings.pipeline.timeouts.get(name, context.settings.pipeline.timeout_seconds)
        log.info("stage started", as_of=context.as_of, limit_seconds=limit)
        with time_limit(name, limit):
            storage.pull(bound)
            # From here on the stage has not ended well, whatever an earlier attempt left behind.
            handover_path(bound, name).unlink(missing_ok=True)
            with _surroundings(name, bound):
                handover = _attempt(name, module, bound)
            write_handover(bound, name, handover)
            lineage.record(bound, name, handover)
            storage.push(bound)
    except (StageInterrupted, KeyboardInterrupt):
        log.warning("stage interrupted", seconds=round(time.monotonic() - started, 3))
        raise
    except Exception as error:
        log.error("stage failed", exception=error, seconds=round(time.monotonic() - started, 3))
        notify(
            context.settings,
            f"{context.contract.project}: stage {name} failed in {context.settings.environment}",
            f"run {context.run_id}, as of {context.as_of}\n{type(error).__name__}: {error}",
            "critical",
        )
        raise
    log.info("stage finished", seconds=round(time.monotonic() - started, 3), outputs=len(handover.outputs))
    return handover


@contextmanager
def time_limit(name: str, seconds: float) -> Iterator[None]:
    """Raises StageTimeout after `seconds`, in the main thread; elsewhere signals cannot be set and nothing happens."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise StageTimeout(
            f"stage {name} ran longer than {seconds:g} s; look at its last log line, or raise pipeline.timeouts.{name}"
        )

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _module(name: str, settings: Settings) -> ModuleType:
    known = stage_names(settings)
    if name not in known:
        raise UnknownStage(
            f"expected one of {', '.join(known)} in the {settings.environment} environment, got {name!r}"
        )
    return importlib.import_module(settings.pipeline.stages[name])


@contextmanager
def _surroundings(name: str, context: StageContext) -> Iterator[None]:
    """Everything that `pipeline.around` names: what a design adds to each stage without the runner knowing it."""
    with ExitStack() as stack:
        for key, path in context.settings.pipeline.around.items():
            module, _, function = path.partition(":")
            try:
                surround = getattr(importlib.import_module(module), function)
            except (ImportError, AttributeError, ValueError) as error:
                raise SettingsInvalid(f"expected module:function in pipeline.around.{key}, got {path!r}") from error
            stack.enter_context(surround(name, context))
        yield


def _attempt(name: str, module: ModuleType, context: StageContext) -> StageHandover:
    # Only files and network may get better by themselves; what the platform refuses stays refused.
    pipeline = context.settings.pipeline
    for attempt in range(1, pipeline.attempts + 1):
        try:
            handover = module.run(context)
        except OSError as error:
            if attempt == pipeline.attempts:
                raise
            context.log.warning("stage tried again", attempt=attempt, reason=str(error))
            time.sleep(pipeline.backoff_seconds * 2 ** (attempt - 1))
        else:
            if not isinstance(handover, StageHandover):
                raise TypeError(f"stage {name} must return a StageHandover, got {type(handover).__name__}")
            return handover
    raise AssertionError("unreachable: attempts is at least 1")


def _watchdog(name: str, context: StageContext) -> threading.Timer:
    # Native code that never returns to the interpreter sees no signal; a thread can still report and end it.
    pipeline = context.settings.pipeline
    limit = pipeline.timeouts.get(name, pipeline.timeout_seconds) + GRACE_SECONDS

    def end() -> None:
        title = f"{context.contract.project}: stage {name} hangs"
        notify(context.settings, title, f"ended after {limit:g} s", "critical")
        os._exit(StageTimeout.exit_code)

    timer = threading.Timer(limit, end)
    timer.daemon = True
    timer.start()
    return timer


def main(arguments: Sequence[str] | None = None) -> int:
    """Console script `stage`; the exit code is 0, that of the error, or 143 and 130 after SIGTERM and Ctrl-C."""
    parser = argparse.ArgumentParser(prog="stage", description="Runs one stage of the pipeline.")
    parser.add_argument("name", help=f"one of: {', '.join(ORDER)} (those that this design has)")
    parser.add_argument("--environment", choices=ENVIRONMENTS)
    parser.add_argument("--as-of", type=date.fromisoformat, help="YYYY-MM-DD; the data are seen as of that day")
    parser.add_argument("--run-id", help="default: the date")
    parser.add_argument(
        "--part", default=os.environ.get(PART_VARIABLE), help="share of a stage that runs side by side with others"
    )
    options = parser.parse_args(arguments)
    log = configure_logging(options.name, options.run_id or "")
    watchdog: threading.Timer | None = None
    try:
        context = make_context(options.environment, options.as_of, options.run_id, part=options.part)
        watchdog = _watchdog(options.name, context)
        run_stage(options.name, context)
    except PlatformError as error:
        log.error(str(error), kind=type(error).__name__)
        return error.exit_code
    except KeyboardInterrupt:
        return STOPPED_BY_HAND
    finally:
        if watchdog is not None:
            watchdog.cancel()
    return 0


def pipeline(arguments: Sequence[str] | None = None) -> int:
    """Console script `pipeline`: every stage in order, in one process, as an orchestrator would start them."""
    parser = argparse.ArgumentParser(prog="pipeline", description="Runs all stages in order and stops at a failure.")
    parser.add_argument("--environment", choices=ENVIRONMENTS)
    parser.add_argument("--as-of", type=date.fromisoformat, help="YYYY-MM-DD; the data are seen as of that day")
    parser.add_argument("--run-id", help="default: the date")
    options = parser.parse_args(arguments)
    log = configure_logging("pipeline", options.run_id or "")
    try:
        context = make_context(options.environment, options.as_of, options.run_id)
        for name in stage_names(context.settings):
            run_stage(name, context)
    except PlatformError as error:
        log.error(str(error), kind=type(error).__name__)
        return error.exit_code
    except KeyboardInterrupt:
        return STOPPED_BY_HAND
    return 0


if __name__ == "__main__":
    sys.exit(main())
