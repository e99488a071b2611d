"""Settings of the search for parameters."""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class SearchRange(BaseModel):
    """Values that a parameter may take during the search."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float
    high: float
    log: bool = False
    integer: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> "SearchRange":
        if self.low >= self.high or (self.log and self.low <= 0):
            raise ValueError(f"expected low < high, and low > 0 on a log scale; got {self}")
        return self


class TuningSettings(BaseModel):
    """How much searching is paid for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trials: int = Field(default=8, ge=1, description="Trials per candidate, all parallel workers together.")
    startup_trials: int = Field(default=4, ge=1, description="Random trials before the sampler learns from results.")
    timeout_seconds: int = Field(default=600, ge=1, description="Limit per candidate and worker.")
    storage: str = Field(
        default="",
        description="Database URL that workers share; empty takes a file in the run's directory.",
    )
    max_rows: int = Field(default=20_000, ge=500, description="Trials see at most this many training rows.")
    folds: int = Field(
        default=3,
        ge=1,
        description="Trials are judged on the last folds only, which are the latest ones where the split is by time.",
    )
    spaces: dict[str, dict[str, SearchRange]] = Field(
        default_factory=dict, description="Candidate name to its parameters' ranges."
    )
