"""Drift is found in shifted data and not in unshifted data, over many seeds, and the bound of the watch is exact."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.monitoring.config import DriftSettings
from ml_platform.monitoring.criteria import judge
from ml_platform.monitoring.drift import (
    CRITERION,
    DriftReport,
    _p_of_counts,
    bin_counts,
    bin_edges,
    detect_drift,
    holm,
    stability_index,
)

pytestmark = pytest.mark.deliverable("drift")
SEEDS = range(20)
NUMBERS = [f"n{i}" for i in range(12)]
SETTINGS = DriftSettings()


def rows(seed: int, count: int = 600, shift: float = 0.0, missing: float = 0.02, rare: float = 0.2) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame({name: generator.lognormal(size=count) for name in NUMBERS})
    frame["n0"] *= np.exp(shift)
    frame["n1"] = frame["n1"].mask(generator.random(count) < missing)
    frame["kind"] = generator.choice(["a", "b", "c"], count, p=[0.7 - rare / 2, 0.3 - rare / 2, rare])
    return frame


def compare(left: pd.DataFrame, right: pd.DataFrame) -> DriftReport:
    return detect_drift(left, right, NUMBERS, ["kind"], SETTINGS)


def test_silent_on_unshifted_data_over_all_seeds() -> None:
    fired = {seed: compare(rows(seed), rows(1000 + seed)).drifted for seed in SEEDS}
    assert {seed: names for seed, names in fired.items() if names} == {}


def test_fires_on_shifted_data_over_all_seeds() -> None:
    for seed in SEEDS:
        assert compare(rows(seed), rows(1000 + seed, shift=0.6)).drifted == ("n0",)


def test_silent_on_the_fewest_rows_where_the_index_is_noisy() -> None:
    fewest = SETTINGS.rows_min
    alarms = [compare(rows(seed, count=fewest), rows(1000 + seed, count=fewest)).fired for seed in range(60)]
    assert sum(alarms) <= 1


def test_finds_a_change_that_is_only_in_unknown_values() -> None:
    assert compare(rows(1), rows(2, missing=0.5)).drifted == ("n1",)


def test_finds_a_category_that_has_become_common() -> None:
    assert compare(rows(1), rows(2, rare=0.55)).drifted == ("kind",)


def test_finds_a_category_that_training_did_not_know() -> None:
    current = rows(2)
    current.loc[: len(current) // 3, "kind"] = "new"
    assert compare(rows(1), current).drifted == ("kind",)


def test_a_large_sample_alone_is_no_alarm() -> None:
    report = compare(rows(1, count=5000), rows(2, count=5000, shift=0.1))
    small = report.features[0]
    assert small.p_value < SETTINGS.alpha
    assert not small.drifted


def test_few_rows_are_refused_instead_of_passed() -> None:
    with pytest.raises(DataRefused, match="at least 100 rows"):
        compare(rows(1), rows(2, count=99))


def test_a_feature_without_any_value_on_both_sides_is_no_drift() -> None:
    left, right = rows(1), rows(2)
    left["n0"] = right["n0"] = np.nan
    assert not compare(left, right).fired


def test_stability_index_of_equal_shares_is_zero_and_an_empty_bin_is_finite() -> None:
    assert stability_index(np.array([10.0, 30.0]), np.array([1.0, 3.0])) == pytest.approx(0)
    assert 0 < stability_index(np.array([10.0, 0.0]), np.array([5.0, 5.0])) < np.inf


@pytest.mark.parametrize("counts", [[[30, 10], [12, 25]], [[10, 10], [11, 10]], [[5, 1, 9], [1, 7, 4]]])
def test_the_probability_of_counts_is_that_of_the_library(counts: list[list[int]]) -> None:
    old, new = np.array(counts, dtype=np.float64)
    assert _p_of_counts(old, new) == pytest.approx(stats.chi2_contingency(counts).pvalue)


def test_bins_merge_ties_and_count_unknown_values() -> None:
    values = np.array([0.0] * 90 + [1.0] * 8 + [np.nan] * 2)
    edges = bin_edges(values, 10)
    assert len(edges) == len(set(edges))
    assert bin_counts(values, edges).tolist()[-1] == 2
    assert bin_counts(values, edges).sum() == 100


def test_holm_corrects_the_smallest_most_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


def test_the_watch_is_late_just_beyond_its_bound(contract: Contract) -> None:
    bound = contract.criteria[CRITERION].bound
    assert not judge(contract, CRITERION, bound).fired
    assert judge(contract, CRITERION, bound + 1e-6).fired
