"""Leaves the metrics of a stage with a Pushgateway, because its process and its disk are gone before a scrape."""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, Metric, pushadd_to_gateway
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from ml_platform.alerts import notify
from ml_platform.context import StageContext
from ml_platform.errors import StageInterrupted

JOB = "ml-platform"
TEXTFILES = "*.prom"


class WrittenMetrics(Collector):
    """The metrics of text files, as they were written."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files

    def collect(self) -> Iterator[Metric]:
        """Every metric of every file."""
        for file in self._files:
            yield from text_string_to_metric_families(file.read_text(encoding="utf-8"))


@contextmanager
def push_metrics(stage: str, context: StageContext) -> Iterator[None]:
    """Push what the stage inside has written and how it ended, also where it failed; a push never fails a stage."""
    if context.settings.monitoring.push_url is None:
        yield
        return
    # Reports of earlier runs come back from their bucket; pushed again, they would look like news.
    before = _textfiles(context)
    started, succeeded, interrupted = time.time(), False, False
    try:
        yield
        succeeded = True
    except (StageInterrupted, KeyboardInterrupt):
        # Neither ended well nor failed: what is known of the last run that ended stays as it is.
        interrupted = True
        raise
    finally:
        if not interrupted:
            fresh = [file for file, written in _textfiles(context).items() if before.get(file) != written]
            _push(stage, context, fresh, seconds=time.time() - started, succeeded=succeeded)


def _textfiles(context: StageContext) -> dict[Path, int]:
    folder = context.path(context.settings.paths.reports)
    return {file: file.stat().st_mtime_ns for file in sorted(folder.rglob(TEXTFILES))}


def _push(stage: str, context: StageContext, files: list[Path], *, seconds: float, succeeded: bool) -> None:
    registry = CollectorRegistry()
    registry.register(WrittenMetrics(files))
    duration = Gauge("ml_platform_stage_duration_seconds", "Duration of the last run.", ["stage"], registry=registry)
    duration.labels(stage).set(seconds)
    state = Gauge("ml_platform_stage_succeeded", "1 if the last run ended well.", ["stage"], registry=registry)
    state.labels(stage).set(1 if succeeded else 0)
    if succeeded:
        # A gateway keeps what is not replaced, so that the last success outlives a failure.
        last = Gauge(
            "ml_platform_stage_last_success_timestamp_seconds",
            "End of the last good run.",
            ["stage"],
            registry=registry,
        )
        last.labels(stage).set(time.time())
    settings = context.settings.monitoring
    reason = ""
    for attempt in range(1, settings.push_attempts + 1):
        try:
            pushadd_to_gateway(
                settings.push_url or "",
                JOB,
                registry,
                grouping_key={"stage": stage},
                timeout=settings.push_timeout_seconds,
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            context.log.warning("metrics not pushed", attempt=attempt, reason=reason)
            if attempt < settings.push_attempts:
                time.sleep(settings.push_backoff_seconds * 2 ** (attempt - 1))
        else:
            context.log.info("metrics pushed", files=len(files))
            return
    notify(
        context.settings,
        f"{context.contract.project}: metrics of stage {stage} did not reach {settings.push_url}",
        f"{reason}; dashboards and alerts go on with those of an earlier run",
        "warning",
    )
