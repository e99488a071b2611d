"""Stage `monitor`: compares today with the time of training, reports, alerts and decides on retraining."""

from datetime import date
from pathlib import Path

import pandas as pd

from ml_platform.alerts import notify
from ml_platform.bundle import Bundle, load_bundle
from ml_platform.context import StageContext, StageHandover
from ml_platform.errors import DataRefused
from ml_platform.feature_store.adapter import open_store
from ml_platform.features.build import category_names, numeric_names
from ml_platform.files import atomic_write_json, atomic_write_text, read_json
from ml_platform.monitoring.criteria import judge
from ml_platform.monitoring.drift import CRITERION as DRIFT_CRITERION
from ml_platform.monitoring.drift import DriftReport, detect_drift
from ml_platform.monitoring.exporter import export
from ml_platform.monitoring.findings import Findings, measurements_of, reasons_to_retrain, sections_of
from ml_platform.monitoring.kpi import read_kpi
from ml_platform.monitoring.latency import LatencySummary, read_metrics, summarise_latency
from ml_platform.monitoring.report import render_report
from ml_platform.monitoring.windows import WindowReport, judge_windows, unseen_windows
from ml_platform.stages.features import READS_FILE
from ml_platform.training.data import join_labels

SCORE = "score"
REPORT_FILE = "monitoring.html"
TRIGGER_FILE = "retrain.json"
LATENCY_CRITERION = "SC-OPS-2"


class MonitorHandover(StageHandover):
    """`retrain` starts the pipeline again; paths are relative to the root."""

    retrain: bool
    reasons: tuple[str, ...]
    drifted: tuple[str, ...]
    concept_drift: bool | None
    degradation: float | None
    windows: int
    report: str


def run(context: StageContext) -> MonitorHandover:
    """Measure, report and decide for the deployed model as of the run's day; raises DataRefused on too few rows."""
    settings = context.settings.monitoring
    kpi = _kpi_file(context)
    bundle = load_bundle(context.path(context.settings.serving.model_dir))
    store = open_store(context.settings, context.contract)
    try:
        current = store.snapshot(pd.Timestamp(context.as_of, tz="UTC"))
    finally:
        store.close()
    reference = bundle.reference()
    current = current.assign(**{SCORE: bundle.score(current)})
    drift = compare_with_training(context, reference, current)
    windows = _judge_windows(context, bundle, kpi)
    reads = context.path(context.settings.paths.reports, READS_FILE)
    features = bundle.info.feature_names
    findings = Findings(
        drift=drift,
        windows=windows,
        latency=_latency(context),
        read_seconds=float(read_json(reads)["slowest"]) if reads.is_file() else None,
        missing={name: float(current[name].isna().mean()) for name in features},
    )
    reasons = reasons_to_retrain(findings, context.contract)
    report = atomic_write_text(
        context.path(context.settings.paths.reports, REPORT_FILE),
        render_report(
            f"{context.contract.project}: monitoring as of {context.as_of}",
            sections_of(findings, reasons, reference, current),
        ),
    )
    # Before the trigger is replaced: it says when drift was looked for last.
    late = _hours_since_last_check(context)
    trigger = atomic_write_json(
        context.path(context.settings.paths.reports, TRIGGER_FILE),
        {"as_of": context.as_of.isoformat(), "retrain": bool(reasons), "reasons": reasons},
    )
    checked_at = pd.Timestamp(context.as_of, tz="UTC")
    measured = measurements_of(findings, retrain=bool(reasons), checked_at=checked_at)
    export(context.path(Path(settings.textfile)), context.contract, measured)
    _alert(context, reasons, late)
    context.log.info("monitored", drifted=list(drift.drifted), windows=len(windows.windows), retrain=bool(reasons))
    return MonitorHandover(
        inputs=context.hashes(path for path in sorted(bundle.directory.rglob("*")) if path.is_file()),
        outputs=context.hashes([trigger]),
        retrain=bool(reasons),
        reasons=tuple(reasons),
        drifted=drift.drifted,
        concept_drift=None if windows.concept is None else windows.concept.fired,
        degradation=None if windows.degradation is None else windows.degradation.relative,
        windows=len(windows.windows),
        report=report.relative_to(context.root).as_posix(),
    )


def compare_with_training(context: StageContext, reference: pd.DataFrame, current: pd.DataFrame) -> DriftReport:
    """Compare features, and scores where both sides carry them, with the time of training."""
    numeric = numeric_names(context.contract)
    if SCORE in reference.columns and SCORE in current.columns:
        numeric = [*numeric, SCORE]
    return detect_drift(
        reference, current, numeric, category_names(context.contract), context.settings.monitoring.drift
    )


def _kpi_file(context: StageContext) -> Path | None:
    name = context.settings.monitoring.kpi_file
    if not name:
        return None
    path = context.path(Path(name))
    if not path.is_file():
        raise DataRefused(f"monitoring.kpi_file names {name}, which does not exist")
    return path


def _judge_windows(context: StageContext, bundle: Bundle, kpi_file: Path | None) -> WindowReport:
    windows = unseen_windows(join_labels(context), bundle, context.contract)
    kpi = None if kpi_file is None else read_kpi(kpi_file, pd.DatetimeIndex(list(windows)))
    return judge_windows(windows, bundle, context.contract, context.settings.monitoring, kpi)


def _latency(context: StageContext) -> LatencySummary | None:
    criterion = context.contract.criteria.get(LATENCY_CRITERION)
    if criterion is None or criterion.status == "not applicable":
        return None
    settings = context.settings.monitoring
    text = read_metrics(settings.serving_metrics, context.root)
    return None if text is None else summarise_latency(text, criterion.metric, settings.request_counter)


def _hours_since_last_check(context: StageContext) -> float | None:
    path = context.path(context.settings.paths.reports, TRIGGER_FILE)
    if not path.is_file():
        return None
    previous = date.fromisoformat(read_json(path)["as_of"])
    return max(0.0, (context.as_of - previous).days * 24.0)


def _alert(context: StageContext, reasons: list[str], hours: float | None) -> None:
    project = context.contract.project
    if reasons:
        notify(context.settings, f"{project}: train again", "\n".join(reasons), "warning")
    if hours is not None:
        verdict = judge(context.contract, DRIFT_CRITERION, hours)
        if verdict.fired:
            notify(context.settings, f"{project}: drift was not looked for in time", verdict.text, "critical")
