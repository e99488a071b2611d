"""Request times are read from a real histogram, as text and over a socket."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from ml_platform.monitoring.latency import quantile, read_metrics, summarise_latency

pytestmark = pytest.mark.deliverable("model-monitoring")


def metrics_text(seconds: list[float]) -> str:
    registry = CollectorRegistry()
    histogram = Histogram("request_seconds", "times", ["protocol"], buckets=[0.01, 0.1, 1.0], registry=registry)
    counter = Counter("requests", "ends", ["outcome"], registry=registry)
    for position, value in enumerate(seconds):
        histogram.labels(protocol="rest" if position % 2 else "grpc").observe(value)
        counter.labels(outcome="ok" if value < 1 else "timeout").inc()
    return generate_latest(registry).decode()


@pytest.fixture
def address() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(metrics_text([0.05]).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Keeps the test's output quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/metrics"
    server.shutdown()
    server.server_close()


def test_percentiles_lie_in_the_right_buckets_over_all_labels() -> None:
    summary = summarise_latency(metrics_text([0.05] * 98 + [0.5] * 2), "request_seconds", "requests_total")
    assert summary is not None
    assert summary.requests == 100
    assert 0.01 < summary.p50 < 0.1
    assert 0.1 < summary.p99 < 1.0
    assert summary.mean == pytest.approx(0.059)
    assert summary.outcomes == {"ok": 100}


def test_outcomes_are_counted() -> None:
    summary = summarise_latency(metrics_text([0.05, 2.0]), "request_seconds", "requests_total")
    assert summary is not None
    assert summary.outcomes == {"ok": 1, "timeout": 1}


def test_no_request_means_no_summary() -> None:
    assert summarise_latency(metrics_text([]), "request_seconds") is None
    assert summarise_latency(metrics_text([0.1]), "another") is None


def test_a_time_beyond_all_buckets_gives_the_last_edge() -> None:
    assert quantile({0.1: 0.0, float("inf"): 5.0}, 0.5) == 0.1


def test_reads_a_file_or_an_address_and_knows_absence(tmp_path: Path, address: str) -> None:
    (tmp_path / "serving.prom").write_text("x 1\n", encoding="utf-8")
    assert read_metrics("serving.prom", tmp_path) == "x 1\n"
    assert read_metrics("absent.prom", tmp_path) is None
    assert "request_seconds_bucket" in str(read_metrics(address, tmp_path))
