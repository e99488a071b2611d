"""The serving claims of the demonstration, asked of a server in this process, which is cheaper than another process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import PROJECT, branched
from ml_platform.context import StageContext
from ml_platform.demonstration import serving_requests
from ml_platform.demonstration.demo import Demo
from ml_platform.serving.server import PredictionServer

pytestmark = pytest.mark.deliverable("serving")


@contextmanager
def in_process(demo: Demo) -> Iterator[serving_requests.Process]:
    context = demo.context
    free = context.settings.serving.model_copy(update={"rest_port": 0, "grpc_port": 0, "shutdown_seconds": 2})
    server = PredictionServer(context.settings.model_copy(update={"serving": free}), context.contract)
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield serving_requests.Process(demo, server.rest_port, server.grpc_port, "this test")
    finally:
        server.stop()
        thread.join(timeout=20)
    (demo.root / "serving.exit").write_text("0" if not thread.is_alive() else "1", encoding="utf-8")


def test_every_serving_claim_holds(pipeline: StageContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_requests, "serving", in_process)
    monkeypatch.setattr(serving_requests, "REQUESTS", 20)
    monkeypatch.setattr(serving_requests, "ROUNDS", 1)
    demo = Demo(PROJECT, branched(pipeline, tmp_path / "project"))
    found = list(serving_requests.checks(demo))
    # Client and server share one interpreter here, so the time that an answer takes says nothing about the server.
    judged = [check for check in found if not check.name.startswith("SC-OPS-2")]
    assert [f"{check.name}: {check.detail}" for check in judged if check.status != "pass"] == []
    assert {check.deliverable for check in found} == {"serving"}
    assert len(judged) == len(found) - 1 >= 6
