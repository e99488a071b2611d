"""Loads what has landed since the last time: new files are checked, kept, and folded into the current state."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict

from ml_platform.context import StageContext
from ml_platform.contract import Dataset
from ml_platform.errors import DataRefused
from ml_platform.files import atomic_write_json, atomic_write_parquet, read_json, sha256_of
from ml_platform.ingestion import changes, connectors
from ml_platform.ingestion.records import Checked, check_records
from ml_platform.tables import conform, table_folder

READERS = {".csv": lambda path: pd.read_csv(path, dtype=str, keep_default_na=False), ".parquet": pd.read_parquet}
STATE = "state.json"


class Delivery(BaseModel):
    """One landed file as the state remembers it; `sequence` is the highest change number in it, if it holds changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    bytes: int
    rows: int
    refused: int
    periods: tuple[str, ...]
    sequence: int | None = None


State = dict[str, Delivery]


@dataclass(frozen=True)
class Arrival:
    """A new file, checked, before anything of it is written."""

    name: str
    delivery: Delivery
    records: pd.DataFrame
    refused: pd.DataFrame


def state_path(context: StageContext, dataset: str) -> Path:
    """Where it is remembered which files of a dataset were loaded."""
    return context.path(context.settings.paths.raw, dataset, STATE)


def load_state(context: StageContext, dataset: str) -> State:
    """The deliveries loaded so far, by name below the landing folder."""
    path = state_path(context, dataset)
    known: dict[str, Any] = read_json(path) if path.is_file() else {}
    return {name: Delivery.model_validate(values) for name, values in known.items()}


def write_state(context: StageContext, dataset: str, state: State) -> None:
    """Remembers the deliveries of a dataset."""
    values = {name: delivery.model_dump(mode="json") for name, delivery in state.items()}
    atomic_write_json(state_path(context, dataset), values)


def refused_file(raw: Path, dataset: str, name: str) -> Path:
    """Where the refused records of a delivery are set aside."""
    return raw / dataset / "refused" / f"{Path(name).stem}.parquet"


def load_dataset(context: StageContext, dataset: str) -> State:
    """Loads a dataset's new deliveries and returns the state after them.

    Raises DataRefused before anything is written when a file has the wrong shape or too many bad records.
    Loading the same files again changes nothing.
    """
    definition = context.contract.datasets[dataset]
    before = load_state(context, dataset)
    connectors.fetch(context, dataset, {name: delivery.bytes for name, delivery in before.items()})
    arrivals = [_check(context, dataset, path) for path in _new_files(context, dataset, before)]
    log = context.log.bind(dataset=dataset)
    watermark = max((p for d in before.values() for p in d.periods), default="")
    touched: set[str] = set()
    for arrival in arrivals:
        _keep(context, dataset, arrival)
        old = before.get(arrival.name)
        touched |= {*arrival.delivery.periods, *(old.periods if old else ())}
        late = sum(period < watermark for period in arrival.delivery.periods)
        log.info("file loaded", file=arrival.name, rows=arrival.delivery.rows, late_periods=late)
    state = {**before, **{arrival.name: arrival.delivery for arrival in arrivals}}
    for period in sorted(touched):
        _rebuild(context, dataset, definition, state, period)
    # Written last: after a crash the same files are simply loaded again.
    if arrivals:
        write_state(context, dataset, state)
    log.info("dataset loaded", files=len(arrivals), periods=len(touched))
    return dict(sorted(state.items()))


def _new_files(context: StageContext, dataset: str, state: State) -> Iterable[Path]:
    landing = context.path(context.settings.paths.landing)
    for path in sorted((landing / dataset).rglob("*")):
        if path.suffix not in READERS or path.name.startswith("."):
            continue
        known = state.get(path.relative_to(landing).as_posix())
        if known is None or known.sha256 != sha256_of(path):
            yield path


