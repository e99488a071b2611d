"""Stage `evaluate`: decides whether the trained model may be registered, and writes down why."""

from pathlib import Path

import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from ml_platform.alerts import notify
from ml_platform.bundle import Bundle, load_bundle
from ml_platform.context import StageContext, StageHandover, read_handover
from ml_platform.evaluation import plots
from ml_platform.evaluation.baselines import RULE_FILE, load_rule
from ml_platform.evaluation.card import model_card
from ml_platform.evaluation.evaluate import Evaluation, evaluate, fairness_findings
from ml_platform.evaluation.gate import GateResult, reasons
from ml_platform.files import atomic_write_json, atomic_write_parquet, atomic_write_text
from ml_platform.stages.train import TrainHandover, TrainingSet, read_training_set
from ml_platform.tables import LABELS
from ml_platform.tracking.adapter import open_tracker
from ml_platform.training.candidates import Estimator
from ml_platform.training.data import Labelled, labelled, protected_names


class EvaluateHandover(StageHandover):
    """The verdict and the numbers behind it; paths are relative to the root."""

    passed: bool
    reasons: list[str]
    metrics: dict[str, float]
    baseline: str
    baseline_metric: float
    difference: float
    standard_error: float
    permuted: float
    gates: list[GateResult]
    importance: dict[str, float]
    fairness_findings: list[str]
    report: str
    card: str
    predictions: str


def run(context: StageContext) -> EvaluateHandover:
    """Judges the model of this run; failing its gates is no error here, but such a model is never registered."""
    trained = read_handover(context, "train", TrainHandover)
    settings = context.settings.training
    bundle = load_bundle(context.path(Path(trained.bundle)))
    found = read_training_set(context)
    data = labelled(found.frame, context.contract)
    with threadpool_limits(settings.threads):
        result = evaluate(
            bundle,
            data,
            found.split,
            context.contract,
            load_rule(context.root),
            settings.evaluation,
            capacity_share=settings.decision.capacity_share,
            seed=settings.seed,
            build=lambda: unfitted(bundle),
            out_of_fold=pd.read_parquet(context.path(Path(trained.out_of_fold))),
            protected=found.frame[protected_names(context.contract)],
        )
    findings = fairness_findings(result, settings.evaluation)
    refusals = reasons(result.gates) + (findings if settings.evaluation.fairness_blocks else [])
    written = _write(context, bundle, data, result, found, findings)
    pictures = _draw(context, result, bundle.info.threshold)
    _record(context, trained.tracked_run, result, [*written.values(), *pictures])
    if refusals or findings:
        verdict = "refused" if refusals else "accepted, but look at its groups"
        text = "\n".join(dict.fromkeys([*refusals, *findings]))
        notify(context.settings, f"{context.contract.project}: model {verdict}", text, "warning")
    context.log.info("evaluated", passed=not refusals, difference=result.difference.value, **result.metrics)
    inputs = [trained.rows, trained.out_of_fold, RULE_FILE.as_posix(), *_bundle_files(context, trained)]
    return EvaluateHandover(
        inputs=context.hashes(context.path(Path(name)) for name in inputs),
        outputs=context.hashes([*written.values(), *pictures]),
        passed=not refusals,
        reasons=refusals,
        metrics=result.metrics,
        baseline=result.baseline,
        baseline_metric=result.difference.baseline,
        difference=result.difference.value,
        standard_error=result.difference.standard_error,
        permuted=result.permuted,
        gates=list(result.gates),
        importance=result.importance,
        fairness_findings=findings,
        **{name: path.relative_to(context.root).as_posix() for name, path in written.items()},
    )


def unfitted(bundle: Bundle) -> Estimator:
    """A fresh model of the bundle's kind with its parameters, without its calibration curve."""
    return clone(getattr(bundle.model, "model", bundle.model))


def _write(
    context: StageContext, bundle: Bundle, data: Labelled, result: Evaluation, found: TrainingSet, findings: list[str]
) -> dict[str, Path]:
    definition = context.contract.datasets[LABELS]
    purpose = definition.column(str(definition.target)).description
    keys = data.frame[[definition.key, definition.time, str(definition.target)]].iloc[result.rows]
    predictions = keys.assign(score=result.scores, baseline=result.baseline_scores)
    report = {
        "run_id": context.run_id,
        "candidate": bundle.info.candidate,
        "split": found.split.description,
        "rows": len(result.rows),
        "metrics": result.metrics,
        "baselines": result.baseline_values,
        "difference": result.difference.value,
        "standard_error": result.difference.standard_error,
        "permuted_labels": result.permuted,
        "gates": [gate.model_dump() for gate in result.gates],
        "importance": result.importance,
        "groups": [group.as_row() for item in result.fairness for group in item.groups],
        "fairness_findings": findings,
    }
    card = model_card(bundle.info, result, found.split.description, purpose, findings)
    folder = context.work / "evaluation"
    return {
        "report": atomic_write_json(folder / "evaluation.json", report),
        "card": atomic_write_text(folder / "model-card.md", card),
        "predictions": atomic_write_parquet(folder / "predictions.parquet", predictions),
    }


def _draw(context: StageContext, result: Evaluation, threshold: float) -> list[Path]:
    folder = context.work / "plots"
    curves = {"model": result.scores, result.baseline: result.baseline_scores}
    bins = context.settings.training.evaluation.calibration_bins
    return [
        plots.precision_recall(folder / "precision-recall.png", result.labels, curves),
        plots.calibration(folder / "calibration.png", result.labels, result.scores, bins),
        plots.score_histogram(folder / "scores.png", result.labels, result.scores, threshold),
        plots.importance(folder / "importance.png", result.importance),
    ]


def _record(context: StageContext, tracked_run: str, result: Evaluation, files: list[Path]) -> None:
    tracker = open_tracker(context.settings)
    try:
        with tracker.resume_run(tracked_run) as run:
            run.log_metrics(
                {
                    **{f"test.{name}": value for name, value in result.metrics.items()},
                    "test.baseline_average_precision": result.difference.baseline,
                    "test.difference": result.difference.value,
                    "test.standard_error": result.difference.standard_error,
                    "test.permuted_labels": result.permuted,
                }
            )
            for path in files:
                run.log_file(path, f"{path.parent.name}/{path.name}")
    finally:
        tracker.close()


def _bundle_files(context: StageContext, trained: TrainHandover) -> list[str]:
    files = context.path(Path(trained.bundle)).rglob("*")
    return [path.relative_to(context.root).as_posix() for path in sorted(files) if path.is_file()]
