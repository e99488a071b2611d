"""The deadline of a list, in the time zone of those who wait for it."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from ml_platform.batch.schedule import Schedule, load_schedule
from ml_platform.errors import SettingsInvalid
from ml_platform.settings import find_root

pytestmark = pytest.mark.deliverable("serving")

WEEKLY = Schedule(cadence="weekly", weekday="monday", deadline=time(6), timezone="Europe/Berlin", cron="0 3 * * 1")
MONDAY = date(2026, 1, 5)


def test_weekly_list_is_due_on_its_weekday_in_local_time() -> None:
    # Berlin is one hour ahead of UTC in January and two in July.
    assert WEEKLY.deadline_of(MONDAY).astimezone(UTC) == datetime(2026, 1, 5, 5, tzinfo=UTC)
    assert WEEKLY.deadline_of(MONDAY - timedelta(days=2)) == WEEKLY.deadline_of(MONDAY)
    assert WEEKLY.deadline_of(date(2026, 7, 6)).astimezone(UTC) == datetime(2026, 7, 6, 4, tzinfo=UTC)


def test_late_begins_after_the_deadline_and_not_at_it() -> None:
    due = WEEKLY.deadline_of(MONDAY)
    assert not WEEKLY.is_late(MONDAY, due)
    assert WEEKLY.is_late(MONDAY, due + timedelta(microseconds=1))


def test_daily_list_is_due_on_the_day_itself() -> None:
    daily = WEEKLY.model_copy(update={"cadence": "daily", "weekday": None})
    assert daily.deadline_of(date(2026, 1, 7)).date() == date(2026, 1, 7)


@pytest.mark.parametrize("wrong", [{"timezone": "Mars/Olympus"}, {"weekday": "someday"}, {"deadline": "25:00"}])
def test_a_schedule_that_cannot_be_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Schedule.model_validate({**WEEKLY.model_dump(), **wrong})


def test_the_projects_own_schedule_is_valid_and_a_missing_one_is_named(tmp_path: Path) -> None:
    assert load_schedule(find_root(Path(__file__).parent)).cron
    with pytest.raises(SettingsInvalid, match=r"conf/schedule\.yaml"):
        load_schedule(tmp_path)
