"""Settings of the demonstration; components add their checks here, so that it fits every combination of options."""

from pathlib import Path

from pydantic import Field

from ml_platform.config import Section


class DemonstrationSettings(Section):
    """Which modules bring checks, and how much the demonstration may do."""

    checks: dict[str, str] = Field(
        default_factory=dict,
        description="Deliverable id, or id/part, to the module whose `checks` function demonstrates it.",
    )
    workspace: Path = Field(
        default=Path("work/demo"),
        description="The demonstration works here, in a fresh copy, so that it never touches the project's own data.",
    )
    seeds: int = Field(default=5, gt=0, description="Repetitions of every statistical claim.")
    start_seconds: int = Field(default=120, gt=0, description="Time that the prediction server has to become ready.")
