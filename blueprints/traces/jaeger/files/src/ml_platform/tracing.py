"""Spans of stages and requests by OpenTelemetry; the trace's id stands in every log line that is written inside one."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ml_platform.context import StageContext
from ml_platform.logs import CORRELATION
from ml_platform.settings import Settings

SERVING = "ml-platform-serving"
STAGE = "ml-platform-stage"
PROPAGATOR = TraceContextTextMapPropagator()


class Tracer:
    """The tracer of one process; close it, or its last spans are lost."""

    def __init__(self, name: str, settings: Settings, exporter: SpanExporter | None = None) -> None:
        traces = settings.traces
        self._limit = traces.timeout_seconds
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": name, "deployment.environment.name": settings.environment}),
            sampler=ParentBased(TraceIdRatioBased(traces.sampled_share)),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter or OTLPSpanExporter(f"{traces.url}/v1/traces", timeout=traces.timeout_seconds))
        )
        self._tracer = self._provider.get_tracer("ml_platform")

    @contextmanager
    def span(self, name: str, carrier: Mapping[str, str] | None = None) -> Iterator[None]:
        """One span around what is inside; `carrier` holds the caller's W3C header `traceparent`, if it sent one."""
        with self._opened(name, PROPAGATOR.extract(carrier) if carrier is not None else None):
            yield

    @contextmanager
    def stage(self, name: str, run: str) -> Iterator[None]:
        """The span of one stage; all stages of a run share one trace, whatever process or machine they run in."""
        digest = hashlib.sha256(run.encode()).digest()
        parent = trace.SpanContext(
            trace_id=int.from_bytes(digest[:16]),
            span_id=int.from_bytes(digest[16:24]),
            is_remote=True,
            trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
        )
        with self._opened(f"stage {name}", trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())):
            yield

    def close(self) -> None:
        """Deliver what is left, within the limit."""
        self._provider.force_flush(int(self._limit * 1000))
        self._provider.shutdown()

    @contextmanager
    def _opened(self, name: str, parent: Context | None) -> Iterator[None]:
        with self._tracer.start_as_current_span(name, context=parent) as span:
            seen = span.get_span_context()
            earlier = CORRELATION.set(
                {"trace_id": trace.format_trace_id(seen.trace_id), "span_id": trace.format_span_id(seen.span_id)}
            )
            try:
                yield
            finally:
                CORRELATION.reset(earlier)


def open_tracer(settings: Settings) -> Tracer:
    """The tracer of a prediction process."""
    return Tracer(SERVING, settings)


@contextmanager
def trace_stage(stage: str, context: StageContext) -> Iterator[None]:
    """Trace the stage inside; nothing happens where the settings name no collector."""
    if context.settings.traces.url is None:
        yield
        return
    tracer = Tracer(STAGE, context.settings)
    try:
        with tracer.stage(stage, f"{context.contract.project}/{context.settings.environment}/{context.run_id}"):
            yield
    finally:
        tracer.close()
