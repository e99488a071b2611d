"""The average of several models is one more competitor and is chosen only where it ranks better."""

import numpy as np
import pytest

from ml_platform.contract import Contract
from ml_platform.settings import Settings
from ml_platform.training.candidates import load_candidates
from ml_platform.training.ensemble import NAME, average
from ml_platform.training.fit import compare_candidates, fit_best
from training_support import make_data, make_plan, make_split

pytestmark = pytest.mark.deliverable("training")


def test_the_ensemble_competes_on_the_same_folds(contract: Contract, settings: Settings) -> None:
    data, split = make_data(contract, 500), make_split(500)
    candidates = load_candidates(settings.training.candidates)
    found = compare_candidates(
        candidates, make_plan(contract), data.rows, data.labels, split, parameters={}, study="t", ensemble=average
    )
    assert [trained.name for trained in found] == [*(candidate.name for candidate in candidates), NAME]
    *members, ensemble = found
    expected = np.mean([member.folds[0].scores for member in members], axis=0)
    assert ensemble.folds[0].scores == pytest.approx(expected)
    best = fit_best(found, data.rows, data.labels, split, settings.training)
    assert best.chosen.score == max(trained.score for trained in found)


def test_the_fitted_ensemble_gives_the_mean_of_its_members(contract: Contract, settings: Settings) -> None:
    data, split = make_data(contract, 300), make_split(300)
    found = compare_candidates(
        load_candidates(settings.training.candidates)[:2],
        make_plan(contract),
        data.rows,
        data.labels,
        split,
        parameters={},
        study="t",
        ensemble=average,
    )
    only = fit_best(found[-1:], data.rows, data.labels, split, settings.training)
    members = [m.predict_proba(data.rows)[:, 1] for m in only.model.model.estimators_]
    assert only.model.model.predict_proba(data.rows)[:, 1] == pytest.approx(np.mean(members, axis=0))
