"""A request over REST and gRPC leaves its spans in the caller's trace; without a collector nothing is loaded for it."""

import importlib
import sys
from pathlib import Path

import grpc
import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from ml_platform.errors import SettingsInvalid
from ml_platform.serving.config import ServingSettings
from ml_platform.serving.grpc_server import GrpcServer
from ml_platform.serving.predictor import Predictor
from ml_platform.serving.protocol import prediction_pb2, prediction_pb2_grpc
from ml_platform.serving.rest import create_app
from ml_platform.serving.runtime import PredictionRuntime
from ml_platform.serving.server import PredictionServer
from ml_platform.serving.spans import NoTracer, open_tracer
from ml_platform.serving.telemetry import Telemetry
from ml_platform.settings import Settings
from ml_platform.tracing import SERVING, Tracer
from serving_support import MemoryStore, feature_rows, key_of, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("observability")
CONTRACT = project_contract()
KEY = CONTRACT.datasets["measures"].key
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def runtime(tmp_path: Path, settings: Settings, exporter: InMemorySpanExporter) -> PredictionRuntime:
    return PredictionRuntime(
        predictor=Predictor.load(save_small_bundle(tmp_path / "bundle", CONTRACT)),
        store=MemoryStore(feature_rows(CONTRACT, 5), KEY),
        contract=CONTRACT,
        settings=ServingSettings(threads=2),
        telemetry=Telemetry(0.2, tracer=Tracer(SERVING, settings, exporter)),
    )


def traced(exporter: InMemorySpanExporter) -> dict[str, str]:
    return {span.name: f"{span.context.trace_id:032x}" for span in exporter.get_finished_spans()}


def loaded() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "ml_platform"]


def test_rest(runtime: PredictionRuntime, exporter: InMemorySpanExporter) -> None:
    app = create_app(CONTRACT, lambda: runtime, max_body_bytes=512)
    with TestClient(app) as client:
        body = {KEY: key_of(CONTRACT, 2)}
        path = CONTRACT.endpoints["rest"].path
        assert client.post(path, json=body, headers={"traceparent": TRACEPARENT}).status_code == 200
    assert traced(exporter) == {"feature lookup": TRACE, "predict": TRACE, "request": TRACE}


def test_grpc(runtime: PredictionRuntime, exporter: InMemorySpanExporter) -> None:
    server = GrpcServer(runtime, host="127.0.0.1", port=0)
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        stub = prediction_pb2_grpc.PredictionServiceStub(channel)
        request = prediction_pb2.PredictRequest(entity_key=str(key_of(CONTRACT, 2)))
        stub.Predict(request, timeout=5, metadata=(("traceparent", TRACEPARENT),))
    server.stop(1)
    runtime.close()
    assert traced(exporter) == {"feature lookup": TRACE, "predict": TRACE, "request": TRACE}


def test_off_means_that_no_library_of_traces_is_loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(open_tracer(settings), NoTracer)
    # As in a new process, only that the libraries, which take seconds to load, are there already.
    for name in loaded():
        monkeypatch.delitem(sys.modules, name)
    server = importlib.import_module("ml_platform.serving.server")
    needed = loaded()
    for name in needed:
        del sys.modules[name]
    assert server.PredictionServer is not PredictionServer
    assert "ml_platform.serving.runtime" in needed
    assert "ml_platform.tracing" not in needed


def test_the_settings_name_the_tracer(settings: Settings) -> None:
    traces = settings.traces.model_copy(
        update={"url": "http://127.0.0.1:9", "tracer": "ml_platform.tracing:open_tracer"}
    )
    opened = open_tracer(settings.model_copy(update={"traces": traces}))
    assert isinstance(opened, Tracer)
    opened.close()
    absent = traces.model_copy(update={"tracer": "ml_platform.tracing:absent"})
    with pytest.raises(SettingsInvalid, match=r"traces\.tracer"):
        open_tracer(settings.model_copy(update={"traces": absent}))
