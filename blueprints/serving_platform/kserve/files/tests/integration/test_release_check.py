"""The check of a release against a whole prediction process: three protocols, one runtime, on real sockets."""

import asyncio
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from kserve import ModelRepository
from kserve.protocol.dataplane import DataPlane
from kserve.protocol.model_repository_extension import ModelRepositoryExtension
from kserve.protocol.rest.server import RESTServer

from ml_platform.bundle import REFERENCE_FILE
from ml_platform.serving.kserve_predictor import ContractPredictor
from ml_platform.serving.predictor import Predictor
from ml_platform.serving.release_check import (
    RELEASES,
    Release,
    check_keys,
    check_reference,
    check_unknown,
    known_keys,
    reference_of,
)
from ml_platform.serving.runtime import PredictionRuntime
from ml_platform.serving.server import PredictionServer
from ml_platform.serving.telemetry import Telemetry
from ml_platform.settings import Settings, find_root, load_settings
from serving_support import MemoryStore, feature_rows, key_of, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("rollout")

CONTRACT = project_contract()
KEY = CONTRACT.datasets["measures"].key
ROWS = feature_rows(CONTRACT, 5)
KEYS = [key_of(CONTRACT, number) for number in range(1, 6)]


def settings_at(root: Path) -> Settings:
    settings = load_settings("local", find_root(Path(__file__).parent))
    serving = settings.serving.model_copy(update={"rest_port": 0, "grpc_port": 0, "shutdown_seconds": 2})
    return settings.model_copy(update={"serving": serving, "root": root})


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Release, Path]]:
    root = tmp_path_factory.mktemp("release")
    settings = settings_at(root)
    folder = save_small_bundle(root / settings.paths.models / RELEASES / "7", CONTRACT)
    runtime = PredictionRuntime(
        predictor=Predictor.load(folder),
        store=MemoryStore(ROWS, KEY),
        contract=CONTRACT,
        settings=settings.serving,
        telemetry=Telemetry(CONTRACT.slos["serving_latency"].value / 1000),
    )
    others = PredictionServer(settings, CONTRACT, runtime)
    models = ModelRepository()
    models.update(ContractPredictor(CONTRACT.project, runtime))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    v2 = RESTServer("kserve.model_server:app", DataPlane(model_registry=models), ModelRepositoryExtension(models), port)
    threads = [threading.Thread(target=others.serve), threading.Thread(target=lambda: asyncio.run(v2.start()))]
    for thread in threads:
        thread.start()
    for address in (f"http://127.0.0.1:{others.rest_port}/v1/health/live", f"http://127.0.0.1:{port}/v2/health/ready"):
        _wait(address)
    ports = {"rest": others.rest_port, "grpc": others.grpc_port, "kserve": port}
    yield Release("127.0.0.1", "7", CONTRACT, ports), root
    v2._server.should_exit = True
    others.stop()
    for thread in threads:
        thread.join(timeout=10)


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.05)


def test_a_version_that_answers_as_in_training_passes(released: tuple[Release, Path]) -> None:
    release, root = released
    reference = reference_of(settings_at(root), CONTRACT, "7")
    assert list(check_reference(release, reference)) == []
    assert list(check_keys(release, KEYS)) == []
    assert list(check_unknown(release)) == []


def test_another_version_behind_the_address_is_found(released: tuple[Release, Path]) -> None:
    release, root = released
    expected = replace(release, version="8")
    reference = pd.read_parquet(root / settings_at(root).paths.models / RELEASES / "7" / REFERENCE_FILE)
    assert "got version 7" in " ".join(check_reference(expected, reference))
    assert "got 7" in " ".join(check_keys(expected, KEYS[:1]))


def test_scores_that_are_not_those_of_training_are_found(released: tuple[Release, Path]) -> None:
    release, root = released
    reference = reference_of(settings_at(root), CONTRACT, "7")
    moved = reference.assign(score=reference["score"] + 0.01)
    assert "differ by up to 1.00e-02" in " ".join(check_reference(release, moved))


def test_an_entity_without_an_answer_is_found_and_not_named(released: tuple[Release, Path]) -> None:
    missing = key_of(CONTRACT, 999_999)
    problems = " ".join(check_keys(released[0], [missing]))
    assert "404 by REST" in problems
    assert str(missing) not in problems


def test_keys_come_from_the_published_features(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    assert known_keys(settings, CONTRACT) == []
    folder = settings.path(Path(settings.features.store.offline))
    folder.mkdir(parents=True)
    ROWS.to_parquet(folder / "a.parquet")
    assert known_keys(settings, CONTRACT) == KEYS
