"""What a prediction process traces: nothing, with no library loaded for it, unless the settings name a tracer."""

import importlib
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from ml_platform.errors import SettingsInvalid
from ml_platform.settings import Settings


class Tracer(Protocol):
    """Follows a request through its parts."""

    def span(self, name: str, carrier: Mapping[str, str] | None = None) -> AbstractContextManager[None]:
        """One span around what is inside; `carrier` holds the caller's headers."""

    def close(self) -> None:
        """Deliver the last spans."""


class NoTracer:
    """Costs nothing."""

    def span(self, name: str, carrier: Mapping[str, str] | None = None) -> AbstractContextManager[None]:
        """Around what is inside, nothing."""
        return nullcontext()

    def close(self) -> None:
        """Nothing is left to deliver."""


def open_tracer(settings: Settings) -> Tracer:
    """The tracer that `traces.tracer` names, where spans have a collector; raises SettingsInvalid."""
    traces = settings.traces
    if traces.url is None or traces.tracer is None:
        return NoTracer()
    module, _, function = traces.tracer.partition(":")
    try:
        opened: Tracer = getattr(importlib.import_module(module), function)(settings)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsInvalid(f"expected module:function in traces.tracer, got {traces.tracer!r}") from error
    return opened
