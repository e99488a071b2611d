"""Every split policy keeps training and evaluation apart in the way that it promises."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.features.split import SplitPolicy, load_split_policy, plan_split
from ml_platform.settings import Settings

pytestmark = pytest.mark.deliverable("features")
PERIODS = 8


def frame(contract: Contract, entities: int = 300, periods: int = PERIODS) -> pd.DataFrame:
    labels = contract.datasets["labels"]
    days = pd.date_range("2026-01-01", periods=periods, freq="30D", tz="UTC")
    generator = np.random.default_rng(2)
    return pd.DataFrame(
        {
            labels.key: np.tile(np.arange(entities), periods),
            labels.time: np.repeat(days, entities),
            str(labels.target): generator.random(entities * periods) < 0.2,
        }
    )


def policy(name: str, **changes: object) -> SplitPolicy:
    values = {"policy": name, "reason": "r", "gap_days": 0, "horizon_days": 30, "label_delay_days": 0} | changes
    return SplitPolicy.model_validate(values)


@pytest.mark.parametrize("gap", [0, 30, 45])
def test_by_time_leaves_the_gap_before_the_held_out_rows_and_in_every_fold(contract: Contract, gap: int) -> None:
    rows = frame(contract)
    times = rows[contract.datasets["labels"].time]
    split = plan_split(rows, contract, policy("time", gap_days=gap))
    assert split.evaluation == "held-out"
    assert times.iloc[split.test].nunique() == 2
    distance = times.iloc[split.test].min() - times.iloc[split.train].max()
    assert distance >= pd.Timedelta(days=max(gap, 1))
    assert split.folds
    for fold in split.folds:
        assert times.iloc[fold.valid].min() - times.iloc[fold.train].max() >= pd.Timedelta(days=max(gap, 1))
        assert set(fold.valid) <= set(split.train)
        assert set(fold.train) <= set(split.train)


def test_snapshots_closer_than_the_gap_are_cross_validated_by_entity(contract: Contract) -> None:
    rows = frame(contract)
    keys = rows[contract.datasets["labels"].key].to_numpy()
    split = plan_split(rows, contract, policy("time", gap_days=150))
    assert len(split.folds) == policy("time").folds
    for fold in split.folds:
        assert not set(keys[fold.train]) & set(keys[fold.valid])
        assert set(fold.valid) | set(fold.train) == set(split.train)
    assert "by entity" in split.description


def test_by_group_keeps_every_entity_on_one_side(contract: Contract) -> None:
    rows = frame(contract)
    keys = rows[contract.datasets["labels"].key].to_numpy()
    split = plan_split(rows, contract, policy("group"))
    assert not set(keys[split.train]) & set(keys[split.test])
    for fold in split.folds:
        assert not set(keys[fold.train]) & set(keys[fold.valid])
        assert not set(fold.valid) & set(split.test)


def test_few_rows_at_random_are_all_evaluated_out_of_fold(contract: Contract) -> None:
    rows = frame(contract, entities=600, periods=1)
    chosen = policy("random")
    split = plan_split(rows, contract, chosen)
    assert split.evaluation == "out-of-fold"
    assert len(split.folds) == chosen.folds * chosen.repeats
    seen = np.concatenate([fold.valid for fold in split.folds[: chosen.folds]])
    assert sorted(seen) == list(range(600))


def test_many_rows_at_random_are_stratified(contract: Contract) -> None:
    rows = frame(contract)
    target = rows[str(contract.datasets["labels"].target)].to_numpy(dtype="float64")
    split = plan_split(rows, contract, policy("random"))
    assert len(split.test) == round(len(rows) * 0.2)
    assert target[split.test].mean() == pytest.approx(target.mean(), abs=0.005)


@pytest.mark.parametrize("name", ["time", "group", "random"])
def test_equal_rows_give_an_equal_split(contract: Contract, name: str) -> None:
    first, second = (plan_split(frame(contract), contract, policy(name)) for _ in range(2))
    np.testing.assert_array_equal(first.train, second.train)
    np.testing.assert_array_equal(first.test, second.test)


def test_a_gap_that_leaves_nothing_to_train_on_is_refused(contract: Contract) -> None:
    with pytest.raises(DataRefused, match="another policy or gap"):
        plan_split(frame(contract), contract, policy("time", gap_days=3650))


def test_one_snapshot_cannot_be_split_by_time(contract: Contract) -> None:
    with pytest.raises(DataRefused, match="at least 2 snapshots"):
        plan_split(frame(contract, periods=1), contract, policy("time"))


def test_the_decision_of_this_project_has_a_reason(settings: Settings) -> None:
    decided = load_split_policy(settings.path(Path(settings.features.split_file)))
    assert decided.reason
