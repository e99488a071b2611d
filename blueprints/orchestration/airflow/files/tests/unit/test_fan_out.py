"""The fan-out of training: a task for each candidate of the settings, and none without a name."""

from pathlib import Path

import pytest
import yaml

from ml_platform.errors import MissingHandover, SettingsInvalid
from ml_platform.orchestration.candidates import candidate_names, candidate_variables
from ml_platform.settings import Settings
from ml_platform.stage import PART_VARIABLE

pytestmark = pytest.mark.deliverable("training")


def test_every_candidate_of_the_settings_gets_a_task(settings: Settings) -> None:
    names = candidate_names(str(settings.root))
    assert names == list(settings.training.candidates)
    assert [candidate_variables(name) for name in names] == [{PART_VARIABLE: name} for name in names]


def test_no_candidates_and_no_name_are_refused(root: Path) -> None:
    path = root / "conf" / "base.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    del content["training"]["candidates"]
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="at least one candidate"):
        candidate_names(str(root))
    with pytest.raises(MissingHandover, match="name of a candidate"):
        candidate_variables(None)
