"""Stage `register`: an accepted model becomes a numbered version, meets the champion, and moves on as far as it may."""

import shutil
from pathlib import Path

import pandas as pd

from ml_platform.bundle import CARD_FILE, load_bundle, load_info, rewrite_info
from ml_platform.context import StageContext, StageHandover, read_handover
from ml_platform.errors import GateFailed
from ml_platform.evaluation.champion import Comparison, compare_with_champion
from ml_platform.registry.adapter import open_registry
from ml_platform.registry.promotion import GATE_TAG, PASSED, move, promote
from ml_platform.registry.protocol import CHALLENGER, CHAMPION, Registry
from ml_platform.stages.evaluate import EvaluateHandover
from ml_platform.stages.train import TrainHandover, read_training_set
from ml_platform.tables import LABELS

PIPELINE = "pipeline"


class RegisterHandover(StageHandover):
    """The version and where it stands."""

    version: int
    champion: int | None
    challenger_wins: bool
    comparison: str
    promoted_to: list[str]


def run(context: StageContext) -> RegisterHandover:
    """Registers the model of this run; raises GateFailed where its evaluation refused it."""
    trained = read_handover(context, "train", TrainHandover)
    evaluated = read_handover(context, "evaluate", EvaluateHandover)
    if not evaluated.passed:
        raise GateFailed(
            "the model was refused and is not registered: " + "; ".join(evaluated.reasons) + ". "
            f"Read {evaluated.card}, change data or settings, and train again"
        )
    finished = _finish(context, trained, evaluated)
    registry = open_registry(context.settings)
    try:
        version = _version(registry, finished, trained, context)
        champion = registry.get_alias(CHAMPION)
        comparison = _compare(context, registry, champion, version, evaluated)
        if registry.get_alias(CHALLENGER) != version:
            move(registry, CHALLENGER, version, approver=PIPELINE, reason=f"accepted in run {context.run_id}")
        registry.tag(version, "comparison", comparison.reason)
        promoted = _promote(context, registry, version, comparison) if comparison.challenger_wins else []
    finally:
        registry.close()
    context.log.info("registered", version=version, promoted_to=promoted, comparison=comparison.reason)
    sources = [evaluated.report, evaluated.card, evaluated.predictions]
    return RegisterHandover(
        inputs=context.hashes(context.path(Path(name)) for name in sources),
        outputs=context.hashes(path for path in sorted(finished.rglob("*")) if path.is_file()),
        version=version,
        champion=champion,
        challenger_wins=comparison.challenger_wins,
        comparison=comparison.reason,
        promoted_to=promoted,
    )


def _finish(context: StageContext, trained: TrainHandover, evaluated: EvaluateHandover) -> Path:
    # The registered bundle carries its evaluation and its card, so that it explains itself wherever it is copied to.
    finished = context.work / "registered"
    shutil.rmtree(finished, ignore_errors=True)
    shutil.copytree(context.path(Path(trained.bundle)), finished)
    shutil.copy(context.path(Path(evaluated.report)), finished / "evaluation.json")
    shutil.copy(context.path(Path(evaluated.card)), finished / CARD_FILE)
    info = load_info(finished)
    metrics = {**info.metrics, **{f"test.{name}": value for name, value in evaluated.metrics.items()}}
    rewrite_info(finished, info.model_copy(update={"metrics": metrics}))
    return finished


def _version(registry: Registry, finished: Path, trained: TrainHandover, context: StageContext) -> int:
    for known in registry.versions():
        # A second run of this stage must not make a second version of the same model.
        if known.run_id == trained.tracked_run:
            return known.version
    info = load_info(finished)
    tags = {
        GATE_TAG: PASSED,
        "run_id": context.run_id,
        "candidate": info.candidate,
        **info.versions,
        "trained_at": info.trained_at.isoformat(),
        "average_precision": f"{info.metrics['test.average_precision']:.6f}",
    }
    return registry.register(finished, trained.tracked_run, tags)


def _compare(
    context: StageContext, registry: Registry, champion: int | None, version: int, evaluated: EvaluateHandover
) -> Comparison:
    if champion is None:
        return Comparison(0, None, True, "there is no champion yet")
    if champion == version:
        return Comparison(0, None, True, "it is the champion already")
    bundle = load_bundle(registry.download(champion, context.work / "champion"))
    predictions = pd.read_parquet(context.path(Path(evaluated.predictions)))
    definition = context.contract.datasets[LABELS]
    frame = read_training_set(context).frame.drop(columns=str(definition.target))
    features = predictions[[definition.key, definition.time]].merge(
        frame, on=[definition.key, definition.time], how="left", validate="one_to_one"
    )
    return compare_with_champion(
        bundle,
        predictions,
        features,
        context.contract,
        context.settings.training.evaluation,
        min_improvement=context.settings.registry.min_improvement,
        seed=context.settings.training.seed,
    )


def _promote(context: StageContext, registry: Registry, version: int, comparison: Comparison) -> list[str]:
    reason = f"gates passed in run {context.run_id}; {comparison.reason}"
    promoted = []
    for stage in context.settings.registry.promote_to:
        if registry.get_alias(stage) != version:
            promote(registry, version, stage, approver=PIPELINE, reason=reason)
        promoted.append(stage)
    return promoted
