"""A/B analysis: stable assignment, honest error rates, and a criterion (SC-MODEL-3) that fires at its bound."""

import numpy as np
import pytest

from ml_platform.contract import Contract
from ml_platform.experiments.ab_test import CRITERION, adjusted_uplift, analyse, assign, sample_ratio_p_value
from ml_platform.monitoring.criteria import judge

pytestmark = pytest.mark.deliverable("experiment-design")


def test_assignment_is_stable_fair_and_independent_between_experiments() -> None:
    first = [assign(key, "one") for key in range(20_000)]
    assert first == [assign(key, "one") for key in range(20_000)]
    assert sample_ratio_p_value(first.count("control"), first.count("treatment")) > 0.001
    both = sum(assign(key, "two") == arm for key, arm in enumerate(first)) / len(first)
    assert both == pytest.approx(0.5, abs=0.02)
    few = sum(assign(key, "three", 0.1) == "treatment" for key in range(20_000)) / 20_000
    assert few == pytest.approx(0.1, abs=0.01)


def test_false_alarms_are_as_rare_as_promised() -> None:
    generator = np.random.default_rng(1)
    draws = generator.binomial(2000, 0.1, size=(2000, 2))
    alarms = [analyse(control=(int(a), 2000), treatment=(int(b), 2000)).significant(0.05) for a, b in draws]
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.015)


def test_a_planted_effect_is_found_with_its_size() -> None:
    found = analyse(control=(1000, 10_000), treatment=(850, 10_000))
    assert found.significant(0.05)
    assert found.low < -0.015 < found.high < 0


def test_no_positives_at_all_are_no_evidence() -> None:
    assert analyse(control=(0, 100), treatment=(0, 100)).p_value == 1.0


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="positives <= entities"):
        analyse(control=(5, 4), treatment=(0, 1))


def test_a_broken_assignment_shows() -> None:
    assert sample_ratio_p_value(5200, 4800) < 0.001


def test_what_was_known_before_reduces_the_error_and_keeps_the_effect() -> None:
    generator = np.random.default_rng(2)
    earlier = generator.normal(size=4000)
    treated = generator.random(4000) < 0.5
    outcome = earlier + 0.1 * treated + generator.normal(0, 0.5, 4000)
    found = adjusted_uplift(outcome, earlier, treated)
    assert found.difference == pytest.approx(0.1, abs=3 * found.standard_error)
    assert found.variance_removed > 0.7
    assert found.p_value < 0.001


def test_a_constant_earlier_value_changes_nothing() -> None:
    generator = np.random.default_rng(3)
    treated = generator.random(200) < 0.5
    outcome = generator.normal(size=200)
    found = adjusted_uplift(outcome, np.ones(200), treated)
    assert found.variance_removed == 0
    assert found.difference == pytest.approx(outcome[treated].mean() - outcome[~treated].mean())


def test_the_criterion_fires_at_its_bound_and_is_silent_just_below(contract: Contract) -> None:
    bound = contract.criteria[CRITERION].bound
    assert not judge(contract, CRITERION, bound - 1e-9).fired
    assert judge(contract, CRITERION, bound).fired
