"""What a training run records, in one place, so that the list of expected entries and the entries cannot part."""

from collections.abc import Mapping
from pathlib import Path

from ml_platform.context import StageContext
from ml_platform.evaluation import plots
from ml_platform.features.split import Split
from ml_platform.tracking.events import EventWriter
from ml_platform.tracking.protocol import Expected, Tracker
from ml_platform.training.fit import Fitted, Trained

METRIC = "average_precision"


def run_parameters(context: StageContext, fitted: Fitted, split: Split) -> dict[str, object]:
    """Every parameter that the result depends on, by the name it is tracked under."""
    training = context.settings.training
    decision = {f"decision.{key}": value for key, value in training.decision.model_dump().items()}
    chosen = {f"model.{key}": value for key, value in fitted.chosen.parameters.items()}
    return {
        "candidate": fitted.chosen.name,
        "seed": training.seed,
        "class_weight": training.class_weight,
        "calibration": training.calibration,
        "split": split.description,
        "training_rows": len(split.train),
        "as_of": context.as_of.isoformat(),
        **chosen,
        **decision,
    }


def cross_validation_metrics(fitted: Fitted) -> dict[str, float]:
    """Mean and spread over the folds for each competitor, and the decision threshold."""
    values: dict[str, float] = {"threshold": fitted.threshold}
    for trained in fitted.competitors:
        values[f"cv.{trained.name}.{METRIC}"] = trained.score
        values[f"cv.{trained.name}.spread"] = trained.spread
    return values


def record_training(
    tracker: Tracker,
    context: StageContext,
    fitted: Fitted,
    split: Split,
    bundle_dir: Path,
    versions: Mapping[str, str],
) -> str:
    """Records the run, one child run per competitor, curves and pictures; returns the tracker's id of the run.

    Raises NotTracked where something of it was not stored.
    """
    parameters = run_parameters(context, fitted, split)
    metrics = cross_validation_metrics(fitted)
    tags = {"run_id": context.run_id, "environment": context.settings.environment, **versions}
    expected = Expected(frozenset(parameters), frozenset(metrics), model=context.settings.tracking.log_model)
    events = context.path(Path(context.settings.tracking.directory), "events", context.run_id)
    with tracker.start_run(f"train {context.run_id}", tags, expected) as run:
        run.log_params(parameters)
        run.log_metrics(metrics)
        for trained in fitted.competitors:
            _record_competitor(tracker, trained, tags, run.run_id, events / trained.name, context)
        with EventWriter(events / "final", context.settings.tracking.event_files) as curve:
            for step, loss in enumerate(fitted.loss):
                run.log_metrics({"validation_loss": loss}, step)
                curve.scalars({"loss/validation": loss}, step)
        for file in curve.files():
            run.log_file(file, f"events/{file.name}")
        names = [trained.name for trained in fitted.competitors]
        picture = plots.comparison(
            context.work / "plots" / "candidates.png",
            names,
            [trained.score for trained in fitted.competitors],
            [trained.spread for trained in fitted.competitors],
        )
        run.log_file(picture, f"plots/{picture.name}")
        if context.settings.tracking.log_model:
            run.log_model(bundle_dir)
        return run.run_id


def _record_competitor(
    tracker: Tracker,
    trained: Trained,
    tags: Mapping[str, str],
    parent: str,
    directory: Path,
    context: StageContext,
) -> None:
    parameters = {f"model.{key}": value for key, value in trained.parameters.items()}
    metrics = {METRIC: trained.score, "spread": trained.spread}
    expected = Expected(frozenset(parameters), frozenset(metrics), model=False)
    with (
        tracker.start_run(trained.name, tags, expected, parent) as run,
        EventWriter(directory, context.settings.tracking.event_files) as events,
    ):
        run.log_params(parameters)
        run.log_metrics(metrics)
        for step, value in enumerate(trained.metrics.tolist()):
            run.log_metrics({f"fold.{METRIC}": value}, step)
            events.scalars({f"fold/{METRIC}": value}, step)
        for step, value in enumerate(trained.history):
            run.log_metrics({f"search.{METRIC}": value}, step)
            events.scalars({f"search/{METRIC}": value}, step)
        events.close()
        for file in events.files():
            run.log_file(file, f"events/{file.name}")
