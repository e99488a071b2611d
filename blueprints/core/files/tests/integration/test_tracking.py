"""The chosen tracker, for real: experiments side by side, nothing half recorded, training metrics as event files."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from ml_platform.context import StageContext, read_handover
from ml_platform.contract import Contract
from ml_platform.errors import NotTracked
from ml_platform.stages.evaluate import EvaluateHandover
from ml_platform.stages.train import TrainHandover
from ml_platform.tracking.adapter import open_tracker
from ml_platform.tracking.events import EventWriter
from ml_platform.tracking.protocol import Expected, RunRecord, compare

pytestmark = pytest.mark.deliverable("tracking")
EXPECTED = Expected(frozenset({"seed"}), frozenset({"score"}), model=False)


@dataclass(frozen=True)
class Trial:
    number: int
    context: StageContext

    def record(self) -> str:
        tracker = open_tracker(self.context.settings)
        with tracker.start_run(f"trial {self.number}", {"kind": "trial"}, EXPECTED) as run:
            run.log_params({"seed": self.number})
            for step in range(3):
                run.log_metrics({"score": self.number + step / 10}, step)
        tracker.close()
        return run.run_id


def test_sc_velocity_2_parallel_experiments_do_not_disturb(pipeline: StageContext, contract: Contract) -> None:
    count = int(contract.criteria["SC-VELOCITY-2"].bound) + 1
    tracker = open_tracker(pipeline.settings)
    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(Trial.record, [Trial(number, pipeline) for number in range(count)]))
    table = compare(tracker, found)
    assert table["param.seed"].tolist() == [str(number) for number in range(count)]
    assert table["metric.score"].tolist() == pytest.approx([number + 0.2 for number in range(count)])
    assert len(set(found)) == count


def test_a_run_that_lacks_a_metric_fails(pipeline: StageContext) -> None:
    tracker = open_tracker(pipeline.settings)
    with pytest.raises(NotTracked, match="metric score"), tracker.start_run("half", {}, EXPECTED) as run:
        run.log_params({"seed": 1})
    assert tracker.fetch_run(run.run_id).status == "FAILED"


def test_a_run_that_breaks_is_recorded_as_failed(pipeline: StageContext) -> None:
    tracker = open_tracker(pipeline.settings)
    with pytest.raises(ZeroDivisionError), tracker.start_run("broken", {}) as run:
        run.log_metrics({"score": 1 / 0})
    assert tracker.fetch_run(run.run_id).status == "FAILED"


def test_an_unknown_run_is_an_error(pipeline: StageContext) -> None:
    with pytest.raises(NotTracked, match="none"):
        open_tracker(pipeline.settings).fetch_run("0" * 32)


def tracked(pipeline: StageContext) -> RunRecord:
    return open_tracker(pipeline.settings).fetch_run(read_handover(pipeline, "train", TrainHandover).tracked_run)


def test_the_training_run_holds_parameters_metrics_plots_data_and_model(pipeline: StageContext) -> None:
    record = tracked(pipeline)
    trained = read_handover(pipeline, "train", TrainHandover)
    evaluated = read_handover(pipeline, "evaluate", EvaluateHandover)
    assert record.has_model
    assert record.status == "FINISHED"
    assert {f"model.{name}" for name in trained.parameters} <= set(record.parameters)
    assert {f"test.{name}" for name in evaluated.metrics} <= set(record.metrics)
    assert record.metrics["test.average_precision"] == pytest.approx(evaluated.metrics["average_precision"])
    names = set(record.files)
    assert {"plots/precision-recall.png", "plots/calibration.png", "plots/candidates.png"} <= names
    assert {"bundle/reference.parquet", "evaluation/predictions.parquet", "evaluation/model-card.md"} <= names


def test_training_metrics_are_event_files(pipeline: StageContext) -> None:
    folder = pipeline.path(Path(pipeline.settings.tracking.directory), "events", pipeline.run_id)
    for candidate in pipeline.settings.training.candidates:
        files = sorted((folder / candidate).glob("events.out.tfevents.*"))
        assert files, candidate
        assert b"fold/average_precision" in files[0].read_bytes()


def test_event_files_can_be_switched_off(tmp_path: Path) -> None:
    with EventWriter(tmp_path / "events", enabled=False) as events:
        events.scalars({"loss": 1.0}, 0)
    assert events.files() == []
