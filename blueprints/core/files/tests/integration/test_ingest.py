"""Ingestion of delivered files: incremental, corrected by changes, and all or nothing."""

import shutil
import uuid
from datetime import timedelta
from pathlib import Path

import fsspec
import pandas as pd
import pytest

from conftest import branched
from ml_platform import lineage
from ml_platform.config import StorageSettings
from ml_platform.context import StageContext, handover_path, read_handover
from ml_platform.contract import Bucket
from ml_platform.errors import DataRefused, SettingsInvalid
from ml_platform.files import sha256_of
from ml_platform.ingestion.load import load_dataset, load_state
from ml_platform.stage import run_stage
from ml_platform.stages.ingest import IngestHandover
from ml_platform.synthetic.source import write_broken_file
from ml_platform.tables import known_until, read_table, table_files

pytestmark = pytest.mark.deliverable("ingestion")


@pytest.fixture
def copy(landed: StageContext, tmp_path: Path) -> StageContext:
    return branched(landed, tmp_path / "copy")


def landing(context: StageContext, *parts: str) -> Path:
    return context.path(context.settings.paths.landing, *parts)


def state(context: StageContext) -> dict[str, str]:
    """Hashes of everything that ingestion wrote."""
    return {layer: sha256_of(context.path(Path("data"), layer)) for layer in ("raw", "processed")}


def test_corrections_and_deletions_reach_the_current_state(landed: StageContext) -> None:
    definition = landed.contract.datasets["measures"]
    delivered = [pd.read_csv(path) for path in sorted(landing(landed, "measures").glob("*.csv"))]
    measures = read_table(landed, "measures")
    assert len(measures) == sum(map(len, delivered)) - 1
    assert not measures.duplicated([definition.key, definition.time]).any()
    load = read_handover(landed, "ingest", IngestHandover).datasets["measures"]
    assert (load.refused, load.sequence) == (0, 6)
    assert load.watermark == f"{measures[definition.time].max():%Y-%m-%d}"


def test_running_again_changes_nothing(copy: StageContext) -> None:
    before, handover = state(copy), handover_path(copy, "ingest").read_bytes()
    run_stage("ingest", copy)
    assert (state(copy), handover_path(copy, "ingest").read_bytes()) == (before, handover)


def test_only_the_periods_of_new_files_are_written_again(copy: StageContext) -> None:
    newest = max(landing(copy, "measures").glob("*.csv"))
    before = {path.name: path.stat().st_mtime_ns for path in table_files(copy, "measures")}
    frame = pd.read_csv(newest, dtype=str, keep_default_na=False)
    frame.iloc[1:].to_csv(newest, index=False)
    load_dataset(copy, "measures")
    after = {path.name: path.stat().st_mtime_ns for path in table_files(copy, "measures")}
    assert {name for name in after if after[name] != before[name]} == {f"{newest.stem}.parquet"}
    assert len(pd.read_parquet(table_files(copy, "measures")[-1])) == len(frame) - 1


def test_a_delivery_in_parquet_is_read_as_well(copy: StageContext) -> None:
    table_files(copy, "labels")
    newest = max(landing(copy, "labels").glob("*.csv"))
    before = read_table(copy, "labels")
    pd.read_csv(newest).to_parquet(newest.with_suffix(".parquet"))
    load_dataset(copy, "labels")
    pd.testing.assert_frame_equal(read_table(copy, "labels"), before)


def test_a_period_whose_rows_are_all_deleted_disappears(copy: StageContext) -> None:
    definition = copy.contract.datasets["labels"]
    newest = max(landing(copy, "labels").glob("*.csv"))
    frame = pd.read_csv(newest, dtype=str)
    rows = frame[[definition.key, definition.time]].assign(**{str(definition.target): ""})
    target = landing(copy, "labels", "changes", "000001.csv")
    target.parent.mkdir()
    rows.assign(_operation="delete", _sequence=range(1, len(rows) + 1)).to_csv(target, index=False)
    load_dataset(copy, "labels")
    assert f"{newest.stem}.parquet" not in {path.name for path in table_files(copy, "labels")}


@pytest.mark.parametrize("kind", ["shape", "values"])
def test_a_broken_file_is_refused_and_nothing_is_written(copy: StageContext, kind: "str") -> None:
    before = state(copy)
    write_broken_file(copy, "shape" if kind == "shape" else "values")
    with pytest.raises(DataRefused, match="missing" if kind == "shape" else "records are refused"):
        run_stage("ingest", copy)
    assert state(copy) == before


