"""Planted bias is found, equal treatment is not accused, and groups too small to judge decide nothing."""

import numpy as np
import pandas as pd
import pytest

from ml_platform.evaluation.config import EvaluationSettings
from ml_platform.evaluation.fairness import Fairness, group_names, measure_fairness

pytestmark = pytest.mark.deliverable("training")
SETTINGS = EvaluationSettings()


def measured(penalty: float, small: int = 0) -> Fairness:
    random = np.random.default_rng(9)
    rows = 4000
    groups = np.where(np.arange(rows) % 2 == 0, "a", "b").astype(object)
    groups[:small] = "c"
    truth = random.random(rows)
    labels = (random.random(rows) < truth).astype(np.int64)
    scores = truth - penalty * (groups == "b")
    return measure_fairness("group", pd.Series(groups), labels, scores, 0.6, SETTINGS)


def test_equal_treatment_is_silent() -> None:
    assert measured(0.0).findings(SETTINGS) == []


def test_planted_bias_is_found_in_selection_and_recall() -> None:
    found = measured(0.3)
    assert found.selection_ratio < 0.5
    assert found.opportunity_gap > 0.2
    assert len(found.findings(SETTINGS)) == 2


def test_a_group_too_small_is_listed_but_not_compared() -> None:
    group = next(group for group in measured(0.0, small=20).groups if group.value == "c")
    assert group.rows == 20
    assert not group.counted
    assert group.as_row()["value"] == "c"


def test_numbers_become_four_groups_and_unknown_is_one() -> None:
    ages = pd.Series([*range(18, 98), None])
    names = group_names(ages)
    assert names.nunique() == 5
    assert names.iloc[-1] == "missing"


def test_a_group_without_positives_has_no_recall() -> None:
    found = measure_fairness(
        "group", pd.Series(["a", "a", "b"]), np.array([0, 1, 0]), np.array([0.2, 0.8, 0.4]), 0.5, SETTINGS
    )
    assert [group.recall for group in found.groups] == [1.0, None]
    assert (found.selection_ratio, found.opportunity_gap) == (1.0, 0.0)
