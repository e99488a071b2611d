"""The stage features publishes, documents what it did, refuses what it must, and watches the time of reading."""

from pathlib import Path

import pandas as pd
import pytest

from ml_platform.errors import DataRefused
from ml_platform.files import read_json
from ml_platform.monitoring.criteria import judge
from ml_platform.stage import StageContext, read_handover, run_stage
from ml_platform.stages.features import CRITERION, READS_FILE, FeaturesHandover, _judge_reads
from ml_platform.tables import LABELS, MEASURES, table_files

pytestmark = pytest.mark.deliverable("features")


def test_publishes_every_feature_and_says_how_rows_are_split(pipeline: StageContext) -> None:
    found = read_handover(pipeline, "features", FeaturesHandover)
    assert set(found.features) == {port.name for port in pipeline.contract.signatures["model"].inputs}
    assert 0 < found.positives < found.labelled <= found.rows
    statistics = read_json(pipeline.root / found.statistics)
    assert statistics["split"] == found.split
    assert set(statistics["features"]) == set(found.features)


def test_reading_one_entity_is_timed_and_within_the_promise(pipeline: StageContext) -> None:
    reads = read_json(pipeline.path(pipeline.settings.paths.reports, READS_FILE))
    assert reads["reads"] > 0
    assert 0 < reads["median"] <= reads["slowest"]
    assert not judge(pipeline.contract, CRITERION, reads["slowest"]).fired


def test_a_slow_read_raises_an_alert_at_the_bound_and_none_below(context: StageContext) -> None:
    bound = context.contract.criteria[CRITERION].bound
    alerts = context.path(context.settings.paths.reports, "alerts.jsonl")
    _judge_reads(context, [0.1, bound - 1e-6])
    assert not alerts.exists()
    _judge_reads(context, [0.1, bound])
    assert CRITERION in alerts.read_text(encoding="utf-8")


def test_a_label_copied_into_a_feature_stops_the_stage(landed: StageContext, tmp_path: Path) -> None:
    from conftest import branched  # noqa: PLC0415  - a function of the suite, not of the package

    context = branched(landed, tmp_path / "project")
    contract = context.contract
    labels = pd.concat([pd.read_parquet(file) for file in table_files(context, LABELS)])
    target = str(contract.datasets[LABELS].target)
    measures = contract.datasets[MEASURES].columns
    # Both values lie inside the column's range, so that only the leakage rule can object.
    leak = next(c for c in measures if c.role == "measure" and c.type == "number" and c.maximum is not None)
    low, high = float(leak.minimum or 0), float(leak.maximum or 0)
    on = [contract.datasets[LABELS].key, contract.datasets[LABELS].time]
    for file in table_files(context, MEASURES):
        rows = pd.read_parquet(file).merge(labels[[*on, target]], on=on, how="left")
        rows[leak.name] = rows[target].fillna(0).map({0: low, 1: high})
        rows.drop(columns=target).to_parquet(file, index=False)
    with pytest.raises(DataRefused, match="leakage"):
        run_stage("features", context)
