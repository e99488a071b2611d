"""conf/synthetic.yaml, typed: how much demonstration data, and what is planted in them."""

import math
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError

from ml_platform.config import Section
from ml_platform.errors import SettingsInvalid

DAYS_OF_MONTH = 30


class RuleSettings(Section):
    """The rule of thumb that people use today: high or low values of one column are suspicious."""

    column: str
    direction: Literal["high", "low"]


class StrengthSettings(Section):
    """Weights of the standardised parts in the log odds."""

    lag: float = 1.3
    interaction: float = 1.2
    rule: float = 0.5
    linear: float = 0.15


class SignalSettings(Section):
    """What makes the outcome likely: a fall of one measure, two columns together, the rule, a little of the rest."""

    lag: str
    interaction: tuple[str, str]
    rule: RuleSettings
    strength: StrengthSettings = StrengthSettings()
    # A few hundred rows show a difference beyond chance only when it is a large one.
    strength_small: StrengthSettings = StrengthSettings(lag=2.4, interaction=1.6, rule=0.5, linear=0.1)


class SyntheticSettings(Section):
    """Size, rate and signal of the demonstration data."""

    seed: int = Field(ge=0)
    entities: int = Field(gt=0)
    rows: int = Field(gt=0)
    most_entities: int = Field(6000, gt=0)
    most_rows: int = Field(60_000, gt=0)
    positive_rate: float = Field(gt=0, lt=1)
    labelled_periods: int = Field(7, gt=0)
    gap_days: int = Field(0, ge=0)
    panel_from_rows: int = Field(2000, gt=0)
    signal: SignalSettings
    typical: dict[str, float] = Field(default_factory=dict)

    @property
    def periods_with_labels(self) -> int:
        """Labelled months: one for a small study, else those that training and test need, and the gap between them."""
        return 1 if self.small else self.labelled_periods + math.ceil(self.gap_days / DAYS_OF_MONTH)

    @property
    def small(self) -> bool:
        """Whether there is one labelled row per entity only."""
        return self.rows < self.panel_from_rows


def load_synthetic(root: Path) -> SyntheticSettings:
    """Reads `root`/conf/synthetic.yaml; raises SettingsInvalid."""
    path = root / "conf" / "synthetic.yaml"
    try:
        return SyntheticSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"expected the demonstration's settings in {path}: {error}") from error
