"""Stage `train`: compares the candidates, fits the best, bundles it and records all of it with the tracker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from ml_platform.bundle import CARD_FILE, BundleInfo, load_info, positive_scores, save_bundle
from ml_platform.context import StageContext, StageHandover, read_handover
from ml_platform.errors import MissingHandover
from ml_platform.features.data_needs import check_data_needs, load_requirements
from ml_platform.features.split import Split, load_split_policy, plan_split
from ml_platform.files import atomic_write_parquet, sha256_of
from ml_platform.tables import LABELS, MEASURES, table_files
from ml_platform.tracking.adapter import open_tracker
from ml_platform.training.candidates import Plan, load_candidates, load_entry
from ml_platform.training.data import Labelled, join_labels, labelled, signature, with_protected
from ml_platform.training.fit import Fitted, Trained, compare_candidates, fit_best
from ml_platform.training.recording import cross_validation_metrics, record_training
from ml_platform.training.versions import code_version, dependencies_version

TRAINING_ROWS = "training.parquet"
OUT_OF_FOLD = "out-of-fold.parquet"


class TrainHandover(StageHandover):
    """What training leaves: paths are relative to the root."""

    bundle: str
    rows: str
    out_of_fold: str
    split: str
    candidate: str
    parameters: dict[str, str]
    cross_validation: dict[str, float]
    threshold: float
    data_version: str
    tracked_run: str


@dataclass(frozen=True)
class TrainingSet:
    """All labelled rows (key, time, target, features, protected attributes), their split, and the hash of the file."""

    frame: pd.DataFrame
    split: Split
    version: str


def run(context: StageContext) -> TrainHandover:
    """Trains on the labels known on the run's day. Raises NotValidated, DataRefused or NotTracked."""
    rows, found = prepare(context)
    data = labelled(found.frame, context.contract)
    fitted = fit_models(context, data, found, take_over=True)
    bundle = _bundle(context, data, found, fitted)
    out_of_fold = atomic_write_parquet(context.work / OUT_OF_FOLD, _out_of_fold(context, data, fitted))
    tracked = _record(context, fitted, found, bundle)
    context.log.info("trained", candidate=fitted.chosen.name, score=fitted.chosen.score, tracked_run=tracked)
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    return TrainHandover(
        inputs=context.hashes([*table_files(context, LABELS), *table_files(context, MEASURES)]),
        outputs=context.hashes([*files, rows, out_of_fold]),
        bundle=bundle.relative_to(context.root).as_posix(),
        rows=rows.relative_to(context.root).as_posix(),
        out_of_fold=out_of_fold.relative_to(context.root).as_posix(),
        split=found.split.description,
        candidate=fitted.chosen.name,
        parameters=_texts(fitted),
        cross_validation=cross_validation_metrics(fitted),
        threshold=fitted.threshold,
        data_version=found.version,
        tracked_run=tracked,
    )


def prepare(context: StageContext) -> tuple[Path, TrainingSet]:
    """Checks that training may begin and writes the labelled rows. Raises NotValidated or DataRefused."""
    for path in context.settings.training.preconditions.values():
        load_entry(path)(context)
    rows = atomic_write_parquet(context.work / TRAINING_ROWS, with_protected(join_labels(context), context))
    return rows, _training_set(context, rows)


def read_training_set(context: StageContext) -> TrainingSet:
    """What this run was trained on; raises MissingHandover where it is absent or not the same any more."""
    trained = read_handover(context, "train", TrainHandover)
    path = context.path(Path(trained.rows))
    if not path.is_file() or sha256_of(path) != trained.data_version:
        raise MissingHandover(f"{trained.rows} is not what the model was trained on; run the train stage again")
    return _training_set(context, path)


def _training_set(context: StageContext, path: Path) -> TrainingSet:
    frame = pd.read_parquet(path)
    policy = load_split_policy(context.path(Path(context.settings.features.split_file)))
    # The split is a function of rows and policy, so it is computed again instead of being stored row by row.
    return TrainingSet(frame, plan_split(frame, context.contract, policy), sha256_of(path))


