"""The check of a release against a whole prediction process: three protocols, one runtime, on real sockets."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from ml_platform.bundle import REFERENCE_FILE
from ml_platform.serving.release_check import (
    RELEASES,
    Release,
    check_keys,
    check_reference,
    check_unknown,
    known_keys,
    reference_of,
)
from ml_platform.settings import Settings, find_root, load_settings
from serving_support import feature_rows, key_of, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("rollout")

CONTRACT = project_contract()
ROOT = find_root(Path(__file__).parent)
ROWS = feature_rows(CONTRACT, 5)
KEYS = [key_of(CONTRACT, number) for number in range(1, 6)]
# The process of a pod, with a store in memory in the place of the one that the platform was given: loading that one's
# library would take longer than all the tests here. It lives too briefly to search for garbage.
PROCESS = """
import gc
import sys
gc.disable()
from types import ModuleType
from serving_support import MemoryStore, feature_rows, project_contract
contract = project_contract()
adapter = ModuleType("ml_platform.feature_store.adapter")
adapter.open_store = lambda *_: MemoryStore(feature_rows(contract, 5), contract.datasets["measures"].key)
sys.modules[adapter.__name__] = adapter
from ml_platform.serving.kserve_predictor import main
main(sys.argv[1:])
"""


def settings_at(root: Path) -> Settings:
    return load_settings("local", ROOT).model_copy(update={"root": root})


@dataclass(frozen=True)
class Released:
    """A running prediction process and the folder of its model."""

    release: Release
    root: Path
    process: "subprocess.Popen[bytes]"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    root = tmp_path_factory.mktemp("release")
    model = save_small_bundle(root / settings_at(root).paths.models / RELEASES / "7", CONTRACT)
    ports = dict(zip(("rest", "grpc", "kserve"), free_ports(3), strict=True))
    variables = {
        "ML_PLATFORM__SERVING__REST_PORT": str(ports["rest"]),
        "ML_PLATFORM__SERVING__GRPC_PORT": str(ports["grpc"]),
        "PYTHONPATH": str(ROOT / "tests"),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, "--model-dir", str(model), "--http-port", str(ports["kserve"])],
        cwd=ROOT,
        env={**os.environ, **variables},
    )
    try:
        wait_for(f"http://127.0.0.1:{ports['rest']}{CONTRACT.endpoints['rest_ready'].path}", process)
        wait_for(f"http://127.0.0.1:{ports['kserve']}/v2/health/ready", process)
        yield Released(Release("127.0.0.1", "7", CONTRACT, ports), root, process)
    finally:
        process.kill()
        process.wait()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"{address} did not answer")


def test_a_version_that_answers_as_in_training_passes(released: Released) -> None:
    release, root = released.release, released.root
    reference = reference_of(settings_at(root), CONTRACT, "7")
    assert list(check_reference(release, reference)) == []
    assert list(check_keys(release, KEYS)) == []
    assert list(check_unknown(release)) == []


def test_another_version_behind_the_address_is_found(released: Released) -> None:
    release, root = released.release, released.root
    expected = replace(release, version="8")
    reference = pd.read_parquet(root / settings_at(root).paths.models / RELEASES / "7" / REFERENCE_FILE)
    assert "got version 7" in " ".join(check_reference(expected, reference))
    assert "got 7" in " ".join(check_keys(expected, KEYS[:1]))


def test_scores_that_are_not_those_of_training_are_found(released: Released) -> None:
    release, root = released.release, released.root
    reference = reference_of(settings_at(root), CONTRACT, "7")
    moved = reference.assign(score=reference["score"] + 0.01)
    assert "differ by up to 1.00e-02" in " ".join(check_reference(release, moved))


def test_an_entity_without_an_answer_is_found_and_not_named(released: Released) -> None:
    missing = key_of(CONTRACT, 999_999)
    problems = " ".join(check_keys(released.release, [missing]))
    assert "404 by REST" in problems
    assert str(missing) not in problems


def test_keys_come_from_the_published_features(tmp_path: Path) -> None:
    settings = settings_at(tmp_path)
    assert known_keys(settings, CONTRACT) == []
    folder = settings.path(Path(settings.features.store.offline))
    folder.mkdir(parents=True)
    ROWS.to_parquet(folder / "a.parquet")
    assert known_keys(settings, CONTRACT) == KEYS


def test_one_metric_counts_all_three_protocols_and_the_process_ends_when_told(released: Released) -> None:
    ports = released.release.ports
    list(check_keys(released.release, KEYS[:1]))
    for port in (ports["rest"], ports["kserve"]):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        for protocol in ("rest", "grpc", "kserve"):
            assert f'ml_platform_serving_requests_total{{outcome="ok",protocol="{protocol}"}}' in text
    released.process.send_signal(signal.SIGTERM)
    assert released.process.wait(timeout=30) == 0
