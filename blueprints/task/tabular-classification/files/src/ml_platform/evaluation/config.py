"""Settings of model evaluation; bounds that other files share are in the contract's metrics and criteria."""

from pydantic import BaseModel, ConfigDict, Field


class EvaluationSettings(BaseModel):
    """How sure the platform wants to be before it accepts a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap_samples: int = Field(default=400, ge=100, description="Resamples behind every standard error.")
    standard_errors: float = Field(
        default=2.0,
        gt=0,
        description="A difference counts when it is larger than this many standard errors.",
    )
    permutations: int = Field(default=3, ge=1, description="Shuffles of the labels in the check against leakage.")
    calibration_bins: int = Field(default=10, ge=3, description="Bins of equal size in the calibration error.")
    min_slice_rows: int = Field(default=100, ge=1, description="Smaller slices are listed but decide nothing.")
    min_slice_positives: int = Field(
        default=10, ge=1, description="Slices with fewer positives are listed but decide nothing."
    )
    min_selection_ratio: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="Lowest ratio of selection rates between protected groups (four-fifths rule).",
    )
    max_opportunity_gap: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Largest difference of recall between protected groups.",
    )
    fairness_blocks: bool = Field(
        default=False,
        description="Refuse a model outside the fairness bounds instead of reporting it.",
    )
