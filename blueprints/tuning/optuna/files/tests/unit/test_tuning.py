"""The search never ends below its start, repeats itself, and shares its trials between workers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import optuna
import pytest
from pydantic import ValidationError

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.settings import Settings
from ml_platform.training.candidates import load_candidates, logistic_regression
from ml_platform.training.fit import Search
from ml_platform.tuning.config import SearchRange, TuningSettings
from ml_platform.tuning.search import tune
from training_support import make_data, make_plan, make_split

pytestmark = pytest.mark.deliverable("training")
SPACE = {"logistic_regression": {"C": SearchRange(low=0.001, high=10, log=True)}}
SETTINGS = TuningSettings(trials=3, startup_trials=2, folds=2, spaces=SPACE)


def search(contract: Contract) -> Search:
    data, candidate = make_data(contract, 240), logistic_regression()
    return Search(
        candidate, candidate.defaults, make_plan(contract), data.rows, data.labels, make_split(240).folds, "study"
    )


def url(folder: Path, name: str = "a") -> str:
    return f"sqlite:///{folder / name}.db"


def trials(storage: str) -> int:
    return len(optuna.load_study(study_name="study-logistic_regression", storage=storage).trials)


def test_the_same_seed_finds_the_same_and_never_less_than_the_start(contract: Contract, tmp_path: Path) -> None:
    first = tune(search(contract), SETTINGS, url(tmp_path, "a"))
    second = tune(search(contract), SETTINGS, url(tmp_path, "b"))
    assert first == second
    assert max(first.history) >= first.history[0]
    assert set(first.parameters) == {"C"}
    study = optuna.load_study(study_name="study-logistic_regression", storage=url(tmp_path, "a"))
    assert study.trials[0].params == logistic_regression().defaults


def test_a_finished_study_is_read_not_searched_again(contract: Contract, tmp_path: Path) -> None:
    first = tune(search(contract), SETTINGS, url(tmp_path))
    assert trials(url(tmp_path)) == SETTINGS.trials
    assert tune(search(contract), SETTINGS, url(tmp_path)) == first
    assert trials(url(tmp_path)) == SETTINGS.trials


def test_workers_share_one_study(contract: Contract, tmp_path: Path) -> None:
    tune(search(contract), SETTINGS.model_copy(update={"trials": 1}), url(tmp_path))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: tune(search(contract), SETTINGS, url(tmp_path)), range(2)))
    # A worker that is in the middle of a trial when the last one ends may add its own.
    assert SETTINGS.trials <= trials(url(tmp_path)) <= SETTINGS.trials + 1
    assert all(max(result.history) >= result.history[0] for result in found)


def test_a_range_for_an_unknown_parameter_is_refused(contract: Contract, tmp_path: Path) -> None:
    wrong = SETTINGS.model_copy(update={"spaces": {"logistic_regression": {"depth": SearchRange(low=1, high=2)}}})
    with pytest.raises(SettingsInvalid, match="depth"):
        tune(search(contract), wrong, url(tmp_path))


def test_without_ranges_the_start_is_kept(contract: Contract, tmp_path: Path) -> None:
    found = tune(search(contract), TuningSettings(), url(tmp_path))
    assert (found.parameters, found.history) == (logistic_regression().defaults, ())


def test_every_range_of_the_settings_names_a_real_parameter(settings: Settings) -> None:
    known = {c.name: set(c.defaults) for c in load_candidates(settings.training.candidates)}
    for name, space in settings.tuning.spaces.items():
        assert set(space) <= known[name], name


def test_integers_stay_integers(contract: Contract, tmp_path: Path) -> None:
    candidate = load_candidates({"g": "ml_platform.training.candidates:gradient_boosting"})[0]
    data = make_data(contract, 200)
    asked = Search(
        candidate, candidate.defaults, make_plan(contract), data.rows, data.labels, make_split(200).folds, "study"
    )
    spaces = {"gradient_boosting": {"max_leaf_nodes": SearchRange(low=3, high=16, integer=True)}}
    found = tune(asked, TuningSettings(trials=2, startup_trials=1, folds=1, spaces=spaces), url(tmp_path))
    assert isinstance(found.parameters["max_leaf_nodes"], int)


@pytest.mark.parametrize(("low", "high", "log"), [(2, 1, False), (1, 1, False), (0, 1, True)])
def test_impossible_ranges_are_refused(low: float, high: float, log: bool) -> None:
    with pytest.raises(ValidationError):
        SearchRange(low=low, high=high, log=log)
