"""The whole training pipeline, run by Airflow on a local database, with the stages as processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ml_platform.orchestration.config import FILE
from ml_platform.settings import load_settings

PROJECT = Path(__file__).resolve().parents[3]
DAY = "2026-11-20"
LIMIT_SECONDS = 900


def airflow(*arguments: str) -> None:
    """Runs one command of Airflow and shows its end when it fails."""
    program = [sys.executable, "-m", "airflow", *arguments]
    done = subprocess.run(program, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False, env=os.environ)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def test_training_runs_from_data_to_a_deployed_model(workspace: Path) -> None:
    # A failure shall end the test at once, and not after the waits between retries.
    settings_file = workspace / FILE
    settings_file.write_text(settings_file.read_text(encoding="utf-8").replace("retries: 2", "retries: 0"))
    airflow("db", "migrate")
    airflow("dags", "test", "training", DAY, "--dagfile-path", str(PROJECT / "dags" / "training.py"))
    (run,) = [path for path in (workspace / "work").iterdir() if (path / "train.json").is_file()]
    for stage in ("ingest", "features", "train", "evaluate", "register", "deploy"):
        assert json.loads((run / f"{stage}.json").read_text(encoding="utf-8"))["as_of"] == DAY
    assert (workspace / "models" / "serving" / "bundle.json").is_file()
    settings = load_settings("local", workspace)
    if "candidates" in settings.pipeline.stages:
        parts = {path.stem.removeprefix("candidates-") for path in run.glob("candidates-*.json")}
        assert parts == set(settings.training.candidates)
