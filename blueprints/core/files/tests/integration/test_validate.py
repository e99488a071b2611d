"""Validation: good data pass, each kind of bad data is stopped, and training asks before it starts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conftest import branched
from ml_platform import lineage
from ml_platform.context import StageContext, StageHandover, handover_path, write_handover
from ml_platform.contract import Contract
from ml_platform.errors import GateFailed, NotValidated
from ml_platform.monitoring.criteria import evaluate_criterion
from ml_platform.quality import anomalies, sla
from ml_platform.quality.config import QualitySettings
from ml_platform.quality.findings import Finding
from ml_platform.quality.gate import ValidateHandover, require_validated
from ml_platform.quality.profile import profile
from ml_platform.quality.suite import check_suite
from ml_platform.stage import run_stage
from ml_platform.synthetic.source import write_broken_file
from ml_platform.tables import read_table, table_files

pytestmark = pytest.mark.deliverable("data-quality")


@pytest.fixture(scope="module")
def validated(landed: StageContext, tmp_path_factory: pytest.TempPathFactory) -> StageContext:
    context = branched(landed, tmp_path_factory.mktemp("validated") / "project")
    run_stage("validate", context)
    return context


@pytest.fixture
def copy(validated: StageContext, tmp_path: Path) -> StageContext:
    return branched(validated, tmp_path / "copy")


def broken(findings: list[Finding]) -> list[str]:
    return [finding.line() for finding in findings if not finding.passed]


def test_good_data_pass_and_are_described(validated: StageContext) -> None:
    handover = require_validated(validated)
    assert handover.passed
    assert handover.issue_share == 0
    reports = validated.path(validated.settings.paths.reports)
    report = json.loads((reports / "quality.json").read_text(encoding="utf-8"))
    assert report["passed"]
    assert set(report["criteria"]) == {sla.ISSUES, sla.PASSES, sla.LINEAGE}
    assert "ml_platform_quality_passed 1.0" in (reports / "metrics" / "validate.prom").read_text(encoding="utf-8")
    assert "<h2>Rules</h2>" in (reports / "quality.html").read_text(encoding="utf-8")
    before = handover_path(validated, "validate").read_bytes()
    run_stage("validate", validated)
    assert handover_path(validated, "validate").read_bytes() == before


def test_a_file_that_lost_its_rows_is_stopped(copy: StageContext) -> None:
    write_broken_file(copy, "volume")
    run_stage("ingest", copy)
    with pytest.raises(GateFailed, match="row count like earlier periods"):
        run_stage("validate", copy)
    with pytest.raises(NotValidated, match="not validated"):
        require_validated(copy)
    history = copy.path(copy.settings.paths.reports, "validation-history.json")
    assert json.loads(history.read_text(encoding="utf-8")) == {copy.run_id: False}


def test_data_that_changed_after_validation_are_not_used(copy: StageContext) -> None:
    changed = table_files(copy, "labels")[0]
    pd.read_parquet(changed).iloc[1:].to_parquet(changed)
    with pytest.raises(NotValidated, match=changed.name):
        require_validated(copy)
    closed = ValidateHandover(passed=False, issue_share=0, rules=1)
    write_handover(copy, "validate", closed)
    with pytest.raises(NotValidated, match="did not pass"):
        require_validated(copy)


def test_a_promise_that_only_the_history_breaks_is_an_alert(copy: StageContext) -> None:
    reports = copy.path(copy.settings.paths.reports)
    (reports / "validation-history.json").write_text('{"2026-11-19": false}', encoding="utf-8")
    write_handover(copy, "trial", StageHandover(inputs={"data/unknown.csv": "0"}))
    lineage.record(copy, "trial", StageHandover(inputs={"data/unknown.csv": "0"}))
    run_stage("validate", copy)
    alerts = (reports / "alerts.jsonl").read_text(encoding="utf-8")
    assert sla.PASSES in alerts
    assert sla.LINEAGE in alerts
    assert lineage.completeness(copy).unknown == ("trial: data/unknown.csv",)


def test_the_suite_finds_each_kind_of_bad_value(landed: StageContext) -> None:
    dataset = landed.contract.datasets["measures"]
    frame = read_table(landed, "measures").head(200)
    assert broken(check_suite("measures", dataset, frame, 0.1)) == []
    bounded = next(c for c in dataset.columns if c.type in ("integer", "number") and c.maximum is not None)
    bad = pd.concat([frame, frame.head(1)])
    bad[bounded.name] = bad[bounded.name].astype("float64")
    bad.iloc[3, bad.columns.get_loc(bounded.name)] = float(bounded.maximum or 0) + 1
    closed = [c for c in dataset.columns if c.values]
    for column in closed:
        bad.iloc[4, bad.columns.get_loc(column.name)] = "unheard of"
    found = check_suite("measures", dataset, bad, 0.1)
    lines = " ".join(broken(found))
    assert "compound columns to be unique" in lines
    assert f"measures.{bounded.name}: column values to be between (1 of 201 values)" in lines
    assert lines.count("to be in set") == len(closed)
    assert sum(finding.unexpected for finding in found) == 2 + 1 + len(closed)
    gone = check_suite("measures", dataset, frame.drop(columns=bounded.name), 0.1)
    assert "table columns to match set" in " ".join(broken(gone))


def test_a_moved_level_a_new_share_and_lost_rows_are_anomalies(landed: StageContext) -> None:
    dataset = landed.contract.datasets["measures"]
    settings = QualitySettings()
    frame = read_table(landed, "measures")
    assert broken(anomalies.find_anomalies("measures", dataset, frame, settings)) == []
    latest = frame[dataset.time] == frame[dataset.time].max()
    number = next(c.name for c in dataset.columns if c.role == "measure" and c.type in ("integer", "number"))
    moved = frame.assign(**{number: frame[number].where(~latest, frame[number] + 3 * frame[number].std())})
    assert f"measures.{number}: mean" in " ".join(
        broken(anomalies.find_anomalies("measures", dataset, moved, settings))
    )
    for column in (c for c in dataset.columns if c.type == "category" and c.role == "attribute"):
        one = frame.assign(**{column.name: frame[column.name].where(~latest, (column.values or ("x",))[-1])})
        none = frame.assign(**{column.name: frame[column.name].where(~latest, None)})
        for changed in (one, none):
            lines = broken(anomalies.find_anomalies("measures", dataset, changed, settings))
            assert f"measures.{column.name}: shares" in " ".join(lines)
    short = frame[frame[dataset.time] <= frame[dataset.time].unique()[1]]
    assert anomalies.find_anomalies("measures", dataset, short, settings) == []


def test_old_data_are_not_fresh(contract: Contract) -> None:
    limit = contract.slos[sla.FRESHNESS].value
    latest = datetime(2026, 1, 31, tzinfo=UTC)
    at_bound, beyond = (
        sla.freshness("m", latest, (latest + timedelta(days=limit + d)).date(), contract) for d in (0, 1)
    )
    assert at_bound.passed
    assert not beyond.passed


def test_the_profile_tells_gaps_quantiles_and_shares(landed: StageContext) -> None:
    dataset = landed.contract.datasets["measures"]
    frame = read_table(landed, "measures").head(100)
    for column in dataset.columns:
        found = profile(frame, dataset)[column.name]
        assert found["rows"] == 100
        assert found["missing_share"] == pytest.approx(frame[column.name].isna().mean())
        if column.type == "number":
            assert found["minimum"] <= found["median"] <= found["maximum"]  # type: ignore[operator]
    empty = profile(frame.assign(**dict.fromkeys(dataset.named("measure"), np.nan)), dataset)
    assert empty[dataset.named("measure")[0]]["missing_share"] == 1


def test_issue_criterion_fires_at_its_bound_and_not_below(contract: Contract) -> None:
    # SC-DATA-1: less than one issue in a thousand records.
    criterion = contract.criteria[sla.ISSUES]
    assert not evaluate_criterion(criterion, sla.issue_share([], refused=9, rows=9_991))
    assert evaluate_criterion(criterion, sla.issue_share([], refused=10, rows=9_990))
    finding = Finding(dataset="m", rule="r", column="c", passed=False, unexpected=10, rows=10_000)
    assert evaluate_criterion(criterion, sla.issue_share([finding], refused=0, rows=10_000))
    assert evaluate_criterion(criterion, sla.issue_share([], refused=0, rows=0))


def test_pass_criterion_fires_just_beyond_its_bound(contract: Contract, tmp_path: Path) -> None:
    # SC-DATA-2: one refusal in a thousand runs is allowed, two are not.
    path = tmp_path / "history.json"
    path.write_text(json.dumps({str(i): i != 5 for i in range(999)}), encoding="utf-8")
    share = sla.remember(path, "last", passed=True)
    assert share == pytest.approx(0.999)
    assert not evaluate_criterion(contract.criteria[sla.PASSES], share)
    assert evaluate_criterion(contract.criteria[sla.PASSES], sla.remember(path, "last", passed=False))
    assert len(json.loads(path.read_text(encoding="utf-8"))) == sla.HISTORY


def test_lineage_criterion_fires_on_a_single_unknown_file(contract: Contract) -> None:
    # SC-DATA-3
    assert not evaluate_criterion(contract.criteria[sla.LINEAGE], 1.0)
    assert evaluate_criterion(contract.criteria[sla.LINEAGE], 999 / 1000)
