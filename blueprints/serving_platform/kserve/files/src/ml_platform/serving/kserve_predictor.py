"""The process of a prediction pod: the Open Inference Protocol (V2), REST and gRPC in front of one runtime."""

import argparse
import asyncio
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd
from kserve import InferInput, InferOutput, InferRequest, InferResponse, Model, ModelServer
from kserve.errors import InferenceError, InvalidInput
from prometheus_client import REGISTRY

from ml_platform.contract import load_contract
from ml_platform.errors import ModelRefused, PlatformError, UnknownEntity
from ml_platform.logs import configure_logging, get_logger
from ml_platform.serving.runtime import InvalidKey, PredictionRuntime
from ml_platform.serving.server import PredictionServer, build_runtime
from ml_platform.serving.telemetry import Outcome
from ml_platform.settings import load_settings

# Where KServe's storage initializer puts the bundle of an InferenceService.
MODEL_DIR = Path("/mnt/models")  # platform-path: KServe's own mount point
CALLERS_MISTAKES: dict[type[Exception], Outcome] = {
    UnknownEntity: "unknown",
    InvalidKey: "invalid",
    ModelRefused: "invalid",
    ValueError: "invalid",
}


class ContractPredictor(Model):
    """Takes either one input named after the entity's key, or one input for each feature of the model."""

    def __init__(self, name: str, runtime: PredictionRuntime) -> None:
        super().__init__(name)
        self._runtime = runtime
        self._log = get_logger("serving.kserve")
        self.ready = True

    async def predict(
        self, payload: InferRequest | dict[str, Any], headers: Any = None, response_headers: Any = None
    ) -> InferResponse:
        """Score one V2 request: 400 where it cannot be scored, 500 where the feature store fails."""
        started = perf_counter()
        outcome: Outcome = "ok"
        try:
            if not isinstance(payload, InferRequest):
                raise InvalidKey("expected a request of the V2 protocol, at /v2/models/<name>/infer")
            # The thread takes the span along, so that lookup and prediction become parts of it.
            with self._runtime.telemetry.tracer.span("request", headers or {}):
                scores = await asyncio.to_thread(self._scores, {each.name: each for each in payload.inputs})
        except (PlatformError, ValueError) as error:
            outcome = CALLERS_MISTAKES.get(type(error), "unavailable")
            self._log.warning("not answered", outcome=outcome, reason=str(error))
            raise (InferenceError if outcome == "unavailable" else InvalidInput)(str(error)) from error
        finally:
            self._runtime.telemetry.answered("kserve", outcome, perf_counter() - started)
        return InferResponse(
            # The protocol lets callers leave the id out, and answers must carry one.
            response_id=payload.id or str(uuid.uuid4()),
            model_name=self.name,
            model_version=self._runtime.predictor.version,
            infer_outputs=[InferOutput("score", [len(scores)], "FP64", data=scores)],
        )

    def stop(self) -> None:
        """Close the feature store when the server ends."""
        self.ready = False
        self._runtime.close()

    def _scores(self, inputs: dict[str, InferInput]) -> list[float]:
        keys = inputs.get(self._runtime.key_name)
        if keys is not None:
            return [self._runtime.answer(key).score for key in _values(keys)]
        rows = pd.DataFrame({name: _values(given) for name, given in inputs.items()})
        return [float(score) for score in self._runtime.predictor.predict(rows)]


def _values(given: InferInput) -> list[Any]:
    if given.datatype == "BYTES":
        texts = given.as_numpy().ravel().tolist()
        # The protocol has no null for texts; an empty one means that the category is not known.
        return [(text.decode() if isinstance(text, bytes) else str(text)) or None for text in texts]
    values: list[Any] = given.as_numpy().ravel().tolist()
    return values


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the bundle of an InferenceService on all three ports; the model is named after the project."""
    parser = argparse.ArgumentParser(prog="kserve-predictor", description=__doc__)
    parser.add_argument("--model-dir", type=Path, default=MODEL_DIR)
    parser.add_argument("--http-port", type=int, help="port of the Open Inference Protocol")
    options = parser.parse_args(arguments)
    configure_logging("serving", "kserve")
    settings = load_settings()
    contract = load_contract(settings.root)
    serving = settings.serving.model_copy(update={"model_dir": options.model_dir})
    settings = settings.model_copy(update={"serving": serving})
    # kserve exposes the process's default registry at /metrics, so ours go there.
    runtime = build_runtime(settings, contract, REGISTRY)
    others = PredictionServer(settings, contract, runtime)
    port = contract.endpoints["kserve"].port if options.http_port is None else options.http_port
    # kserve takes the signals and returns when it is told to stop; the other two servers then finish what they have.
    beside = threading.Thread(target=others.serve, name="rest-and-grpc")
    beside.start()
    try:
        ModelServer(http_port=port, enable_grpc=False, workers=1, grace_period=settings.serving.shutdown_seconds).start(
            [ContractPredictor(contract.project, runtime)]
        )
    finally:
        others.stop()
        beside.join()


if __name__ == "__main__":
    main()
