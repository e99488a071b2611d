"""Deletes what may not be kept any longer, by the day that a record describes, on this machine and in the buckets."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from ml_platform import storage
from ml_platform.context import StageContext
from ml_platform.files import atomic_write_parquet
from ml_platform.ingestion.load import State, raw_file, refused_file, write_state
from ml_platform.tables import MEASURES, table_files


def first_day(context: StageContext) -> date | None:
    """The earliest day of which records are kept, or None where all are."""
    days = context.settings.storage.retention_days
    return None if days is None else context.as_of - timedelta(days=days)


def expire_records(context: StageContext, dataset: str, state: State) -> State:
    """Removes records of earlier days from the raw and processed layers; returns what ingestion remembers after that.

    A delivery stays known when its records are gone, so that a file that still lies where it landed stays there.
    """
    first = first_day(context)
    if first is None:
        return state
    raw, time = context.path(context.settings.paths.raw), context.contract.datasets[dataset].time
    aged = {name for name, delivery in state.items() if any(period < first.isoformat() for period in delivery.periods)}
    if not aged:
        return state
    files = [path for path in (raw_file(raw, name) for name in sorted(aged)) if path.is_file()]
    gone = _cut(files, time, first)
    for name in aged:
        refused = refused_file(raw, dataset, name)
        if raw_file(raw, name) in gone and refused.is_file():
            refused.unlink()
            gone.append(refused)
    storage.forget(context, "raw", _names(context, context.settings.paths.raw, gone))
    tables = _cut(table_files(context, dataset), time, first)
    storage.forget(context, "processed", _names(context, context.settings.paths.processed, tables))
    kept = {
        name: delivery.model_copy(update={"periods": tuple(p for p in delivery.periods if p >= first.isoformat())})
        for name, delivery in state.items()
    }
    # Written last: after a crash the same records are simply looked for again.
    write_state(context, dataset, kept)
    context.log.info("records expired", dataset=dataset, before=first, files=len(gone) + len(tables))
    return kept


def expire_features(context: StageContext) -> int:
    """Removes rows of earlier days from the published features; returns the number of files that are gone."""
    first = first_day(context)
    if first is None:
        return 0
    folder = context.settings.paths.features
    gone = _cut(context.path(folder).rglob("*.parquet"), context.contract.datasets[MEASURES].time, first)
    return storage.forget(context, "features", _names(context, folder, gone))


def _cut(files: Iterable[Path], time: str, first: date) -> list[Path]:
    """Rewrites files without rows before `first`, deletes those that hold no others, and returns the deleted ones."""
    gone = []
    for path in sorted(files):
        if time not in pq.read_schema(path).names:
            continue
        kept = pd.to_datetime(pd.read_parquet(path, columns=[time])[time], utc=True) >= pd.Timestamp(first, tz="UTC")
        if not kept.any():
            path.unlink()
            gone.append(path)
        elif not kept.all():
            atomic_write_parquet(path, pd.read_parquet(path)[kept].reset_index(drop=True))
    return gone


def _names(context: StageContext, folder: Path, files: Iterable[Path]) -> list[str]:
    return [path.relative_to(context.path(folder)).as_posix() for path in files]
