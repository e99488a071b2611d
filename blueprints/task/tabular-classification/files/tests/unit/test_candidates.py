"""Candidates train on what the contract describes and hold its monotonic features; settings name no foreign code."""

import numpy as np
import pandas as pd
import pytest

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.evaluation.metrics import Floats
from ml_platform.settings import Settings
from ml_platform.training.candidates import Candidate, gradient_boosting, load_candidates, load_entry
from training_support import make_data, make_plan, numbers

pytestmark = pytest.mark.deliverable("training")


def fitted_scores(candidate: Candidate, contract: Contract, rows: pd.DataFrame) -> Floats:
    data = make_data(contract, 400)
    model = candidate.build(make_plan(contract), candidate.defaults).fit(data.rows, data.labels)
    return np.asarray(model.predict_proba(rows)[:, 1])


def test_every_candidate_of_the_settings_copes_with_unknown_values(contract: Contract, settings: Settings) -> None:
    rows = make_data(contract, 6).rows
    rows.iloc[0] = [np.nan if rows[name].dtype != object else "never seen" for name in rows.columns]
    for candidate in load_candidates(settings.training.candidates):
        scores = fitted_scores(candidate, contract, rows)
        assert ((scores > 0) & (scores < 1)).all(), candidate.name


def test_a_monotonic_feature_never_lowers_the_score(contract: Contract) -> None:
    name = numbers(contract)[0]
    rising = contract.features[name].model_copy(update={"monotonic": "increasing"})
    bound = contract.model_copy(update={"features": {**contract.features, name: rising}})
    rows = pd.concat([make_data(contract, 1).rows] * 30, ignore_index=True)
    rows[name] = np.linspace(-3, 3, 30)
    assert (np.diff(fitted_scores(gradient_boosting(), bound, rows)) >= 0).all()


@pytest.mark.parametrize(
    "path", ["os:system", "ml_platform.training.candidates", "ml_platform.none:f", "ml_platform.errors:none"]
)
def test_foreign_or_missing_code_is_refused(path: str) -> None:
    with pytest.raises(SettingsInvalid):
        load_entry(path)


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(SettingsInvalid, match="not a function"):
        load_entry("ml_platform.training.candidates:MONOTONIC")


def test_too_little_data_leaves_fewer_candidates(settings: Settings) -> None:
    few = load_candidates(settings.training.candidates, frozenset({"logistic_regression"}))
    assert [candidate.name for candidate in few] == ["logistic_regression"]
    with pytest.raises(SettingsInvalid, match="no candidate is left"):
        load_candidates(settings.training.candidates, frozenset())
