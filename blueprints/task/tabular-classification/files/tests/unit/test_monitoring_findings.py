"""The decision to train again follows from the findings, at the bound of SC-MODEL-2 and not below it."""

import dataclasses
from functools import cache

import numpy as np
import pandas as pd
import pytest

from ml_platform.contract import Contract
from ml_platform.monitoring import measurements as names
from ml_platform.monitoring.concept import detect_concept_drift
from ml_platform.monitoring.config import ConceptSettings, DriftSettings
from ml_platform.monitoring.drift import DriftReport, detect_drift
from ml_platform.monitoring.findings import Findings, measurements_of, reasons_to_retrain, sections_of
from ml_platform.monitoring.importance import importance_shift
from ml_platform.monitoring.kpi import KpiCorrelation
from ml_platform.monitoring.latency import LatencySummary
from ml_platform.monitoring.performance import CRITERION, Degradation, WindowPerformance
from ml_platform.monitoring.report import render_report
from ml_platform.monitoring.windows import WindowReport

pytestmark = pytest.mark.deliverable("model-monitoring")
DAYS = pd.date_range("2026-01-01", periods=2, freq="MS", tz="UTC")


def frame(shift: float = 0.0) -> pd.DataFrame:
    generator = np.random.default_rng(int(shift * 10))
    return pd.DataFrame({"a": generator.normal(shift, 1, 500), "b": np.full(500, np.nan)})


@cache
def drift(shift: float = 0.0) -> DriftReport:
    return detect_drift(frame(), frame(shift), ["a", "b"], [], DriftSettings())


def findings(fall: float | None = None, loss: float | None = None, shift: float = 0.0) -> Findings:
    generator = np.random.default_rng(1)
    base = generator.exponential(0.2, 800)
    windows = WindowReport(
        windows=tuple(WindowPerformance(day, 100, 10, 0.5, 0.01, 0.8, 0.1) for day in DAYS) if fall is not None else (),
        degradation=None if fall is None else Degradation(0.5, 0.5 * (1 - fall), fall, deviations=3.0),
        concept=None if loss is None else detect_concept_drift(base, {"w": base * loss}, ConceptSettings()),
        importance=None if fall is None else importance_shift({"a": 1.0, "b": 0.0}, {"a": 0.5, "b": 0.5}),
        kpi=KpiCorrelation(5, 0.5, 0.2) if fall is not None else KpiCorrelation(0, None, None),
    )
    latency = LatencySummary(10, 0.02, 0.01, 0.03, 0.04, {"ok": 10}) if fall is not None else None
    return Findings(drift(shift), windows, latency, 0.002 if fall is not None else None, {"a": 0.0, "b": 1.0})


def test_nothing_found_is_no_reason(contract: Contract) -> None:
    assert reasons_to_retrain(findings(fall=0.0, loss=1.0), contract) == []
    assert reasons_to_retrain(findings(), contract) == []


def test_degradation_counts_at_the_bound_and_not_just_below(contract: Contract) -> None:
    bound = contract.criteria[CRITERION].bound
    assert reasons_to_retrain(findings(fall=bound - 1e-6), contract) == []
    assert CRITERION in reasons_to_retrain(findings(fall=bound), contract)[0]


def test_a_fall_that_may_be_chance_is_no_reason(contract: Contract) -> None:
    found = findings(fall=0.5)
    assert found.windows.degradation is not None
    unsure = dataclasses.replace(found.windows.degradation, deviations=1.5)
    chance = dataclasses.replace(found, windows=dataclasses.replace(found.windows, degradation=unsure))
    assert reasons_to_retrain(chance, contract) == []


def test_drift_and_concept_drift_are_reasons(contract: Contract) -> None:
    assert reasons_to_retrain(findings(shift=1.0), contract) == ["drift of a"]
    assert "concept drift in w" in reasons_to_retrain(findings(loss=2.0), contract)[0]


def test_publishes_what_was_measured_and_leaves_out_what_was_not(contract: Contract) -> None:
    whole = {m.name for m in measurements_of(findings(0.1, 1.0), retrain=True, checked_at=DAYS[0])}
    assert whole == {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
    bare = {m.name: m.value for m in measurements_of(findings(), retrain=False, checked_at=DAYS[0])}
    assert names.DEGRADATION not in bare
    assert bare[names.RETRAIN] == 0
    assert bare[names.LAST_CHECK] == DAYS[0].timestamp()


@pytest.mark.parametrize("found", [findings(), findings(fall=0.1, loss=1.0, shift=1.0)], ids=["bare", "whole"])
def test_the_report_shows_decision_and_tables(found: Findings, contract: Contract) -> None:
    reasons = reasons_to_retrain(found, contract)
    page = render_report("t", sections_of(found, reasons, frame(), frame(1.0)))
    assert ("Train again" in page) == bool(reasons)
    assert page.count("<table>") == 2
    assert "data:image/png" in page
