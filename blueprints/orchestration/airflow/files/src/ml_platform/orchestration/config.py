"""Settings of the orchestrator in conf/orchestration.yaml: when pipelines start, and where their stages run."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import Field, ValidationError, field_validator

from ml_platform.config import Environment, Section
from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid

FILE = Path("conf/orchestration.yaml")


class PlacementSettings(Section):
    """Which nodes a pod may use, and who goes first when they are short."""

    pools: tuple[str, ...] = Field(min_length=1, description="node pools; the first one is preferred")
    priority: str = Field(description="priority class of the cluster")


class ScratchSettings(Section):
    """The disk that a stage works on; it ends with the pod."""

    storage_class: str
    size: str = Field(description="a quantity of Kubernetes, e.g. 20Gi")
    root: str = Field("/app", description="the project's folder in the image")
    temporary: str = Field(description="folder of the image for what a process needs for a moment; on the node's disk")
    folders: tuple[str, ...] = Field(("data", "work", "models", "reports"), description="folders that are written to")


class PodSettings(Section):
    """Where stages run on a cluster; image and namespace are names of contract.yaml."""

    image: str
    namespace: str
    service_account: str
    environment_from: str = Field(description="Kubernetes secret with one key for each secret of contract.yaml")
    cpu: str
    memory: str
    startup_seconds: int = Field(default=600, gt=0, description="limit for a node and the image to be there")
    settings: str = Field(description="ConfigMap with what only an installation knows")
    user: int = Field(10001, gt=0, description="user and group of the process")
    grace_seconds: int = Field(
        110, ge=30, le=120, description="time to store progress when the node is taken away; spot nodes give 120"
    )
    stages: PlacementSettings = Field(description="stages that have a deadline")
    learning: PlacementSettings = Field(description="stages that train")
    scratch: ScratchSettings


class SensorSettings(Section):
    """How long a run waits for its data."""

    poke_seconds: int = Field(gt=0)
    timeout_seconds: int = Field(gt=0)


class OrchestrationSettings(Section):
    """One file for all environments; `runners` says how each of them starts a stage."""

    timezone: str
    start: date = Field(description="first day that a schedule counts from; no earlier runs are made up")
    owner: str
    training_cron: str
    monitoring_cron: str | None = None
    retries: int = Field(ge=0, le=5)
    retry_seconds: int = Field(gt=0, description="wait before the first retry; doubles after that")
    retry_limit_seconds: int = Field(gt=0, description="longest wait between two retries")
    run_timeout_seconds: int = Field(gt=0, description="limit of a whole run, its waiting included")
    pool: str = Field(description="pool with one slot, for stages that write the data layers")
    sensor: SensorSettings
    runners: dict[Environment, Literal["process", "pod"]]
    pod: PodSettings

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError) as error:
            raise ValueError(f"expected a time zone such as Europe/Berlin, got {value!r}") from error
        return value

    @property
    def first_day(self) -> datetime:
        """Start of the first day in the schedule's time zone."""
        return datetime.combine(self.start, datetime.min.time(), tzinfo=ZoneInfo(self.timezone))

    def day_of(self, moment: datetime) -> date:
        """The day of a moment for the people who set the schedule; a moment without a time zone is UTC."""
        known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return known.astimezone(ZoneInfo(self.timezone)).date()


def load_orchestration(root: Path, contract: Contract) -> OrchestrationSettings:
    """Reads conf/orchestration.yaml; raises SettingsInvalid where it is missing, not valid or names what is unknown."""
    try:
        settings = OrchestrationSettings.model_validate(yaml.safe_load((root / FILE).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"expected settings of the orchestrator in {FILE}: {error}") from error
    for section, name, known in (
        ("images", settings.pod.image, contract.images),
        ("namespaces", settings.pod.namespace, contract.namespaces),
    ):
        if name not in known:
            raise SettingsInvalid(f"{FILE} names {name!r}; the {section} of contract.yaml are: {', '.join(known)}")
    return settings


def time_until(cron: str, deadline: datetime) -> timedelta:
    """Time from a start at `cron` to the next `deadline`, by the clock; an hourly cron counts minutes only.

    Raises SettingsInvalid where minute or hour of the cron expression is not a single number.
    """
    minute, hour, *_ = cron.split()
    if not minute.isdigit() or not (hour.isdigit() or hour == "*"):
        raise SettingsInvalid(f"expected one start time in the cron expression, got {cron!r}")
    if hour == "*":
        return timedelta(minutes=(deadline.minute - int(minute)) % 60 or 60)
    start = int(hour) * 60 + int(minute)
    return timedelta(minutes=(deadline.hour * 60 + deadline.minute - start) % (24 * 60) or 24 * 60)
