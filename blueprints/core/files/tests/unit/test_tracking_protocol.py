"""What counts as completely tracked, and how runs are put side by side."""

import pytest

from ml_platform.errors import NotTracked
from ml_platform.tracking.protocol import Expected, RunRecord, comparison, require_complete

pytestmark = pytest.mark.deliverable("tracking")
EXPECTED = Expected(frozenset({"seed"}), frozenset({"score"}))


def record(parameters: dict[str, str], metrics: dict[str, float], has_model: bool) -> RunRecord:
    return RunRecord("id", "run", "FINISHED", parameters, metrics, {}, has_model=has_model)


def test_a_complete_run_passes() -> None:
    require_complete(record({"seed": "1"}, {"score": 0.5}, True), EXPECTED)


@pytest.mark.parametrize(
    ("parameters", "metrics", "model", "missing"),
    [
        ({}, {"score": 0.5}, True, "parameter seed"),
        ({"seed": "1"}, {}, True, "metric score"),
        ({"seed": "1"}, {"score": 0.5}, False, "the model"),
    ],
)
def test_whatever_is_missing_is_named(
    parameters: dict[str, str], metrics: dict[str, float], model: bool, missing: str
) -> None:
    with pytest.raises(NotTracked, match=missing):
        require_complete(record(parameters, metrics, model), EXPECTED)


def test_runs_are_compared_side_by_side() -> None:
    table = comparison([record({"seed": "1"}, {"score": 0.5}, True), record({"seed": "2"}, {"score": 0.7}, True)])
    assert table["param.seed"].tolist() == ["1", "2"]
    assert table["metric.score"].tolist() == [0.5, 0.7]
