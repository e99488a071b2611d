"""Turns what monitoring measured into a decision, numbers to publish and a report; pure functions only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml_platform.contract import Contract
from ml_platform.monitoring import measurements as names
from ml_platform.monitoring import report as html
from ml_platform.monitoring.criteria import judge
from ml_platform.monitoring.drift import DriftReport
from ml_platform.monitoring.latency import LatencySummary
from ml_platform.monitoring.measurements import Measurement
from ml_platform.monitoring.performance import CRITERION as DEGRADATION_CRITERION
from ml_platform.monitoring.windows import WindowReport

SHOWN_FEATURES = 3


@dataclass(frozen=True)
class Findings:
    """All measurements of one run; `read_seconds` is the slowest read of one entity's features."""

    drift: DriftReport
    windows: WindowReport
    latency: LatencySummary | None
    read_seconds: float | None
    missing: dict[str, float]


def reasons_to_retrain(findings: Findings, contract: Contract) -> list[str]:
    """Return why the model should be trained again; empty means that it should not.

    A fall of the metric counts when it breaks SC-MODEL-2 and is larger than chance.
    """
    reasons = []
    if findings.drift.fired:
        reasons.append(f"drift of {', '.join(findings.drift.drifted)}")
    concept = findings.windows.concept
    if concept is not None and concept.fired:
        risen = [window.window for window in concept.windows if window.risen]
        reasons.append(f"concept drift in {', '.join(risen) or concept.slow}")
    fall = findings.windows.degradation
    if fall is not None and fall.certain:
        verdict = judge(contract, DEGRADATION_CRITERION, fall.relative)
        if verdict.fired:
            reasons.append(verdict.text)
    return reasons


def measurements_of(findings: Findings, *, retrain: bool, checked_at: pd.Timestamp) -> list[Measurement]:
    """Return the numbers to publish; what could not be measured is absent, never zero."""
    windows = findings.windows
    found = [Measurement(names.FEATURE_PSI, item.psi, {"feature": item.feature}) for item in findings.drift.features]
    found += [Measurement(names.FEATURE_MISSING_SHARE, share, {"feature": f}) for f, share in findings.missing.items()]
    found += [
        Measurement(names.DRIFTED_FEATURES, len(findings.drift.drifted)),
        Measurement(names.LAST_CHECK, checked_at.timestamp()),
        Measurement(names.RETRAIN, float(retrain)),
    ]
    if findings.read_seconds is not None:
        found.append(Measurement(names.FEATURE_READ_SECONDS, findings.read_seconds))
    if windows.windows:
        found.append(Measurement(names.AVERAGE_PRECISION, windows.windows[-1].average_precision))
    if windows.degradation is not None:
        found.append(Measurement(names.DEGRADATION, windows.degradation.relative))
    if windows.concept is not None:
        found.append(Measurement(names.CONCEPT_DRIFT, float(windows.concept.fired)))
    if windows.importance is not None:
        found.append(Measurement(names.IMPORTANCE_MOVED, windows.importance.moved))
    if windows.kpi.coefficient is not None:
        found.append(Measurement(names.KPI_CORRELATION, windows.kpi.coefficient))
    return found


def sections_of(
    findings: Findings, reasons: Sequence[str], reference: pd.DataFrame, current: pd.DataFrame
) -> list[html.ReportSection]:
    """Return the sections of the report, the decision first."""
    decision = ["Train again: " + "; ".join(reasons)] if reasons else ["Nothing found that asks for training again."]
    return [
        html.ReportSection("Decision", decision),
        _drift_section(findings.drift, reference, current),
        *_window_sections(findings.windows),
        _service_section(findings),
    ]


def _drift_section(drift: DriftReport, reference: pd.DataFrame, current: pd.DataFrame) -> html.ReportSection:
    rows = [
        (
            item.feature,
            item.kind,
            f"{item.statistic:.3f}",
            f"{item.p_value:.2g}",
            f"{item.psi:.3f}",
            f"{item.bound:.3f}",
        )
        for item in drift.features
    ]
    heading = ("feature", "kind", "distance", "adjusted p", "PSI", "PSI bound")
    marked = frozenset(position for position, item in enumerate(drift.features) if item.drifted)
    pictures = {"Population stability index by feature": html.bars({f.feature: f.psi for f in drift.features}, "PSI")}
    numbers = [item for item in drift.features if item.kind == "number"]
    for item in sorted(numbers, key=lambda each: (-each.psi, each.feature))[:SHOWN_FEATURES]:
        old = reference[item.feature].to_numpy(dtype=np.float64, na_value=np.nan)
        new = current[item.feature].to_numpy(dtype=np.float64, na_value=np.nan)
        if not (np.isnan(old).all() or np.isnan(new).all()):
            caption = f"Distribution of {item.feature}"
            pictures[caption] = html.histograms(old, new, item.feature, ("training", "now"))
    sentence = f"{drift.rows_current} rows now against {drift.rows_reference} rows of training."
    return html.ReportSection("Distributions", [sentence], html.Table(heading, rows, marked), pictures)


def _window_sections(windows: WindowReport) -> list[html.ReportSection]:
    days = [f"{item.window:%Y-%m-%d}" for item in windows.windows]
    sentences = [] if days else ["No window with enough positives has its labels yet."]
    pictures: dict[str, bytes] = {}
    if len(days) > 1:
        series = {"average precision": [item.average_precision for item in windows.windows]}
        pictures["Average precision by window"] = html.lines(days, series, "average precision")
    if windows.degradation is not None:
        sentences.append(
            f"The last window is {windows.degradation.relative:.1%} below the ones before it "
            f"({windows.degradation.deviations:.1f} standard errors)."
        )
    if windows.concept is not None:
        sentences.append("Concept drift was found." if windows.concept.fired else "No concept drift was found.")
    if windows.importance is not None:
        sentences.append(
            f"{windows.importance.moved:.0%} of the feature importance has moved, "
            f"most of it at {', '.join(windows.importance.largest())}."
        )
    if windows.kpi.coefficient is not None:
        sentences.append(
            f"Average precision and the business figure correlate with {windows.kpi.coefficient:+.2f} "
            f"(p = {windows.kpi.p_value:.2g}) over {windows.kpi.windows} windows."
        )
    else:
        sentences.append(f"{windows.kpi.windows} windows are too few to correlate with a business figure.")
    rows = [
        (
            day,
            str(w.rows),
            str(w.positives),
            f"{w.average_precision:.3f} ± {w.standard_error:.3f}",
            f"{w.roc_auc:.3f}",
            f"{w.brier:.4f}",
        )
        for day, w in zip(days, windows.windows, strict=True)
    ]
    heading = ("window", "rows", "positives", "average precision", "ROC AUC", "Brier score")
    return [html.ReportSection("Labels that arrived", sentences, html.Table(heading, rows), pictures)]


def _service_section(findings: Findings) -> html.ReportSection:
    sentences = []
    if findings.read_seconds is not None:
        sentences.append(f"The slowest read of one entity's features took {findings.read_seconds * 1000:.1f} ms.")
    latency = findings.latency
    if latency is None:
        sentences.append("The prediction server has published no request times.")
    else:
        outcomes = ", ".join(f"{name}: {count}" for name, count in sorted(latency.outcomes.items()))
        sentences.append(
            f"{latency.requests} requests, p50 {latency.p50 * 1000:.1f} ms, p95 {latency.p95 * 1000:.1f} ms, "
            f"p99 {latency.p99 * 1000:.1f} ms{f' ({outcomes})' if outcomes else ''}."
        )
    return html.ReportSection("Service", sentences)
