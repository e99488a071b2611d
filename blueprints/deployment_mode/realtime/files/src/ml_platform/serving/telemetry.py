"""Metrics of the prediction servers. The names are literals here and entries of contract.yaml; a test compares both."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ml_platform.serving.spans import NoTracer, Tracer

Protocol = Literal["rest", "grpc", "kserve"]
Outcome = Literal["ok", "unknown", "invalid", "unavailable", "deadline", "error"]

# Shares of the promised latency; the bounds lie densely around 1, where the promise is kept or broken.
LATENCY_SHARES = (0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 5.0)
SCORE_BOUNDS = tuple(step / 20 for step in range(1, 21))
LOOKUP_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5)


class Telemetry:
    """The metrics of one process, in a registry of its own unless its server brings one, and its tracer."""

    def __init__(
        self, latency_slo_seconds: float, registry: CollectorRegistry | None = None, tracer: Tracer | None = None
    ) -> None:
        self.tracer: Tracer = NoTracer() if tracer is None else tracer
        self.registry = CollectorRegistry() if registry is None else registry
        self._requests = Counter(
            "ml_platform_serving_requests_total",
            "Prediction requests by protocol and outcome.",
            ["protocol", "outcome"],
            registry=self.registry,
        )
        # SC-OPS-2: the promised percentile is read from this histogram.
        self._latency = Histogram(
            "ml_platform_serving_latency_seconds",
            "Time from request to answer.",
            ["protocol"],
            buckets=tuple(round(latency_slo_seconds * share, 6) for share in LATENCY_SHARES),
            registry=self.registry,
        )
        self._lookup = Histogram(
            "ml_platform_serving_feature_lookup_seconds",
            "Time that the online feature store takes.",
            buckets=LOOKUP_BOUNDS,
            registry=self.registry,
        )
        self._score = Histogram(
            "ml_platform_serving_score",
            "Distribution of the scores that were answered.",
            buckets=SCORE_BOUNDS,
            registry=self.registry,
        )
        self._model = Gauge(
            "ml_platform_serving_model_info",
            "The deployed model; always 1.",
            ["name", "version"],
            registry=self.registry,
        )
        # SC-OPS-1: uptime is the share of time in which this gauge is 1.
        self._ready = Gauge(
            "ml_platform_serving_ready",
            "1 while the model is loaded and the feature store answers.",
            registry=self.registry,
        )

    def answered(self, protocol: Protocol, outcome: Outcome, seconds: float) -> None:
        """Count one request and its latency in seconds."""
        self._requests.labels(protocol, outcome).inc()
        self._latency.labels(protocol).observe(seconds)

    def scored(self, score: float) -> None:
        """Record one answered score."""
        self._score.observe(score)

    @contextmanager
    def lookup(self) -> Iterator[None]:
        """Measure a feature lookup, also one that fails."""
        start = perf_counter()
        try:
            yield
        finally:
            self._lookup.observe(perf_counter() - start)

    def model(self, name: str, version: str) -> None:
        """Say which model answers."""
        self._model.labels(name, version).set(1)

    def ready(self, *, is_ready: bool) -> None:
        """Say whether the process can answer."""
        self._ready.set(1 if is_ready else 0)

    def exposition(self) -> bytes:
        """Return the metrics in the Prometheus text format."""
        return generate_latest(self.registry)