def fit_models(context: StageContext, data: Labelled, found: TrainingSet, *, take_over: bool = False) -> Fitted:
    """Compares all candidates that the data allow and fits the best; writes nothing but a tuner's study.

    With `take_over`, candidates that an earlier process prepared from the same data and settings are not tried again.
    """
    training = context.settings.training
    # The same data, code and seed give the same model, to the last digit, which depends on threads (SC-VELOCITY-3).
    with threadpool_limits(training.threads):
        competitors = _compare(context, data, found, training.candidates, take_over=take_over)
        if training.ensemble and len(competitors) > 1:
            competitors.append(load_entry(training.ensemble)(competitors, data.labels))
        return fit_best(competitors, data.rows, data.labels, found.split, training)


def fit_candidates(context: StageContext, found: TrainingSet, names: Sequence[str]) -> list[Trained]:
    """Parameters and fold scores of the named candidates, as far as the data allow them."""
    training = context.settings.training
    wanted = {name: path for name, path in training.candidates.items() if name in names}
    with threadpool_limits(training.threads):
        return _compare(context, labelled(found.frame, context.contract), found, wanted)


def _compare(
    context: StageContext, data: Labelled, found: TrainingSet, paths: Mapping[str, str], *, take_over: bool = False
) -> list[Trained]:
    training = context.settings.training
    requirements = load_requirements(context.path(Path(context.settings.features.data_needs_file)))
    for warning in check_data_needs(found.frame.iloc[found.split.train], context.contract, requirements):
        context.log.warning(warning)
    plan = Plan(context.contract, context.settings.features, training.class_weight, training.seed)
    usable = requirements.usable(int(data.labels[found.split.train].sum()))
    candidates = load_candidates(training.candidates, frozenset(usable))
    finder = load_entry(training.prepared) if take_over and training.prepared else None
    known = {c.name: finder(context, c, plan, data.labels, found.version) for c in candidates} if finder else {}
    return compare_candidates(
        [candidate for candidate in candidates if candidate.name in paths],
        plan,
        data.rows,
        data.labels,
        found.split,
        parameters=training.parameters,
        study=f"{context.contract.project}-{found.version[:12]}-{training.seed}",
        tuner=load_entry(training.tuner)(context) if training.tuner else None,
        known={name: trained for name, trained in known.items() if trained is not None},
    )


def _bundle(context: StageContext, data: Labelled, found: TrainingSet, fitted: Fitted) -> Path:
    definition = context.contract.datasets[LABELS]
    training = context.settings.training
    split = found.split
    info = BundleInfo(
        model_name=context.settings.registry.model_name,
        candidate=fitted.chosen.name,
        features=signature(context.contract),
        target=str(definition.target),
        threshold=fitted.threshold,
        decision=training.decision.method,
        metrics=cross_validation_metrics(fitted),
        parameters=_texts(fitted),
        data_version=found.version,
        code_version=code_version(),
        dependencies_version=dependencies_version(),
        trained_at=context.as_of,
        training_until=data.frame[definition.time].iloc[split.train].max().to_pydatetime(),
        run_id=context.run_id,
        training_rows=len(split.train),
        seed=training.seed,
    )
    note = f"# {info.model_name}\n\nTrained in run {context.run_id}; not evaluated yet.\n"
    reference = _reference(context, data, split, fitted)
    return save_bundle(context.work / "bundle", fitted.model, info, reference, {CARD_FILE: note})


def _reference(context: StageContext, data: Labelled, split: Split, fitted: Fitted) -> pd.DataFrame:
    # Held-out rows where there are some: scores of rows that a model was fitted on are surer than any it gives later.
    rows = data.rows.iloc[split.test if len(split.test) else split.train]
    count = min(context.settings.training.reference_rows, len(rows))
    sample = rows.sample(count, random_state=context.settings.training.seed).reset_index(drop=True)
    return sample.assign(score=positive_scores(fitted.model, sample))


def _out_of_fold(context: StageContext, data: Labelled, fitted: Fitted) -> pd.DataFrame:
    definition = context.contract.datasets[LABELS]
    rows = data.frame.iloc[fitted.out_of_fold_rows]
    kept = rows[[definition.key, definition.time, str(definition.target)]]
    return kept.assign(score=fitted.out_of_fold_scores, position=fitted.out_of_fold_rows)


def _record(context: StageContext, fitted: Fitted, found: TrainingSet, bundle: Path) -> str:
    tracker = open_tracker(context.settings)
    try:
        return record_training(tracker, context, fitted, found.split, bundle, load_info(bundle).versions)
    finally:
        tracker.close()


def _texts(fitted: Fitted) -> dict[str, str]:
    return {key: str(value) for key, value in sorted(fitted.chosen.parameters.items())}
