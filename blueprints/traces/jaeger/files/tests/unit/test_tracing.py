"""Traces: one for each run of the pipeline, the caller's own for a request, and log lines that lead to them."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ml_platform.context import StageContext
from ml_platform.logs import configure_logging
from ml_platform.settings import load_settings
from ml_platform.tracing import SERVING, Tracer, trace_stage

pytestmark = pytest.mark.deliverable("observability")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    received: list[str] = []

    class Collector(BaseHTTPRequestHandler):
        """Takes what is posted."""

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            received.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def tracing(context: StageContext, url: str | None) -> StageContext:
    """The context of a stage whose spans go to `url`."""
    traces = context.settings.traces.model_copy(update={"url": url, "timeout_seconds": 0.5})
    return replace(context, settings=context.settings.model_copy(update={"traces": traces}))


def test_a_request_continues_the_trace_of_its_caller_and_its_log_lines_name_it(
    context: StageContext, capsys: pytest.CaptureFixture[str]
) -> None:
    exporter = InMemorySpanExporter()
    tracer = Tracer(SERVING, context.settings, exporter)
    log = configure_logging("serving", "serve")
    with tracer.span("request", CALLER), tracer.span("feature lookup"):
        log.info("inside")
    log.info("outside")
    tracer.close()
    lookup, request = exporter.get_finished_spans()
    assert (lookup.name, request.name) == ("feature lookup", "request")
    assert lookup.parent is not None
    assert lookup.parent.span_id == request.context.span_id
    assert request.parent is not None
    assert f"{request.context.trace_id:032x}" == TRACE
    inside, outside = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (inside["trace_id"], inside["span_id"]) == (TRACE, f"{lookup.context.span_id:016x}")
    assert "trace_id" not in outside


def test_all_stages_of_a_run_share_one_trace_and_another_run_has_its_own(context: StageContext) -> None:
    exporter = InMemorySpanExporter()
    tracer = Tracer("stages", context.settings, exporter)
    for stage, run in (("train", "p/dev/1"), ("evaluate", "p/dev/1"), ("train", "p/dev/2")):
        with tracer.stage(stage, run):
            pass
    tracer.close()
    first, second, other = (span.context.trace_id for span in exporter.get_finished_spans())
    assert first == second != other


def test_no_request_is_traced_where_the_share_is_none_and_the_caller_has_not_decided(context: StageContext) -> None:
    traces = context.settings.traces.model_copy(update={"sampled_share": 0.0})
    exporter = InMemorySpanExporter()
    tracer = Tracer(SERVING, context.settings.model_copy(update={"traces": traces}), exporter)
    with tracer.span("request", {}):
        pass
    with tracer.span("decided", CALLER):
        pass
    tracer.close()
    assert [span.name for span in exporter.get_finished_spans()] == ["decided"]


def test_a_stage_delivers_its_span_before_its_process_ends(
    context: StageContext, collector: tuple[str, list[str]]
) -> None:
    url, received = collector
    with trace_stage("train", tracing(context, url)):
        assert received == []
    assert received == ["/v1/traces"]


def test_a_stage_ends_well_without_a_collector(context: StageContext) -> None:
    for url in (None, "http://127.0.0.1:9"):
        with trace_stage("train", tracing(context, url)):
            pass


def test_this_machine_traces_nothing_and_a_cluster_everything(context: StageContext) -> None:
    root = context.root
    local = load_settings("local", root)
    assert local.traces.url is None
    assert "traces" not in local.pipeline.around
    service = context.contract.services["traces"]
    for environment in ("dev", "staging", "prod"):
        settings = load_settings(environment, root)
        assert settings.pipeline.around["traces"] == "ml_platform.tracing:trace_stage"
        assert settings.traces.url == f"http://{service.service}.{service.namespace}.svc.cluster.local:4318"
