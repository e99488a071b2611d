"""An Airflow of its own for the tests, set up before Airflow reads its settings, and the pipelines as it parses them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[3]
HOME = Path(tempfile.mkdtemp(prefix="airflow-"))
os.environ.update(
    AIRFLOW_HOME=str(HOME),
    AIRFLOW__CORE__DAGS_FOLDER=str(PROJECT / "dags"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME / 'airflow.db'}",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    OMP_NUM_THREADS="1",
    DO_NOT_TRACK="1",
)
for name in ("ML_PLATFORM_ROOT", "ML_PLATFORM_ENVIRONMENT"):
    os.environ.pop(name, None)

import pytest
from airflow.dag_processing.dagbag import DagBag

from ml_platform.demonstration.demo import fresh_copy


def pytest_sessionfinish() -> None:
    """Removes what Airflow left behind."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def bag() -> Any:
    """The pipelines as the scheduler parses them."""
    return DagBag(str(PROJECT / "dags"))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty project in which stages and callbacks work instead of in this one."""
    root = tmp_path / "project"
    fresh_copy(PROJECT, root)
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(root))
    yield root
