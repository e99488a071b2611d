"""An Airflow of its own for the tests, set up before it reads its settings, and the pipelines as it parses them."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.update(
    AIRFLOW_HOME=tempfile.mkdtemp(prefix="airflow-"),
    AIRFLOW__CORE__DAGS_FOLDER=str(Path(__file__).resolve().parents[3] / "dags"),
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="False",
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT="120",
    AIRFLOW__LOGGING__LOGGING_LEVEL="WARNING",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
    ML_PLATFORM_ROOT=str(Path(__file__).resolve().parents[3]),
    ML_PLATFORM_ENVIRONMENT="local",
    OMP_NUM_THREADS="1",
    DO_NOT_TRACK="1",
)

import pytest
from airflow.dag_processing.dagbag import DagBag

from evidence import Evidence
from ml_platform.demonstration.demo import fresh_copy

PROJECT = Path(__file__).resolve().parents[3]
EVIDENCE = PROJECT / "reports" / "pipeline-tests.json"


def pytest_configure(config: pytest.Config) -> None:
    """Registers what a whole run is known by; a part of it leaves the evidence of the whole alone."""
    if not config.option.keyword and all(Path(argument).is_dir() for argument in config.args):
        evidence = Evidence(EVIDENCE, lambda: {"cpu_seconds": round(sum(os.times()[:4]), 1)}, "training")
        config.pluginmanager.register(evidence, "evidence")


def pytest_sessionfinish() -> None:
    """Removes what Airflow left behind."""
    shutil.rmtree(os.environ["AIRFLOW_HOME"], ignore_errors=True)


@pytest.fixture(scope="session")
def bag() -> Any:
    """The pipelines as the scheduler parses them."""
    return DagBag(str(PROJECT / "dags"))


@pytest.fixture(scope="session")
def database() -> None:
    """Airflow's own database, with the pipelines in it and none of them paused."""
    for command in (["db", "migrate"], ["dags", "reserialize"]):
        subprocess.run([sys.executable, "-m", "airflow", *command], check=True, capture_output=True, timeout=300)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in which stages and callbacks work instead of in this one."""
    root = tmp_path / "project"
    fresh_copy(PROJECT, root)
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(root))
    return root
