"""The scored list is started in time, and a late one is reported while it can still be helped."""

from datetime import timedelta
from typing import Any

from ml_platform.orchestration.airflow import on_missed_deadline


def test_a_list_starts_before_its_deadline_and_a_late_one_is_reported(bag: Any) -> None:
    (alert,) = bag.dags["scoring"].deadline
    assert timedelta(0) < alert.interval <= timedelta(days=1)
    assert alert.callback.path == f"{on_missed_deadline.__module__}.{on_missed_deadline.__qualname__}"
