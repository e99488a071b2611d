"""The gRPC API over a real socket: answers, status codes, health and deadlines."""

from collections.abc import Iterator
from dataclasses import dataclass

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ml_platform.serving.config import ServingSettings
from ml_platform.serving.grpc_server import SERVICE, GrpcServer
from ml_platform.serving.predictor import Predictor
from ml_platform.serving.protocol import prediction_pb2, prediction_pb2_grpc
from ml_platform.serving.runtime import PredictionRuntime
from ml_platform.serving.telemetry import Telemetry
from serving_support import MemoryStore, feature_rows, key_of, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()
KEY = CONTRACT.datasets["measures"].key
ROWS = feature_rows(CONTRACT, 5)


@dataclass(frozen=True)
class Served:
    """A running server and a client of it."""

    store: MemoryStore
    predictor: Predictor
    telemetry: Telemetry
    channel: grpc.Channel

    def predict(self, key: int | str, timeout: float = 5.0) -> prediction_pb2.PredictResponse:
        stub = prediction_pb2_grpc.PredictionServiceStub(self.channel)
        answer: prediction_pb2.PredictResponse = stub.Predict(
            prediction_pb2.PredictRequest(entity_key=str(key)), timeout=timeout
        )
        return answer

    def failure(self, key: int | str, timeout: float = 5.0) -> grpc.StatusCode:
        with pytest.raises(grpc.RpcError) as raised:
            self.predict(key, timeout)
        return raised.value.code()


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    predictor = Predictor.load(save_small_bundle(tmp_path_factory.mktemp("grpc") / "bundle", CONTRACT))
    store = MemoryStore(ROWS, KEY)
    telemetry = Telemetry(CONTRACT.slos["serving_latency"].value / 1000)
    settings = ServingSettings(store_timeout_seconds=0.3, threads=4)
    runtime = PredictionRuntime(
        predictor=predictor, store=store, contract=CONTRACT, settings=settings, telemetry=telemetry
    )
    server = GrpcServer(runtime, host="127.0.0.1", port=0)
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        yield Served(store, predictor, telemetry, channel)
    server.stop(1)
    runtime.close()


def test_known_entity_gets_the_predictors_own_score(served: Served) -> None:
    answer = served.predict(key_of(CONTRACT, 3))
    assert answer.score == pytest.approx(float(served.predictor.predict(ROWS.iloc[[2]])[0]), abs=1e-12)
    assert answer.model_version == "7"
    assert answer.feature_timestamp.ToDatetime().isoformat() == "2026-01-05T00:00:00"


def test_failures_have_their_own_codes(served: Served) -> None:
    assert served.failure(key_of(CONTRACT, 999_999)) == grpc.StatusCode.NOT_FOUND
    assert served.failure("") == grpc.StatusCode.INVALID_ARGUMENT
    assert served.failure("-1 or more") == grpc.StatusCode.INVALID_ARGUMENT
    served.store.failure = ConnectionError("connection refused")
    assert served.failure(key_of(CONTRACT, 1)) == grpc.StatusCode.UNAVAILABLE
    assert b'outcome="unavailable",protocol="grpc"} 1.0' in served.telemetry.exposition()


def test_the_callers_deadline_ends_the_lookup(served: Served) -> None:
    served.store.delay = 0.25
    assert served.failure(key_of(CONTRACT, 1), timeout=0.05) == grpc.StatusCode.DEADLINE_EXCEEDED


def test_health_service_knows_the_prediction_service(served: Served) -> None:
    stub = health_pb2_grpc.HealthStub(served.channel)
    for name in ("", SERVICE):
        answer = stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
