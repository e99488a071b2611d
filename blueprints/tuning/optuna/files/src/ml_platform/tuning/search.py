"""Searches parameters with Optuna: seeded, pruned early, resumable, shared by any number of workers."""

from collections.abc import Mapping

import numpy as np
import optuna
from optuna.trial import Trial, TrialState

from ml_platform.context import StageContext, stage_part
from ml_platform.errors import SettingsInvalid
from ml_platform.evaluation.metrics import average_precision
from ml_platform.training.cross_validation import capped, fold_scores
from ml_platform.training.fit import Found, Search, Tuner
from ml_platform.tuning.config import SearchRange, TuningSettings

COUNTED = (TrialState.COMPLETE, TrialState.PRUNED)


def make_tuner(context: StageContext) -> Tuner:
    """A tuner whose study lies in the run's directory, or in the database that the settings name."""
    storage = context.settings.tuning.storage
    if not storage:
        context.work.mkdir(parents=True, exist_ok=True)
        storage = f"sqlite:///{context.work / stage_part('tuning', context.part)}.db"

    def tuner(search: Search) -> Found:
        return tune(search, context.settings.tuning, storage)

    return tuner


def tune(search: Search, settings: TuningSettings, storage: str) -> Found:
    """Best parameters of the candidate by mean average precision over the folds.

    The start parameters are the first trial, so that a search never ends below them. Workers that pass the same
    `storage` and study add to the same trials, of which there are `settings.trials` in all; a study that has them
    already is only read. Raises SettingsInvalid where a range names a parameter that the candidate does not have.
    """
    space = settings.spaces.get(search.candidate.name, {})
    if not space:
        return Found(search.start, ())
    unknown = sorted(set(space) - set(search.candidate.defaults))
    if unknown:
        raise SettingsInvalid(
            f"tuning.spaces.{search.candidate.name} names {', '.join(unknown)}; "
            f"the candidate has {', '.join(sorted(search.candidate.defaults))}"
        )
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=storage,
        study_name=f"{search.study}-{search.candidate.name}",
        load_if_exists=True,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=search.plan.seed, n_startup_trials=settings.startup_trials),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=settings.startup_trials, n_warmup_steps=1),
    )
    if not study.get_trials(deepcopy=False):
        study.enqueue_trial({name: search.start[name] for name in space}, skip_if_exists=True)
    done = len(study.get_trials(deepcopy=False, states=COUNTED))
    if done < settings.trials:
        study.optimize(
            lambda trial: _objective(trial, search, space, settings),
            n_trials=settings.trials - done,
            timeout=settings.timeout_seconds,
            callbacks=[optuna.study.MaxTrialsCallback(settings.trials, states=COUNTED)],
        )
    finished = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    values = tuple(float(trial.value) for trial in finished if trial.value is not None)
    return Found({**search.start, **_typed(study.best_params, space)}, values)


def _objective(trial: Trial, search: Search, space: Mapping[str, SearchRange], settings: TuningSettings) -> float:
    parameters = {**search.start, **{name: _suggest(trial, name, space[name]) for name in space}}
    values: list[float] = []
    folds = capped(search.folds[-settings.folds :], settings.max_rows, search.plan.seed)
    parts = fold_scores(lambda: search.candidate.build(search.plan, parameters), search.rows, search.labels, folds)
    for part in parts:
        values.append(average_precision(search.labels[part.rows], part.scores))
        trial.report(float(np.mean(values)), part.fold)
        if trial.should_prune():
            raise optuna.TrialPruned
    if not values:
        raise optuna.TrialPruned
    return float(np.mean(values))


def _suggest(trial: Trial, name: str, span: SearchRange) -> float | int:
    if span.integer:
        return trial.suggest_int(name, int(span.low), int(span.high), log=span.log)
    return trial.suggest_float(name, span.low, span.high, log=span.log)


def _typed(parameters: Mapping[str, float], space: Mapping[str, SearchRange]) -> dict[str, float | int]:
    return {name: int(value) if space[name].integer else float(value) for name, value in parameters.items()}
