"""Settings of training and of the search for parameters, typed so that a misspelt key stops the run at its start."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ml_platform.evaluation.config import EvaluationSettings


class DecisionSettings(BaseModel):
    """How a score becomes a decision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["capacity", "cost"] = Field(
        default="capacity",
        description="`capacity` selects the highest scores up to a share; `cost` minimises expected cost.",
    )
    capacity_share: float = Field(
        default=0.05, gt=0, lt=1, description="Share of entities that can be acted on in a period."
    )
    cost_false_positive: float = Field(default=1.0, gt=0, description="Cost of acting in vain.")
    cost_false_negative: float = Field(default=10.0, gt=0, description="Cost of not acting.")


class TrainingSettings(BaseModel):
    """How candidates are built, validated and chosen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=17, ge=0, description="Seed of everything random in training.")
    folds: int = Field(default=3, ge=2, le=20, description="Folds of cross-validation.")
    repeats: int = Field(
        default=5, ge=1, description="Repeats of cross-validation where data are few."
    )
    small_data_rows: int = Field(
        default=2000,
        ge=0,
        description="Below this many labelled rows all of them are evaluated out of fold instead of a held-out part.",
    )
    candidates: dict[str, str] = Field(
        default_factory=dict,
        description="Candidate name to the import path of the function that describes it.",
    )
    parameters: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Parameters per candidate that replace its defaults."
    )
    preconditions: dict[str, str] = Field(
        default_factory=dict,
        description="Name to import path of checks that must pass before a model is trained.",
    )
    ensemble: str | None = Field(
        default=None, description="Import path of the function that combines the candidates."
    )
    class_weight: Literal["none", "balanced"] = Field(
        default="none",
        description="Weight of the rarer class; probabilities are calibrated afterwards in either case.",
    )
    calibration: Literal["sigmoid", "isotonic"] = Field(
        default="sigmoid", description="Isotonic needs some thousand positives."
    )
    reference_rows: int = Field(
        default=2000, ge=100, description="Rows of training data kept beside the model for drift."
    )
    decision: DecisionSettings = DecisionSettings()
    evaluation: EvaluationSettings = EvaluationSettings()


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
    """How much searching is paid for; without a tuner the candidates' own parameters are used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tuner: str | None = Field(
        default=None, description="Import path of the function that searches for parameters."
    )
    trials: int = Field(
        default=8, ge=1, description="Trials per candidate, all parallel workers together."
    )
    startup_trials: int = Field(
        default=4, ge=1, description="Random trials before the sampler learns from results."
    )
    timeout_seconds: int = Field(default=600, ge=1, description="Limit per candidate and worker.")
    storage: str = Field(
        default="",
        description="Database URL that workers share; empty takes a file in the run's directory.",
    )
    max_rows: int = Field(
        default=20_000, ge=500, description="Trials see at most this many training rows."
    )
    spaces: dict[str, dict[str, SearchRange]] = Field(
        default_factory=dict, description="Candidate name to its parameters' ranges."
    )
