"""The stage monitor on a finished pipeline: quiet on its own data, loud on shifted data and on a turned relation."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.bundle import Bundle, load_bundle
from ml_platform.errors import DataRefused
from ml_platform.features.build import numeric_names
from ml_platform.monitoring.windows import judge_windows, unseen_windows
from ml_platform.settings import Settings
from ml_platform.stage import StageContext, make_context, read_handover, run_stage
from ml_platform.stages import monitor
from ml_platform.stages.monitor import MonitorHandover, compare_with_training
from ml_platform.tables import LABELS
from ml_platform.training.data import join_labels

pytestmark = pytest.mark.deliverable("model-monitoring")


@pytest.fixture(scope="module")
def bundle(pipeline: StageContext) -> Bundle:
    """The deployed model."""
    return load_bundle(pipeline.path(pipeline.settings.serving.model_dir))


@pytest.fixture(scope="module")
def known(pipeline: StageContext) -> pd.DataFrame:
    """All labelled rows; tests make changed copies of them."""
    return join_labels(pipeline)


def test_leaves_report_metrics_and_decision(pipeline: StageContext) -> None:
    found = read_handover(pipeline, "monitor", MonitorHandover)
    assert (pipeline.root / found.report).read_text(encoding="utf-8").startswith("<!doctype html>")
    trigger = json.loads((pipeline.root / "reports" / "retrain.json").read_text(encoding="utf-8"))
    assert trigger == {"as_of": pipeline.as_of.isoformat(), "retrain": found.retrain, "reasons": list(found.reasons)}
    metrics = (pipeline.root / pipeline.settings.monitoring.textfile).read_text(encoding="utf-8")
    assert f"ml_platform_monitor_retrain {float(found.retrain)}" in metrics


@pytest.mark.deliverable("drift")
def test_finds_no_drift_in_its_own_data_and_drift_in_shifted_data(
    pipeline: StageContext, bundle: Bundle, known: pd.DataFrame
) -> None:
    reference = bundle.reference()
    for seed in range(5):
        current = known.sample(min(len(known), 1500), random_state=seed)
        current = current.assign(score=bundle.score(current))
        assert compare_with_training(pipeline, reference, current).drifted == ()
        name = numeric_names(pipeline.contract)[0]
        shifted = current.assign(**{name: current[name] * 1.8 + current[name].std()})
        assert name in compare_with_training(pipeline, reference, shifted).drifted


@pytest.mark.deliverable("drift")
def test_a_turned_relation_is_found_where_labels_have_arrived(
    pipeline: StageContext, bundle: Bundle, known: pd.DataFrame
) -> None:
    labels = pipeline.contract.datasets[LABELS]
    target = str(labels.target)
    rows = known.sample(min(len(known), 2500), random_state=1)
    # Two windows made from known rows: in the second one the model's favourites are the negatives.
    first = rows.assign(**{labels.time: pd.Timestamp("2030-01-01", tz="UTC")})
    score = bundle.score(rows)
    turned = (score <= np.quantile(score, rows[target].mean())).astype("int64")
    second = rows.assign(**{labels.time: pd.Timestamp("2030-02-01", tz="UTC"), target: turned})
    windows = unseen_windows(pd.concat([first, second]), bundle, pipeline.contract)
    assert len(windows) == 2
    report = judge_windows(windows, bundle, pipeline.contract, pipeline.settings.monitoring)
    assert report.degradation is not None
    assert report.degradation.certain
    assert report.degradation.relative > 0.5
    assert report.concept is not None
    assert report.concept.fired
    same = dict.fromkeys(windows, first)
    quiet = judge_windows(same, bundle, pipeline.contract, pipeline.settings.monitoring)
    assert quiet.concept is not None
    assert not quiet.concept.fired
    assert quiet.importance is not None
    assert quiet.importance.moved == pytest.approx(0, abs=1e-9)


def test_windows_without_enough_positives_are_not_judged(
    pipeline: StageContext, bundle: Bundle, known: pd.DataFrame
) -> None:
    target = str(pipeline.contract.datasets[LABELS].target)
    few = known.loc[known[target] == 0]
    report = judge_windows(
        {pd.Timestamp("2030-01-01", tz="UTC"): few}, bundle, pipeline.contract, pipeline.settings.monitoring
    )
    assert report.windows == ()
    assert report.degradation is None


def changed(context: StageContext, **monitoring: object) -> StageContext:
    settings: Settings = context.settings
    section = settings.monitoring.model_copy(update=monitoring)
    return StageContext(
        settings.model_copy(update={"monitoring": section}),
        context.contract,
        context.root,
        context.run_id,
        context.as_of,
        context.log,
    )


def test_a_missing_figure_and_a_long_pause_are_told(
    pipeline: StageContext, known: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conftest import branched  # noqa: PLC0415  - a function of the suite, not of the package

    # The rows are those of the day before, joined once; test_monitoring_findings.py draws reports.
    monkeypatch.setattr(monitor, "join_labels", lambda _: known)
    monkeypatch.setattr(monitor, "sections_of", lambda *_: [])
    copy = branched(pipeline, tmp_path / "project")
    alerts = copy.path(copy.settings.paths.reports, "alerts.jsonl")
    alerts.unlink(missing_ok=True)
    next_day = make_context("local", copy.as_of + timedelta(days=1), copy.run_id, copy.root)
    with pytest.raises(DataRefused, match=r"kpi\.csv"):
        run_stage("monitor", changed(next_day, kpi_file="data/kpi.csv"))
    # A business figure that is named must exist; refusing it is an alert of its own.
    copy.path(Path("data/kpi.csv")).write_text("date,value\n2026-01-05,3\n", encoding="utf-8")
    assert isinstance(run_stage("monitor", changed(next_day, kpi_file="data/kpi.csv")), MonitorHandover)
    assert "SC-MODEL-4" not in alerts.read_text(encoding="utf-8")
    much_later = make_context("local", copy.as_of + timedelta(days=3), copy.run_id, copy.root)
    run_stage("monitor", changed(much_later, kpi_file=""))
    assert "SC-MODEL-4" in alerts.read_text(encoding="utf-8")
