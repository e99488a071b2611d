"""Writes demonstration data the way that real sources deliver: a file per period, labels late, corrections apart."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.files import atomic_write_text
from ml_platform.ingestion.changes import FOLDER, OPERATION, SEQUENCE
from ml_platform.synthetic.config import SyntheticSettings, load_synthetic
from ml_platform.synthetic.panel import make_panel, with_gaps
from ml_platform.synthetic.signal import outcome_probabilities
from ml_platform.tables import LABELS, MEASURES

# Periods before the first label, so that changes and rolling means have something to look back on.
LEAD_IN = 3
ENOUGH_POSITIVES, ENOUGH_SMALL = 300, 60
CORRECTED_ROWS = 5


@dataclass(frozen=True)
class Demonstration:
    """Measures (key, time, columns) of all periods and labels (key, time, target) of those that are known."""

    measures: pd.DataFrame
    labels: pd.DataFrame


def synthesize(
    contract: Contract,
    settings: SyntheticSettings,
    as_of: date,
    *,
    seed: int | None = None,
    entities: int | None = None,
    shift: float = 0.0,
    concept: float = 1.0,
) -> Demonstration:
    """Demonstration data as known on `as_of`; equal arguments give equal data.

    `shift` moves the measures (data drift), `concept` scales what drives the outcome (concept drift).
    """
    measures, labels = contract.datasets[MEASURES], contract.datasets[LABELS]
    wait = int(contract.slos["label_horizon_days"].value + contract.slos["label_delay_days"].value)
    labelled = settings.periods_with_labels
    periods, known = _periods(as_of, wait, labelled)
    size = entities or _entities(settings, len(periods))
    rng = np.random.default_rng(settings.seed if seed is None else seed)
    panel = make_panel(measures, settings.typical, size, periods, rng, shift)
    enough = ENOUGH_SMALL if settings.small else ENOUGH_POSITIVES
    rate = max(settings.positive_rate, min(0.5, enough / (size * labelled)))
    signal = settings.signal
    weight = signal.strength_small if settings.small else signal.strength
    chance = outcome_probabilities(panel, measures, signal, weight, rate, concept)
    outcome = pd.DataFrame(
        {
            labels.key: panel[measures.key],
            labels.time: panel[measures.time],
            str(labels.target): (rng.random(len(panel)) < chance).astype("int64"),
        }
    )
    seen = outcome[labels.time].isin(known.tz_localize("UTC"))
    return Demonstration(with_gaps(panel, measures, rng), outcome[seen].reset_index(drop=True))


def write_source(
    context: StageContext,
    *,
    seed: int | None = None,
    entities: int | None = None,
    shift: float = 0.0,
    concept: float = 1.0,
) -> list[Path]:
    """Writes demonstration data into the landing folder and returns the files, sorted."""
    made = synthesize(
        context.contract,
        load_synthetic(context.root),
        context.as_of,
        seed=seed,
        entities=entities,
        shift=shift,
        concept=concept,
    )
    landing = context.path(context.settings.paths.landing)
    moment = context.contract.datasets[MEASURES].time
    written = []
    for name, frame in ((MEASURES, made.measures), (LABELS, made.labels)):
        for period, rows in frame.groupby(moment, sort=True):
            written.append(_write(landing / name / f"{pd.Timestamp(period):%Y-%m-%d}.csv", rows))
    written.append(_write(landing / MEASURES / FOLDER / "000001.csv", _corrections(made.measures, moment)))
    return sorted(written)


def write_broken_file(context: StageContext, kind: Literal["shape", "values", "volume"]) -> Path:
    """Replaces the latest measures file by a broken one, to see it refused.

    shape: a column is missing; values: a tenth of the keys is empty; volume: nine tenths of the rows are lost.
    """
    definition = context.contract.datasets[MEASURES]
    path = max(context.path(context.settings.paths.landing, MEASURES).glob("*.csv"))
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    if kind == "shape":
        frame = frame.drop(columns=definition.named("measure", "attribute")[0])
    elif kind == "values":
        frame.loc[frame.index % 10 == 0, definition.key] = ""
    else:
        frame = frame[frame.index % 10 == 0]
    return _write(path, frame)


def _periods(as_of: date, wait: int, labelled: int) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """Month ends from the lead-in to the last before `as_of`, and the ones whose labels are known by then."""
    day = pd.Timestamp(datetime.combine(as_of, time(), UTC)).tz_localize(None)
    last_known = pd.date_range(end=day - pd.Timedelta(days=wait), periods=1, freq="ME")[0]
    known = pd.date_range(end=last_known, periods=labelled, freq="ME")
    start = known[0] - pd.offsets.MonthEnd(LEAD_IN)
    return pd.date_range(start, day, freq="ME"), known


def _entities(settings: SyntheticSettings, periods: int) -> int:
    if settings.small:
        return settings.rows
    return min(settings.entities, settings.most_entities, settings.most_rows // periods)


def _corrections(measures: pd.DataFrame, moment: str) -> pd.DataFrame:
    """A few rows delivered again and one taken back, in the oldest period, which no label belongs to."""
    oldest = measures[measures[moment] == measures[moment].min()]
    rows = oldest.head(CORRECTED_ROWS + 1)
    kinds = ["upsert"] * (len(rows) - 1) + ["delete"]
    return rows.assign(**{OPERATION: kinds, SEQUENCE: range(1, len(rows) + 1)})


def _write(path: Path, frame: pd.DataFrame) -> Path:
    return atomic_write_text(path, frame.to_csv(index=False, lineterminator="\n"))
