"""Settings of training, typed so that a misspelt key stops the run at its start; the split lies in conf/split.yaml."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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
    threads: int = Field(
        default=1,
        ge=1,
        description="Threads of numerical libraries; sums depend on it in the last digits, so change it on purpose.",
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
    tuner: str | None = Field(
        default=None,
        description="Import path of the function that searches for parameters; none trains with those given.",
    )
    prepared: str | None = Field(
        default=None,
        description="Import path of the function that finds candidates which processes of their own have prepared.",
    )
    ensemble: str | None = Field(default=None, description="Import path of the function that combines the candidates.")
    class_weight: Literal["none", "balanced"] = Field(
        default="none",
        description="Weight of the rarer class; probabilities are calibrated afterwards in either case.",
    )
    calibration: Literal["sigmoid", "isotonic"] = Field(
        default="sigmoid", description="Isotonic needs some thousand positives."
    )
    expected_rows: int = Field(default=0, ge=0, description="Labelled rows that the stated volume amounts to at most.")
    memory_gib: float | None = Field(
        default=None,
        gt=0,
        description="Memory of the machine or pod that trains; none is the size that the expected rows need.",
    )
    largest_machine_gib: float = Field(
        default=512.0, gt=0, description="Most memory that one machine may have; beyond it, rows have to become fewer."
    )
    reference_rows: int = Field(
        default=2000, ge=100, description="Rows of training data kept beside the model for drift."
    )
    decision: DecisionSettings = DecisionSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
