"""Settings of the frame that every stage runs in; each other section lies beside the code that uses it."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Environment = Literal["local", "dev", "staging", "prod"]


class Section(BaseModel):
    """Base of every settings section: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class PathSettings(Section):
    """Where things lie, relative to the project's root."""

    landing: Path = Path("data/landing")
    raw: Path = Path("data/raw")
    processed: Path = Path("data/processed")
    features: Path = Path("data/features")
    work: Path = Path("work")
    models: Path = Path("models")
    reports: Path = Path("reports")


class PipelineSettings(Section):
    """Which stages there are, and the limits that each one runs under."""

    stages: dict[str, str] = Field(default_factory=dict, description="stage name -> module with `run(context)`")
    configuration: dict[str, str] = Field(
        default_factory=dict, description="other file of conf/, without its ending -> module:Model that reads it"
    )
    around: dict[str, str] = Field(
        default_factory=dict, description="name -> module:function of a context manager in which each stage runs"
    )
    timeout_seconds: float = Field(1800, gt=0, description="limit of a stage not named in `timeouts`")
    timeouts: dict[str, float] = Field(default_factory=dict, description="stage name -> limit in seconds")
    attempts: int = Field(2, ge=1, le=5, description="tries of a stage that fails on files or network")
    backoff_seconds: float = Field(1.0, ge=0, description="wait before the second try; doubles after that")
    as_of: date | None = Field(None, description="fixed date of the run; none means today (UTC)")


class StorageSettings(Section):
    """Copies of the data layers outside this machine; a stage's own disk is only its scratch space."""

    layers: dict[str, str] = Field(
        default_factory=dict,
        description="layer name of `paths` -> name of a bucket in contract.yaml, with an optional /prefix",
    )
    region: str | None = Field(None, description="region of the buckets, where the provider needs it")
    suffix: str = Field(
        "", description="end of each bucket's name, -<environment>-<account>; needed in dev, staging and prod"
    )
    retention_days: int | None = Field(
        None, ge=1, description="records that describe an earlier day are deleted; none keeps them for ever"
    )


class MailSettings(Section):
    """How alert mails are sent; user and password come from the environment."""

    host: str | None = Field(None, description="SMTP server; none switches mail off")
    port: int = 587
    starttls: bool = True
    sender: str | None = Field(None, description="address that alerts come from, one that the server may send for")
    recipients: tuple[str, ...] = ()
    user_variable: str = "ML_PLATFORM_SMTP_USER"
    password_variable: str = "ML_PLATFORM_SMTP_PASSWORD"  # noqa: S105 - a variable's name


class AlertSettings(Section):
    """Where failures are reported to."""

    mail: MailSettings = MailSettings()
    slack_variable: str | None = Field(
        None, description="environment variable that holds the Slack webhook; none switches Slack off"
    )
    timeout_seconds: float = Field(10, gt=0)
    required: bool = Field(False, description="refuse to start a stage while mail or Slack is not configured")


class TraceSettings(Section):
    """Where spans of stages and requests are sent."""

    url: str | None = Field(None, description="collector that takes OTLP over HTTP; none traces nothing")
    tracer: str | None = Field(None, description="module:function that opens the tracer of a prediction process")
    sampled_share: float = Field(
        1.0, ge=0, le=1, description="share of the requests that are traced where the caller has not decided"
    )
    timeout_seconds: float = Field(2.0, gt=0, description="limit of one delivery; spans that fail are dropped")
