"""The KServe predictor behind KServe's own server on a real socket, by the open inference protocol (V2)."""

import asyncio
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from kserve import ModelRepository
from kserve.protocol.dataplane import DataPlane
from kserve.protocol.model_repository_extension import ModelRepositoryExtension
from kserve.protocol.rest.server import RESTServer

from ml_platform.serving.config import ServingSettings
from ml_platform.serving.kserve_predictor import ContractPredictor
from ml_platform.serving.predictor import Predictor
from ml_platform.serving.runtime import PredictionRuntime
from ml_platform.serving.telemetry import Telemetry
from serving_support import MemoryStore, feature_rows, key_of, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()
KEY = CONTRACT.datasets["measures"].key
ROWS = feature_rows(CONTRACT, 5)


class Seen:
    """Follows requests by keeping what their callers sent."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, str | None]] = []

    @contextmanager
    def span(self, name: str, carrier: Mapping[str, str] | None = None) -> Iterator[None]:
        """Keep the name and the caller's trace."""
        self.spans.append((name, (carrier or {}).get("traceparent")))
        yield

    def close(self) -> None:
        """Nothing is left."""


@dataclass(frozen=True)
class Served:
    """A running KServe server."""

    store: MemoryStore
    seen: Seen
    predictor: Predictor
    telemetry: Telemetry
    port: int

    def call(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data=data, headers={"Content-Type": "application/json", **headers}
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def infer(self, *inputs: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        return self.call(CONTRACT.endpoints["kserve"].path, {"inputs": list(inputs)}, **headers)


def tensor(name: str, values: list[Any]) -> dict[str, Any]:
    kind = "BYTES" if isinstance(values[0], str) else "INT64" if isinstance(values[0], int) else "FP64"
    return {"name": name, "shape": [len(values)], "datatype": kind, "data": values}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    predictor = Predictor.load(save_small_bundle(tmp_path_factory.mktemp("kserve") / "bundle", CONTRACT))
    store = MemoryStore(ROWS, KEY)
    seen = Seen()
    telemetry = Telemetry(CONTRACT.slos["serving_latency"].value / 1000, tracer=seen)
    runtime = PredictionRuntime(
        predictor=predictor, store=store, contract=CONTRACT, settings=ServingSettings(), telemetry=telemetry
    )
    models = ModelRepository()
    models.update(ContractPredictor(CONTRACT.project, runtime))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = RESTServer(
        "kserve.model_server:app", DataPlane(model_registry=models), ModelRepositoryExtension(models), port
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.start()))
    thread.start()
    found = Served(store, seen, predictor, telemetry, port)
    for _ in range(200):
        try:
            if found.call("/v2/health/ready")[0] == 200:
                break
        except OSError:
            time.sleep(0.05)
    yield found
    server._server.should_exit = True
    thread.join(timeout=10)
    runtime.close()


def test_an_entity_gets_the_predictors_own_score(served: Served) -> None:
    status, body = served.infer(tensor(KEY, [key_of(CONTRACT, 1), key_of(CONTRACT, 4)]))
    assert status == 200
    assert body["model_version"] == "7"
    assert body["outputs"][0]["data"] == pytest.approx(served.predictor.predict(ROWS.iloc[[0, 3]]), abs=1e-12)


def test_a_request_continues_the_trace_of_its_caller(served: Served) -> None:
    served.seen.spans.clear()
    caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert served.infer(tensor(KEY, [key_of(CONTRACT, 1)]), traceparent=caller)[0] == 200
    assert served.seen.spans == [("request", caller), ("feature lookup", None), ("predict", None)]


def test_features_of_the_caller_get_the_same_score(served: Served) -> None:
    rows = ROWS.head(3)
    inputs = [tensor(name, rows[name].tolist()) for name in served.predictor.features]
    status, body = served.infer(*inputs)
    assert status == 200
    assert body["outputs"][0]["data"] == pytest.approx(served.predictor.predict(rows), abs=1e-12)


def test_what_cannot_be_scored_is_the_callers_mistake(served: Served) -> None:
    first = served.predictor.features[0]
    assert served.infer(tensor(KEY, [key_of(CONTRACT, 999_999)]))[0] == 400
    status, body = served.infer(tensor("other", [1.0]))
    assert status == 400
    assert first in body["error"]
    assert served.call("/v1/models/" + CONTRACT.project + ":predict", {"instances": [[1]]})[0] == 400
    unequal = [tensor(name, [1.0] if name == first else [1.0, 2.0]) for name in served.predictor.features]
    assert served.infer(*unequal)[0] == 400


def test_a_failing_store_is_not_the_callers_mistake(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.store, "failure", ConnectionError("connection refused"))
    assert served.infer(tensor(KEY, [key_of(CONTRACT, 1)]))[0] == 500
    assert b'outcome="unavailable",protocol="kserve"}' in served.telemetry.exposition()
