"""Publishes a scored list whole or not at all, under a name made of what it depends on: date and model version."""

import shutil
from datetime import date
from pathlib import Path

from ml_platform.batch.score import Scored
from ml_platform.bundle import install
from ml_platform.files import atomic_write_bytes, atomic_write_json, atomic_write_parquet

PREDICTIONS = "part-0.parquet"
RANKED = "ranked.csv"
UNSCORED = "unscored.csv"
SUMMARY = "summary.json"


def partition(output: Path, as_of: date, model_version: str) -> Path:
    """Return the folder of one list; its name is a Hive partition, which query engines read as columns."""
    return output / f"as_of={as_of.isoformat()}" / f"model_version={model_version}"


def publish(folder: Path, scored: Scored, summary: dict[str, object]) -> Path:
    """Write the list to `folder`, replacing an earlier one in a single rename; equal lists give equal bytes."""
    building = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(building, ignore_errors=True)
    atomic_write_parquet(building / PREDICTIONS, scored.ranked)
    atomic_write_bytes(building / RANKED, scored.ranked.to_csv(index=False, float_format="%.6f").encode())
    atomic_write_bytes(building / UNSCORED, scored.unscored.to_csv(index=False).encode())
    atomic_write_json(building / SUMMARY, summary)
    return install(building, folder)
