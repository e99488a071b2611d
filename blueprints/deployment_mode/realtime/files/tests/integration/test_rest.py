"""The REST API over a real application: every status that a caller can see, and what it says."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from ml_platform.serving.config import ServingSettings
from ml_platform.serving.predictor import Predictor
from ml_platform.serving.rest import create_app
from ml_platform.serving.runtime import PredictionRuntime
from ml_platform.serving.telemetry import Telemetry
from serving_support import MemoryStore, feature_rows, key_of, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()
KEY = CONTRACT.datasets["measures"].key
PATH = CONTRACT.endpoints["rest"].path
ROWS = feature_rows(CONTRACT, 5)


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return Predictor.load(save_small_bundle(tmp_path_factory.mktemp("rest") / "bundle", CONTRACT))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(ROWS, KEY)


@pytest.fixture
def client(predictor: Predictor, store: MemoryStore) -> Iterator[TestClient]:
    settings = ServingSettings(store_timeout_seconds=0.2, max_body_bytes=512, threads=2)

    def open_runtime() -> PredictionRuntime:
        return PredictionRuntime(
            predictor=predictor,
            store=store,
            contract=CONTRACT,
            settings=settings,
            telemetry=Telemetry(CONTRACT.slos["serving_latency"].value / 1000),
        )

    app = create_app(CONTRACT, open_runtime, max_body_bytes=settings.max_body_bytes)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
    assert store.closed


def test_known_entity_gets_the_predictors_own_score(client: TestClient, predictor: Predictor) -> None:
    answer = client.post(PATH, json={KEY: key_of(CONTRACT, 2)})
    assert answer.status_code == 200
    body = answer.json()
    assert body["score"] == pytest.approx(float(predictor.predict(ROWS.iloc[[1]])[0]), abs=1e-12)
    assert body["decision"] == (body["score"] >= predictor.threshold)
    assert body["model_version"] == "7"
    assert body["feature_timestamp"] == "2026-01-05T00:00:00Z"
    assert body["request_id"] == answer.headers["x-request-id"]


def test_unknown_entity_is_404(client: TestClient) -> None:
    answer = client.post(PATH, json={KEY: key_of(CONTRACT, 999_999)})
    assert answer.status_code == 404
    assert "999999" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [{}, {KEY: None}, {KEY: -1}, {KEY: "no such key!"}, {KEY: [1]}, {KEY: 1.5}, {KEY: 2**70}, {"other": 1}, []]
)
def test_invalid_body_is_422_and_does_not_repeat_the_value(client: TestClient, body: object) -> None:
    answer = client.post(PATH, json=body)
    assert answer.status_code == 422
    assert "no such key!" not in answer.text


def test_further_fields_are_refused(client: TestClient) -> None:
    assert client.post(PATH, json={KEY: key_of(CONTRACT, 1), "threshold": 0}).status_code == 422


def test_slow_store_is_503(client: TestClient, store: MemoryStore) -> None:
    store.delay = 0.5
    answer = client.post(PATH, json={KEY: key_of(CONTRACT, 1)})
    assert answer.status_code == 503
    assert "did not answer" in answer.json()["detail"]


def test_failing_store_is_503_and_not_ready(client: TestClient, store: MemoryStore) -> None:
    store.failure = ConnectionError("connection refused")
    assert client.post(PATH, json={KEY: key_of(CONTRACT, 1)}).status_code == 503
    ready = client.get(CONTRACT.endpoints["rest_ready"].path)
    assert ready.status_code == 503
    assert "connection refused" in ready.json()["reasons"][0]
    assert client.get(CONTRACT.endpoints["rest_live"].path).status_code == 200


def test_ready_when_model_and_store_are_there(client: TestClient) -> None:
    ready = client.get(CONTRACT.endpoints["rest_ready"].path)
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})


def test_large_bodies_are_413_with_and_without_a_length(client: TestClient) -> None:
    body = b'{"' + b"a" * 1000 + b'": 1}'
    assert client.post(PATH, content=body).status_code == 413
    chunked = client.post(PATH, content=(body[i : i + 100] for i in range(0, len(body), 100)))
    assert chunked.status_code == 413


def test_a_defect_is_500_and_says_nothing_about_the_inside(client: TestClient, store: MemoryStore) -> None:
    store.publish(ROWS.drop(columns=CONTRACT.signatures["model"].inputs[0].name))
    answer = client.post(PATH, json={KEY: key_of(CONTRACT, 1)})
    assert answer.status_code == 500
    assert "Traceback" not in answer.text


def test_request_id_of_the_caller_is_kept_only_where_it_is_harmless(client: TestClient) -> None:
    body = {KEY: key_of(CONTRACT, 1)}
    assert client.post(PATH, json=body, headers={"x-request-id": "abcd-1234"}).json()["request_id"] == "abcd-1234"
    forged = client.post(PATH, json=body, headers={"x-request-id": 'x" level="error'}).json()["request_id"]
    assert forged != 'x" level="error'


def test_metrics_count_outcomes_and_name_the_model(client: TestClient) -> None:
    client.post(PATH, json={KEY: key_of(CONTRACT, 1)})
    client.post(PATH, json={KEY: key_of(CONTRACT, 999_999)})
    client.post(PATH, json={})
    text = client.get(CONTRACT.endpoints["serving_metrics"].path).text
    for outcome in ("ok", "unknown", "invalid"):
        assert f'ml_platform_serving_requests_total{{outcome="{outcome}",protocol="rest"}} 1.0' in text
    assert f'ml_platform_serving_model_info{{name="{CONTRACT.project}",version="7"}} 1.0' in text
    assert "ml_platform_serving_score_count 1.0" in text
    families = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    exposed = {name.removesuffix("_total") for name in CONTRACT.prometheus if name.startswith("ml_platform_serving_")}
    assert {family.removesuffix("_total") for family in families if not family.endswith("_created")} == exposed
