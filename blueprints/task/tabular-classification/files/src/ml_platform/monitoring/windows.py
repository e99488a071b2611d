"""Judges the deployed model on the windows whose labels have arrived, from rows that it was not fitted on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml_platform.bundle import Bundle, model_inputs
from ml_platform.contract import Contract
from ml_platform.evaluation.importance import permutation_importance
from ml_platform.monitoring.concept import ConceptReport, detect_concept_drift, log_loss_of
from ml_platform.monitoring.config import MonitoringSettings
from ml_platform.monitoring.importance import ImportanceShift, importance_shift
from ml_platform.monitoring.kpi import KpiCorrelation, correlate
from ml_platform.monitoring.performance import (
    Degradation,
    Labels,
    WindowPerformance,
    degradation,
    window_performance,
)

SEED = 5


@dataclass(frozen=True)
class WindowReport:
    """Everything that needs labels; the comparisons are None where there are fewer than two windows."""

    windows: tuple[WindowPerformance, ...]
    degradation: Degradation | None
    concept: ConceptReport | None
    importance: ImportanceShift | None
    kpi: KpiCorrelation


def unseen_windows(labelled: pd.DataFrame, bundle: Bundle, contract: Contract) -> dict[pd.Timestamp, pd.DataFrame]:
    """Return the labelled rows younger than all rows that the model was fitted on, by snapshot in order of time."""
    time = contract.datasets["labels"].time
    fitted_until = bundle.info.training_until
    if fitted_until is None:
        return {}
    rows = labelled.loc[labelled[time] > pd.Timestamp(fitted_until)]
    return {pd.Timestamp(str(moment)): part for moment, part in rows.groupby(time, sort=True)}


def judge_windows(
    windows: Mapping[pd.Timestamp, pd.DataFrame],
    bundle: Bundle,
    contract: Contract,
    settings: MonitoringSettings,
    kpi: pd.Series | None = None,
) -> WindowReport:
    """Compare the last window with the ones before it; windows with too few positives are left out.

    `kpi` is a business figure by window; without one the observed target rate is taken.
    """
    target = str(contract.datasets["labels"].target)
    enough = {
        window: rows
        for window, rows in windows.items()
        if min(int(rows[target].sum()), int((1 - rows[target]).sum())) >= settings.window_positives_min
    }
    scores = {window: bundle.score(rows) for window, rows in enough.items()}
    labels = {window: labels_of(rows, target) for window, rows in enough.items()}
    seen = [window_performance(window, scores[window], labels[window], SEED) for window in enough]
    metric = pd.Series({item.window: item.average_precision for item in seen}, dtype="float64")
    rates = pd.Series({item.window: item.positives / item.rows for item in seen}, dtype="float64")
    correlation = correlate(metric, rates if kpi is None else kpi, settings.kpi_windows_min)
    if len(enough) < 2:
        return WindowReport(tuple(seen), None, None, None, correlation)
    *before, last = enough
    earlier = pd.concat([enough[window] for window in before], ignore_index=True)
    reference = window_performance(
        before[-1],
        np.concatenate([scores[window] for window in before]),
        np.concatenate([labels[window] for window in before]),
        SEED,
    )
    current = window_performance(last, scores[last], labels[last], SEED, reference.positives / reference.rows)
    losses = {window: log_loss_of(scores[window], labels[window]) for window in enough}
    return WindowReport(
        windows=tuple(seen),
        degradation=degradation(reference, current),
        concept=detect_concept_drift(
            losses[before[0]],
            {f"{window:%Y-%m-%d}": values for window, values in losses.items() if window != before[0]},
            settings.concept,
        ),
        importance=importance_shift(
            _importance(earlier, bundle, target, settings), _importance(enough[last], bundle, target, settings)
        ),
        kpi=correlation,
    )


def labels_of(rows: pd.DataFrame, target: str) -> Labels:
    """Return the 0/1 labels of `rows`."""
    return np.asarray(rows[target], dtype=np.int64)


def _importance(rows: pd.DataFrame, bundle: Bundle, target: str, settings: MonitoringSettings) -> dict[str, float]:
    sample = rows
    if len(rows) > settings.importance_rows:
        # All positives stay: they are few, and importance is measured on finding them.
        positives = rows.loc[rows[target] == 1].head(settings.importance_rows // 2)
        negatives = rows.loc[rows[target] == 0]
        sample = pd.concat([positives, negatives.sample(settings.importance_rows - len(positives), random_state=SEED)])
    inputs = model_inputs(sample, bundle.info.features)
    return permutation_importance(bundle.model, inputs, labels_of(sample, target), seed=SEED, repeats=1)
