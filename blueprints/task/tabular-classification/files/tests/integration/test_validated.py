"""Nobody trains on data that no validation run has passed."""

from pathlib import Path

import pytest

from conftest import branched
from ml_platform.context import StageContext
from ml_platform.errors import PlatformError
from ml_platform.stages import train
from ml_platform.tables import table_files

pytestmark = pytest.mark.deliverable("training")


def test_training_refuses_data_that_changed_after_validation(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    path = table_files(context, "measures")[-1]
    path.write_bytes(table_files(context, "measures")[0].read_bytes())
    with pytest.raises(PlatformError, match="validat"):
        train.run(context)


def test_training_refuses_data_without_any_validation(landed: StageContext, tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="validat"):
        train.run(branched(landed, tmp_path / "project"))
