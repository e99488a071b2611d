"""The whole prediction process in one: both protocols on real sockets, until it is told to stop."""

import threading
import time
import urllib.request
from pathlib import Path

import grpc
import pytest

from ml_platform.serving import server
from ml_platform.serving.protocol import prediction_pb2, prediction_pb2_grpc
from ml_platform.settings import Settings, find_root, load_settings
from serving_support import MemoryStore, feature_rows, key_of, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()


def settings_for(model_dir: Path) -> Settings:
    settings = load_settings("local", find_root(Path(__file__).parent))
    serving = settings.serving.model_copy(
        update={"model_dir": model_dir, "rest_port": 0, "grpc_port": 0, "shutdown_seconds": 2}
    )
    return settings.model_copy(update={"serving": serving})


def test_serves_both_protocols_and_ends_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore(feature_rows(CONTRACT, 3), CONTRACT.datasets["measures"].key)
    monkeypatch.setattr(server, "open_store", lambda *_: store)
    process = server.PredictionServer(settings_for(save_small_bundle(tmp_path / "bundle", CONTRACT)), CONTRACT)
    thread = threading.Thread(target=process.serve)
    thread.start()
    address = f"http://127.0.0.1:{process.rest_port}{CONTRACT.endpoints['rest_ready'].path}"
    assert _status(address) == 200
    with grpc.insecure_channel(f"127.0.0.1:{process.grpc_port}") as channel:
        stub = prediction_pb2_grpc.PredictionServiceStub(channel)
        request = prediction_pb2.PredictRequest(entity_key=str(key_of(CONTRACT, 1)))
        assert 0 <= stub.Predict(request, timeout=5).score <= 1
    process.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert store.closed


def _status(address: str) -> int:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - loopback
                return int(answer.status)
        except OSError:
            time.sleep(0.05)
    return 0
