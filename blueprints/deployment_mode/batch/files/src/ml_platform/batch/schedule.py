"""When the list is due. conf/schedule.yaml is read here and by the orchestrator, so both speak of the same deadline."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import ValidationError, WithJsonSchema, field_validator

from ml_platform.config import Section
from ml_platform.errors import SettingsInvalid

FILE = Path("conf/schedule.yaml")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Schedule(Section):
    """Cadence and deadline of a batch run, in the time zone of the people who wait for it."""

    cadence: Literal["hourly", "daily", "weekly", "monthly"]
    weekday: str | None = None
    # A time of day in `timezone`; the schema's own format "time" would demand an offset.
    deadline: Annotated[time, WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})]
    timezone: str
    cron: str

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"expected a time zone such as Europe/Berlin, got {value!r}") from error
        return value

    @field_validator("weekday")
    @classmethod
    def _known_day(cls, value: str | None) -> str | None:
        if value is not None and value not in WEEKDAYS:
            raise ValueError(f"expected one of {', '.join(WEEKDAYS)}, got {value!r}")
        return value

    def deadline_of(self, as_of: date) -> datetime:
        """Return the moment by which the list as of `as_of` must be there.

        A weekly list is due on its weekday, on or after `as_of`; any other on the day itself.
        """
        zone = ZoneInfo(self.timezone)
        if self.cadence == "weekly" and self.weekday is not None:
            as_of += timedelta(days=(WEEKDAYS.index(self.weekday) - as_of.weekday()) % 7)
        return datetime.combine(as_of, self.deadline, tzinfo=zone)

    def is_late(self, as_of: date, finished: datetime) -> bool:
        """Say whether a list that was finished at `finished` (with a time zone) missed its deadline."""
        return finished > self.deadline_of(as_of)


def load_schedule(root: Path) -> Schedule:
    """Read conf/schedule.yaml; raises SettingsInvalid where it is missing or not valid."""
    try:
        return Schedule.model_validate(yaml.safe_load((root / FILE).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"expected a schedule in {FILE}: {error}") from error