def test_a_file_that_cannot_be_read_is_refused(copy: StageContext) -> None:
    landing(copy, "measures", "broken.parquet").write_bytes(b"not parquet")
    with pytest.raises(DataRefused, match="cannot be read"):
        run_stage("ingest", copy)


def test_few_bad_records_are_set_aside_and_counted(copy: StageContext) -> None:
    newest = max(landing(copy, "measures").glob("*.csv"))
    frame = pd.read_csv(newest, dtype=str, keep_default_na=False)
    frame.loc[0, copy.contract.datasets["measures"].key] = ""
    frame.to_csv(newest, index=False)
    data = copy.settings.data.model_copy(update={"max_bad_share": 0.01})
    settings = copy.settings.model_copy(update={"data": data})
    lenient = StageContext(settings, copy.contract, copy.root, copy.run_id, copy.as_of, copy.log)
    run_stage("ingest", lenient)
    refused = pd.read_parquet(lenient.path(lenient.settings.paths.raw, "measures", "refused", f"{newest.stem}.parquet"))
    assert refused["reason"].iloc[0].startswith(copy.contract.datasets["measures"].key)
    assert read_handover(lenient, "ingest", IngestHandover).datasets["measures"].refused == 1


def test_absent_data_are_named(context: StageContext) -> None:
    with pytest.raises(DataRefused, match="synthesize"):
        run_stage("ingest", context)
    with pytest.raises(DataRefused, match="stage ingest"):
        read_table(context, "measures")


def test_labels_are_seen_only_when_they_can_be_known(landed: StageContext) -> None:
    definition = landed.contract.datasets["labels"]
    labels = read_table(landed, "labels", [str(definition.target)])
    assert labels[definition.time].max() <= pd.Timestamp(known_until(landed, "labels"))
    # The day before the newest label is reported, it must not be seen, although its file lies there.
    wait = timedelta(days=sum(landed.contract.slos[n].value for n in ("label_horizon_days", "label_delay_days")))
    newest = labels[definition.time].max()
    for days, seen in ((0, True), (1, False)):
        day = (newest + wait - timedelta(days=days)).date()
        then = StageContext(landed.settings, landed.contract, landed.root, landed.run_id, day, landed.log)
        if labels[definition.time].nunique() > 1:
            assert (read_table(then, "labels")[definition.time].max() == newest) is seen
        assert (pd.Timestamp(known_until(then, "labels")) >= newest) is seen
    earlier = landed.as_of.replace(year=landed.as_of.year - 20)
    past = StageContext(landed.settings, landed.contract, landed.root, landed.run_id, earlier, landed.log)
    with pytest.raises(DataRefused, match="no row known"):
        read_table(past, "labels")


def test_sources_in_object_storage_are_fetched_once(landed: StageContext, context: StageContext) -> None:
    uri = f"memory://{uuid.uuid4().hex}"
    files = fsspec.filesystem("memory")
    for path in landing(landed, "labels").glob("*.csv"):
        files.pipe_file(f"{uri}/in/labels/{path.name}", path.read_bytes())
    bucket = Bucket(owner="ingestion", uri=uri, description="trial")
    data = context.settings.data.model_copy(update={"location": "landing/in"})
    settings = context.settings.model_copy(update={"data": data, "storage": StorageSettings(region="eu-west-1")})
    contract = context.contract.model_copy(update={"buckets": {"landing": bucket}})
    remote = StageContext(settings, contract, context.root, context.run_id, context.as_of, context.log)
    assert set(load_dataset(remote, "labels")) == set(load_state(landed, "labels"))
    # A machine that starts empty but for the raw layer fetches nothing that was loaded before.
    shutil.rmtree(landing(remote))
    load_dataset(remote, "labels")
    assert not landing(remote).exists()
    pd.testing.assert_frame_equal(read_table(remote, "labels"), read_table(landed, "labels"))
    assert load_dataset(remote, "measures") == {}
    wrong = settings.model_copy(update={"data": data.model_copy(update={"location": "nowhere"})})
    with pytest.raises(SettingsInvalid, match="names the bucket"):
        load_dataset(StageContext(wrong, contract, remote.root, "r", remote.as_of, remote.log), "labels")


def test_every_file_has_a_known_origin(landed: StageContext, context: StageContext) -> None:
    # SC-DATA-3
    assert lineage.completeness(landed) == lineage.LineageReport(1.0, ())
    assert lineage.completeness(context).share == 0
