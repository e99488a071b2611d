"""The fan-out of training: one task for each candidate of the settings."""

from pathlib import Path

from ml_platform.errors import MissingHandover, SettingsInvalid
from ml_platform.settings import load_settings
from ml_platform.stage import PART_VARIABLE


def candidate_names(root: str) -> list[str]:
    """Names of the candidates; raises SettingsInvalid where there is none, as an empty fan-out would skip training."""
    names = list(load_settings(root=Path(root)).training.candidates)
    if not names:
        raise SettingsInvalid("expected at least one candidate in training.candidates of conf/base.yaml")
    return names


def candidate_variables(name: str | None) -> dict[str, str]:
    """Environment of the stage process that prepares one candidate; raises MissingHandover without a name."""
    if not name:
        raise MissingHandover("expected the name of a candidate from the task before, got nothing; clear that task")
    return {PART_VARIABLE: name}
