"""Refuses to train on less data than the model requirements ask for, before any time is spent on it."""

from pathlib import Path
from typing import Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused


class Algorithm(BaseModel):
    """A candidate, why it is one, and from how many positives on it may be trained."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    reason: str
    positives_min: int = Field(ge=1)


class DataNeeds(BaseModel):
    """The least labelled data from which a model may be judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows_min: int = Field(ge=1)
    positives_min: int = Field(ge=1)
    positives_per_feature_wanted: float = Field(gt=0)
    positive_rate_tolerance: float = Field(gt=1)


class ModelRequirements(BaseModel):
    """conf/model-requirements.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Literal["tabular-classification"]
    positive_rate_expected: float = Field(gt=0, lt=1)
    algorithms: tuple[Algorithm, ...]
    data: DataNeeds

    def usable(self, positives: int) -> tuple[str, ...]:
        """Return the algorithms that so many positives allow."""
        return tuple(item.name for item in self.algorithms if positives >= item.positives_min)


def load_requirements(path: Path) -> ModelRequirements:
    """Read the model requirements from `path`."""
    return ModelRequirements.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def check_data_needs(training: pd.DataFrame, contract: Contract, requirements: ModelRequirements) -> list[str]:
    """Return what is worth a warning about the labelled rows; raise `DataRefused` where they do not suffice."""
    target = training[str(contract.datasets["labels"].target)]
    rows, positives = len(target), int(target.sum())
    needs = requirements.data
    if rows < needs.rows_min or min(positives, rows - positives) < needs.positives_min:
        raise DataRefused(
            f"expected at least {needs.rows_min} labelled rows with {needs.positives_min} of each "
            f"class, got {rows} rows with {positives} positives: ingest more labelled history"
        )
    warnings: list[str] = []
    features = len(contract.signatures["model"].inputs)
    if positives / features < needs.positives_per_feature_wanted:
        warnings.append(
            f"{positives} positives for {features} features: fewer than "
            f"{needs.positives_per_feature_wanted:g} each, expect unstable estimates"
        )
    ratio = (positives / rows) / requirements.positive_rate_expected
    if not 1 / needs.positive_rate_tolerance <= ratio <= needs.positive_rate_tolerance:
        warnings.append(
            f"{positives / rows:.2%} of the rows are positive where "
            f"{requirements.positive_rate_expected:.2%} were expected"
        )
    return warnings
