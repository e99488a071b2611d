"""The gRPC API: the same answers as REST, with gRPC's own status codes, health service and deadlines."""

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from ml_platform.errors import PlatformError, UnknownEntity
from ml_platform.logs import get_logger
from ml_platform.serving.protocol import prediction_pb2, prediction_pb2_grpc
from ml_platform.serving.runtime import DeadlinePassed, InvalidKey, PredictionRuntime, StoreUnavailable
from ml_platform.serving.telemetry import Outcome

SERVICE = "ml_platform.serving.protocol.PredictionService"
FAILURES: dict[type[PlatformError], tuple[grpc.StatusCode, Outcome]] = {
    UnknownEntity: (grpc.StatusCode.NOT_FOUND, "unknown"),
    InvalidKey: (grpc.StatusCode.INVALID_ARGUMENT, "invalid"),
    StoreUnavailable: (grpc.StatusCode.UNAVAILABLE, "unavailable"),
    DeadlinePassed: (grpc.StatusCode.DEADLINE_EXCEEDED, "deadline"),
}


class PredictionService(prediction_pb2_grpc.PredictionServiceServicer):
    """Answers Predict from a runtime that somebody else owns and closes."""

    def __init__(self, runtime: PredictionRuntime) -> None:
        self._runtime = runtime
        self._log = get_logger("serving.grpc")

    def Predict(  # the method's name is the service definition's
        self, request: prediction_pb2.PredictRequest, context: grpc.ServicerContext
    ) -> prediction_pb2.PredictResponse:
        """Score one entity within the caller's deadline."""
        started = perf_counter()
        try:
            with self._runtime.telemetry.tracer.span("request", _headers(context)):
                answer = self._runtime.answer(request.entity_key, seconds=context.time_remaining())
        except PlatformError as error:
            code, outcome = FAILURES.get(type(error), (grpc.StatusCode.INTERNAL, "error"))
            self._runtime.telemetry.answered("grpc", outcome, perf_counter() - started)
            self._log.warning("not answered", outcome=outcome, reason=str(error))
            context.abort(code, str(error))
        self._runtime.telemetry.answered("grpc", "ok", perf_counter() - started)
        moment = Timestamp()
        moment.FromDatetime(answer.feature_timestamp)
        return prediction_pb2.PredictResponse(
            score=answer.score,
            decision=answer.decision,
            model_name=answer.model_name,
            model_version=answer.model_version,
            feature_timestamp=moment,
        )


def _headers(context: grpc.ServicerContext) -> dict[str, str]:
    return {name: value for name, value in context.invocation_metadata() if isinstance(value, str)}


class GrpcServer:
    """A started gRPC server; `port` is the one that was really bound."""

    def __init__(self, runtime: PredictionRuntime, *, host: str, port: int) -> None:
        settings = runtime.settings
        self._server = grpc.server(
            ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="grpc"),
            options=[("grpc.max_receive_message_length", settings.max_body_bytes)],
        )
        prediction_pb2_grpc.add_PredictionServiceServicer_to_server(PredictionService(runtime), self._server)
        self._health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self.port = self._server.add_insecure_port(f"{host}:{port}")
        self._server.start()
        self._health.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)

    def stop(self, seconds: float) -> None:
        """Refuse new calls, give running ones `seconds` to finish, then stop."""
        self._health.enter_graceful_shutdown()
        self._server.stop(seconds).wait()
