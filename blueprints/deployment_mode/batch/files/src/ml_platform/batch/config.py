"""Settings of batch scoring; the schedule itself lies in conf/schedule.yaml because the orchestrator reads it too."""

from pathlib import Path

from pydantic import Field

from ml_platform.config import Section


class BatchSettings(Section):
    """Where scores go and when a list is too odd to be published."""

    output: Path = Field(
        default=Path("data/predictions"), description="Published predictions, partitioned by date and model version."
    )
    chunk_rows: int = Field(default=200_000, gt=0, description="Rows scored at once, which bounds memory.")
    max_unscored_share: float = Field(
        default=0.02, ge=0, le=1, description="A larger share of rows without a score stops publication."
    )
    max_score_shift: float = Field(
        default=0.25,
        gt=0,
        le=1,
        description="Largest Kolmogorov-Smirnov distance between today's scores and the training scores.",
    )
    min_rows_for_shift: int = Field(
        default=200, gt=0, description="Below this many rows the distance is reported but stops nothing."
    )
    alert_when_late: bool = Field(
        default=True, description="Send an alert when a list is published after its deadline."
    )
