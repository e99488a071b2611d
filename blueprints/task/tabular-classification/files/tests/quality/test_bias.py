"""Planted bias is found, chance is not, for categories and for numbers."""

import numpy as np
import pandas as pd
import pytest

from ml_platform.experiments.bias import attribute_groups, detect_bias

pytestmark = pytest.mark.deliverable("experiment-design")
ROWS = 4000


def decisions(seed: int, against: float = 0.0, blind: float = 0.0) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    """Scores with a penalty for group b (`against`), and positives of group b that go unseen (`blind`)."""
    generator = np.random.default_rng(seed)
    group = pd.Series(generator.choice(["a", "b"], ROWS), name="group")
    target = (generator.random(ROWS) < 0.2).astype(np.int64)
    score = target * 1.5 + generator.normal(size=ROWS) - against * (group == "b")
    unseen = (group == "b") & (generator.random(ROWS) < blind) & (target == 1)
    score = np.where(unseen, -3, score)
    return score > 1.0, target, group


def test_silent_without_bias_over_all_seeds() -> None:
    assert not any(detect_bias(*decisions(seed)).biased for seed in range(20))


def test_finds_a_group_that_is_selected_less_often() -> None:
    for seed in range(20):
        report = detect_bias(*decisions(seed, against=0.8))
        assert report.biased
        assert report.selection_rate_ratio < 0.8


def test_finds_positives_that_are_missed_in_one_group() -> None:
    for seed in range(20):
        report = detect_bias(*decisions(seed, blind=0.5))
        assert report.biased
        assert report.equal_opportunity_difference > 0.1
        rates = {rate.group: rate.true_positive_rate for rate in report.groups}
        assert rates["b"] < rates["a"]


def test_unequal_selection_counts_even_where_every_positive_is_found() -> None:
    generator = np.random.default_rng(1)
    group = pd.Series(generator.choice(["a", "b"], ROWS), name="group")
    target = (generator.random(ROWS) < np.where(group == "a", 0.3, 0.1)).astype(np.int64)
    report = detect_bias(target == 1, target, group)
    assert report.equal_opportunity_difference == 0
    assert report.biased


def test_numbers_are_compared_by_quarters_and_unknown_is_a_group() -> None:
    ages = pd.Series([*range(20, 100), None], name="age", dtype="float64")
    groups = attribute_groups(ages)
    assert groups.nunique() == 5
    assert groups.iloc[-1] == "unknown"
    report = detect_bias(np.repeat([True, False], [2000, 2000]), np.ones(4000, dtype=np.int64), pd.Series(range(4000)))
    assert report.selection_rate_ratio == 0
    assert report.biased


def test_small_groups_are_left_out() -> None:
    selected, target, group = decisions(1)
    group = group.where(np.arange(ROWS) >= 10, "tiny")
    assert [rate.group for rate in detect_bias(selected, target, group).groups] == ["a", "b"]


def test_nobody_selected_is_no_bias() -> None:
    _, target, group = decisions(1)
    report = detect_bias(np.zeros(ROWS, dtype=bool), target, group)
    assert report.selection_rate_ratio == 1
    assert not report.biased
