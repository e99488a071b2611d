"""SC-OPS-1 and SC-OPS-2 at their bounds, and the store's latency: what is measured is what was promised."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ml_platform.contract import Criterion
from ml_platform.serving.telemetry import Telemetry
from serving_support import project_contract

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()
LATENCY = CONTRACT.slos["serving_latency"].value / 1000


def holds(criterion: Criterion, value: float) -> bool:
    return value < criterion.bound if criterion.comparison == "<" else value >= criterion.bound


def samples(telemetry: Telemetry, name: str) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(telemetry.exposition().decode())
    found = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(sample.labels.values()): sample.value for sample in found}


def test_sc_ops_2_is_the_promised_latency_and_a_bucket_of_the_histogram() -> None:
    criterion = CONTRACT.criteria["SC-OPS-2"]
    assert (criterion.bound, criterion.unit) == (CONTRACT.slos["serving_latency"].value, "ms")
    telemetry = Telemetry(LATENCY)
    telemetry.answered("rest", "ok", LATENCY * 0.999)
    telemetry.answered("rest", "ok", LATENCY * 1.001)
    buckets = samples(telemetry, "ml_platform_serving_latency_seconds_bucket")
    within = [count for labels, count in buckets.items() if str(round(LATENCY, 6)) in labels]
    assert within == [1.0], "a bucket must end exactly at the promise, or the promise cannot be read"
    assert holds(criterion, criterion.bound * 0.999)
    assert not holds(criterion, criterion.bound)


def test_sc_ops_1_counts_time_in_which_the_process_is_ready() -> None:
    criterion = CONTRACT.criteria["SC-OPS-1"]
    telemetry = Telemetry(LATENCY)
    for is_ready in (True, False):
        telemetry.ready(is_ready=is_ready)
        assert samples(telemetry, criterion.metric) == {(): float(is_ready)}
    assert holds(criterion, 0.999)
    assert not holds(criterion, 0.9989)
