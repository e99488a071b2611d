"""The experiment as conf/experiment.yaml states it, and whether this platform has enough entities to run it."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from ml_platform.experiments.sample_size import sample_size
from ml_platform.experiments.sequential import sequential_bounds


class GuardMetric(BaseModel):
    """A metric that must not get worse while the success metric gets better."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    bound: float
    reason: str


class ExperimentPlan(BaseModel):
    """Hypothesis, metrics and error rates, fixed before the first entity is assigned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hypothesis: str
    unit: str
    success_metric: str
    baseline_rate: float = Field(gt=0, lt=1)
    relative_effect: float = Field(gt=0, lt=1)
    alpha: float = Field(gt=0, lt=0.5)
    power: float = Field(gt=0.5, lt=1)
    treatment_share: float = Field(gt=0, lt=1)
    looks: int = Field(ge=1, le=20)
    horizon_days: int = Field(ge=1)
    units_available: int = Field(ge=1)
    guard_metrics: tuple[GuardMetric, ...] = ()
    protected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feasibility:
    """Entities needed in both arms together, and from which p-value on each look may stop the experiment."""

    control: int
    treatment: int
    available: int
    look_bounds: tuple[float, ...]

    @property
    def feasible(self) -> bool:
        """Whether there are enough entities."""
        return self.control + self.treatment <= self.available

    @property
    def text(self) -> str:
        """The result in words."""
        needed = self.control + self.treatment
        verdict = "enough" if self.feasible else "too few: accept a larger effect, less power or a longer experiment"
        return (
            f"{self.control} control and {self.treatment} treated entities needed ({needed} of {self.available} "
            f"available: {verdict}); stop at a look when p is below "
            + ", ".join(f"{bound:.5f}" for bound in self.look_bounds)
        )


def load_plan(path: Path) -> ExperimentPlan:
    """Read the plan from `path`."""
    return ExperimentPlan.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def feasibility(plan: ExperimentPlan) -> Feasibility:
    """Return what the plan needs, with the share of treated entities and the looks that it states."""
    sizes = sample_size(
        baseline=plan.baseline_rate,
        treated=plan.baseline_rate * (1 - plan.relative_effect),
        alpha=plan.alpha,
        power=plan.power,
        treatment_share=plan.treatment_share,
        looks=plan.looks,
    )
    return Feasibility(
        control=sizes.control,
        treatment=sizes.treatment,
        available=plan.units_available,
        look_bounds=sequential_bounds(plan.looks, plan.alpha),
    )
