"""Structured logs: one JSON object a line on standard error, with the stage and run that every line belongs to."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

ROOT = "ml_platform"
# Set by whoever traces: with these fields a line leads to its trace, and a trace to its lines.
CORRELATION: ContextVar[dict[str, str] | None] = ContextVar("correlation", default=None)


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; values that JSON does not know are written as text."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line.update(CORRELATION.get() or {})
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class ContextLogger:
    """A logger whose lines all carry the same context, e.g. `log.info("read", rows=3)`."""

    def __init__(self, name: str, **context: Any) -> None:
        self._logger = logging.getLogger(f"{ROOT}.{name}" if name != ROOT else ROOT)
        self._context = context

    def bind(self, **context: Any) -> "ContextLogger":
        """The same logger with more context."""
        bound = ContextLogger(ROOT)
        bound._logger = self._logger
        bound._context = {**self._context, **context}
        return bound

    def debug(self, event: str, **fields: Any) -> None:
        """Logs what only a developer needs."""
        self._log(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """Logs what happened."""
        self._log(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Logs what somebody should look at in working hours."""
        self._log(logging.WARNING, event, fields)

    def error(self, event: str, *, exception: BaseException | None = None, **fields: Any) -> None:
        """Logs a failure, with the traceback of `exception` where there is one."""
        self._log(logging.ERROR, event, fields, exception)

    def _log(self, level: int, event: str, fields: dict[str, Any], exception: BaseException | None = None) -> None:
        self._logger.log(level, event, exc_info=exception, extra={"fields": {**self._context, **fields}})


def configure_logging(stage: str, run_id: str, level: str = "INFO") -> ContextLogger:
    """Sends the platform's own lines to standard error as JSON and returns the stage's logger; safe to call again."""
    logger = logging.getLogger(ROOT)
    logger.setLevel(level)
    logger.propagate = False
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    return get_logger(stage, stage=stage, run_id=run_id)


def get_logger(name: str, **context: Any) -> ContextLogger:
    """A logger below `ml_platform`; `context` is added to each of its lines."""
    return ContextLogger(name, **context)
