"""Reads the current state of a dataset as it was known on a day: what every stage after ingestion starts from."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds

from ml_platform.context import StageContext
from ml_platform.contract import Column, Dataset
from ml_platform.errors import DataRefused

LABELS = "labels"
MEASURES = "measures"


def table_folder(context: StageContext, dataset: str) -> Path:
    """Folder of a dataset's current state: one parquet file per period."""
    return context.path(context.settings.paths.processed, dataset)


def table_files(context: StageContext, dataset: str) -> list[Path]:
    """The parquet files of a dataset's current state, by period."""
    return sorted(table_folder(context, dataset).glob("*.parquet"))


def known_until(context: StageContext, dataset: str) -> datetime:
    """Last period (UTC) of a dataset that is complete as of the run's day.

    A label is known only when its horizon has passed and the source has reported it; looking earlier would be leakage.
    """
    moment = datetime.combine(context.as_of, time(), UTC)
    if dataset != LABELS:
        return moment
    slos = context.contract.slos
    return moment - timedelta(days=slos["label_horizon_days"].value + slos["label_delay_days"].value)


def read_table(context: StageContext, dataset: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Rows of a dataset known as of the run's day, sorted by time and key; raises DataRefused when there are none.

    Timestamps are UTC; integers that may be missing are floats; categories are strings.
    """
    definition = context.contract.datasets[dataset]
    files = table_files(context, dataset)
    if not files:
        raise DataRefused(
            f"expected parquet files of {dataset} in {table_folder(context, dataset)}; run `uv run stage ingest`"
        )
    wanted = None if columns is None else [*dict.fromkeys([definition.key, definition.time, *columns])]
    until = pd.Timestamp(known_until(context, dataset))
    frame = ds.dataset(files).to_table(columns=wanted, filter=ds.field(definition.time) <= until).to_pandas()
    if frame.empty:
        raise DataRefused(f"{dataset} has no row known by {context.as_of}; its rows begin later")
    return frame.sort_values([definition.time, definition.key], ignore_index=True)


def conform(frame: pd.DataFrame, definition: Dataset) -> pd.DataFrame:
    """Gives a frame the contract's column order and types; columns that it lacks are an error of the caller."""
    return pd.DataFrame({c.name: _typed(frame[c.name], c, definition) for c in definition.columns})


def _typed(values: pd.Series, column: Column, definition: Dataset) -> pd.Series:
    if column.type == "timestamp":
        return pd.to_datetime(values, utc=True).astype("datetime64[ns, UTC]")
    if column.name == definition.target:
        return values.astype("int64")
    if column.type == "integer":
        return values.astype("float64" if column.nullable else "int64")
    if column.type == "number":
        return values.astype("float64")
    if column.type == "boolean":
        return values.astype("float64" if column.nullable else "bool")
    return values.astype("object").where(values.notna(), None)
