"""Reads the prediction server's own histogram, so that monitoring judges the same numbers as the alerts do."""

import urllib.request
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class LatencySummary:
    """Requests so far, also by outcome; percentiles in seconds, interpolated inside the histogram's buckets."""

    requests: int
    mean: float
    p50: float
    p95: float
    p99: float
    outcomes: dict[str, int]


def read_metrics(location: str, root: Path) -> str | None:
    """Return the text at `location` (http address, or file below `root`); None where the file does not exist."""
    if location.startswith(("http://", "https://")):
        with urllib.request.urlopen(location, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the scheme is checked
            return str(answer.read().decode("utf-8"))
    path = root / location
    return path.read_text(encoding="utf-8") if path.is_file() else None


def summarise_latency(text: str, histogram: str, counter: str = "") -> LatencySummary | None:
    """Return the summary of `histogram` over all its labels, or None where it holds no request.

    `counter` names a request counter whose label `outcome` says how a request ended.
    """
    buckets: dict[float, float] = {}
    total = 0.0
    outcomes: dict[str, int] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == f"{histogram}_bucket":
                edge = float(sample.labels["le"])
                buckets[edge] = buckets.get(edge, 0.0) + sample.value
            elif sample.name == f"{histogram}_sum":
                total += sample.value
            elif counter and sample.name == counter:
                outcome = sample.labels.get("outcome", "")
                outcomes[outcome] = outcomes.get(outcome, 0) + int(sample.value)
    requests = buckets.get(float("inf"), 0.0)
    if requests == 0:
        return None
    return LatencySummary(
        requests=int(requests),
        mean=total / requests,
        p50=quantile(buckets, 0.5),
        p95=quantile(buckets, 0.95),
        p99=quantile(buckets, 0.99),
        outcomes=outcomes,
    )


def quantile(buckets: dict[float, float], share: float) -> float:
    """Return the `share` quantile of cumulative `buckets` (upper edge to count), as Prometheus computes it."""
    edges = sorted(buckets)
    rank = share * buckets[edges[-1]]
    lower, below = 0.0, 0.0
    for edge in edges:
        if buckets[edge] >= rank:
            if edge == float("inf"):
                return lower
            inside = buckets[edge] - below
            return edge if inside == 0 else lower + (edge - lower) * (rank - below) / inside
        lower, below = edge, buckets[edge]
    return lower