def _check(context: StageContext, dataset: str, path: Path) -> Arrival:
    definition = context.contract.datasets[dataset]
    name = path.relative_to(context.path(context.settings.paths.landing)).as_posix()
    try:
        frame = READERS[path.suffix](path)
    except ValueError as error:
        raise DataRefused(f"{name} cannot be read as {path.suffix[1:]}: {error}; deliver the file again") from error
    if path.parent.name == changes.FOLDER:
        head, frame = changes.split_changes(name, frame)
    else:
        head = None
    deletes = frame.index[head[changes.OPERATION] == "delete"] if head is not None else frame.index[:0]
    checked = check_records(dataset, definition, frame.drop(index=deletes))
    limit = context.settings.data.max_bad_share
    if checked.bad_share >= limit > 0 or (limit == 0 and len(checked.refused)):
        first = checked.refused["reason"].value_counts().head(3)
        raise DataRefused(
            f"{name}: {len(checked.refused)} of {len(frame)} records are refused ({checked.bad_share:.2%}, allowed: "
            f"below {limit:.2%}); most often: {'; '.join(map(str, first.index))}; correct the source and deliver again"
        )
    records = _numbered(definition, frame, checked, head, deletes)
    periods = tuple(sorted(records[definition.time].dt.strftime("%Y-%m-%d").unique()))
    delivery = Delivery(
        sha256=sha256_of(path),
        bytes=path.stat().st_size,
        rows=len(records),
        refused=len(checked.refused),
        periods=periods,
        sequence=None if head is None or head.empty else int(head[changes.SEQUENCE].max()),
    )
    return Arrival(name, delivery, records, checked.refused)


def _numbered(
    definition: Dataset, frame: pd.DataFrame, checked: Checked, head: pd.DataFrame | None, deletes: pd.Index
) -> pd.DataFrame:
    if head is None:
        return checked.accepted.assign(**{changes.SEQUENCE: -1, changes.OPERATION: "upsert"})
    kept = frame.index.drop(deletes).drop(checked.refused.index)
    upserts = checked.accepted.set_axis(kept).join(head)
    # A delete needs to say only what it deletes.
    identity = [definition.key, definition.time]
    gone = frame.loc[deletes, identity].reindex(columns=[c.name for c in definition.columns])
    for column in identity:
        if definition.column(column).type == "integer":
            gone[column] = pd.to_numeric(gone[column])
    gone[definition.time] = pd.to_datetime(gone[definition.time], utc=True).astype("datetime64[ns, UTC]")
    parts = [part for part in (upserts, gone.join(head)) if len(part)]
    return pd.concat(parts).sort_index() if parts else upserts


def _keep(context: StageContext, dataset: str, arrival: Arrival) -> None:
    raw = context.path(context.settings.paths.raw)
    atomic_write_parquet(raw_file(raw, arrival.name), arrival.records)
    refused = refused_file(raw, dataset, arrival.name)
    if len(arrival.refused):
        atomic_write_parquet(refused, arrival.refused.astype(str))
    else:
        refused.unlink(missing_ok=True)


def _rebuild(context: StageContext, dataset: str, definition: Dataset, state: State, period: str) -> None:
    raw = context.path(context.settings.paths.raw)
    start = pd.Timestamp(period, tz="UTC")
    span = [(definition.time, ">=", start), (definition.time, "<", start + pd.Timedelta(days=1))]
    files = [raw_file(raw, name) for name in sorted(state) if period in state[name].periods]
    parts = [pd.read_parquet(file, filters=span) for file in files]
    current = conform(changes.current(parts, definition), definition)
    target = table_folder(context, dataset) / f"{period}.parquet"
    if current.empty:
        target.unlink(missing_ok=True)
    else:
        atomic_write_parquet(target, current)


def raw_file(raw: Path, name: str) -> Path:
    """Where the records of a delivery are kept."""
    return raw / Path(name).with_suffix(".parquet")
