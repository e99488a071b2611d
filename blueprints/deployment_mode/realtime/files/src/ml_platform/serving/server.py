"""One prediction process: REST and gRPC over one runtime, from start to graceful end."""

import signal
import socket

import uvicorn
from prometheus_client import CollectorRegistry

from ml_platform.contract import Contract, load_contract
from ml_platform.feature_store.adapter import open_store
from ml_platform.logs import configure_logging, get_logger
from ml_platform.serving.grpc_server import GrpcServer
from ml_platform.serving.predictor import Predictor
from ml_platform.serving.rest import create_app
from ml_platform.serving.runtime import PredictionRuntime
from ml_platform.serving.spans import open_tracer
from ml_platform.serving.telemetry import Telemetry
from ml_platform.settings import Settings, load_settings


def build_runtime(
    settings: Settings, contract: Contract, registry: CollectorRegistry | None = None
) -> PredictionRuntime:
    """Load the deployed model, warm it up and open the online store; the caller closes what it gets.

    Metrics go to `registry`, or to one of their own.
    """
    predictor = Predictor.load(settings.path(settings.serving.model_dir))
    # The first score of a process takes many times longer than the next ones; no caller shall wait for it.
    predictor.warm_up()
    return PredictionRuntime(
        predictor=predictor,
        store=open_store(settings, contract),
        contract=contract,
        settings=settings.serving,
        telemetry=Telemetry(contract.slos["serving_latency"].value / 1000, registry, open_tracer(settings)),
    )


class PredictionServer:
    """Both servers of one process. `serve` returns when the process is told to stop."""

    def __init__(self, settings: Settings, contract: Contract, runtime: PredictionRuntime | None = None) -> None:
        """Open the ports; a `runtime` that another server shares is used instead of one of its own."""
        self._settings = settings
        self._contract = contract
        serving = settings.serving
        rest_port = contract.endpoints["rest"].port if serving.rest_port is None else serving.rest_port
        grpc_port = contract.endpoints["grpc"].port if serving.grpc_port is None else serving.grpc_port
        self._runtime = runtime or build_runtime(settings, contract)
        self._socket = socket.create_server((serving.host, rest_port))
        self.rest_port: int = self._socket.getsockname()[1]
        self._grpc = GrpcServer(self._runtime, host=serving.host, port=grpc_port)
        self.grpc_port = self._grpc.port
        app = create_app(contract, lambda: self._runtime, max_body_bytes=serving.max_body_bytes)
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                app,
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=serving.shutdown_seconds,
                limit_concurrency=serving.threads * 32,
            )
        )

    def serve(self) -> None:
        """Answer until SIGTERM or SIGINT; running requests then have serving.shutdown_seconds to finish."""
        get_logger("serving").info("listening", rest_port=self.rest_port, grpc_port=self.grpc_port)
        try:
            self._uvicorn.run(sockets=[self._socket])
        finally:
            self._grpc.stop(self._settings.serving.shutdown_seconds)

    def stop(self) -> None:
        """End `serve` from another thread."""
        self._uvicorn.should_exit = True


def main() -> None:
    """Console script `serve`: settings from conf and the environment, model from serving.model_dir."""
    configure_logging("serving", "serve")
    settings = load_settings()
    server = PredictionServer(settings, load_contract(settings.root))
    # uvicorn raises the signal again once it has stopped; without a handler of ours that would end the process at once,
    # and gRPC calls that still run would be cut off.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    server.serve()


if __name__ == "__main__":
    main()
