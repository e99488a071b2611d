"""Splits labelled rows by the policy that was decided for this project, with its reason, never by a silent default."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field
from sklearn.model_selection import (
    GroupShuffleSplit,
    RepeatedStratifiedKFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    train_test_split,
)

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused

Positions = npt.NDArray[np.intp]
ENOUGH_SNAPSHOTS = 6
FEWEST_FOLDS = 2


class SplitPolicy(BaseModel):
    """The decision as conf/split.yaml records it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Literal["time", "group", "random"]
    reason: str
    gap_days: int = Field(ge=0)
    horizon_days: int = Field(ge=1)
    label_delay_days: int = Field(ge=0)
    test_share: float = Field(default=0.2, gt=0.0, lt=0.6)
    folds: int = Field(default=5, ge=2)
    repeats: int = Field(default=3, ge=1)
    small_below_rows: int = Field(default=2000, ge=0)
    seed: int = 20


@dataclass(frozen=True)
class Fold:
    """Positions of one cross-validation fold in the whole frame."""

    train: Positions
    valid: Positions


@dataclass(frozen=True)
class Split:
    """Positions of training and held-out rows; `test` is empty where out-of-fold predictions are evaluated."""

    train: Positions
    test: Positions
    folds: tuple[Fold, ...]
    description: str

    @property
    def evaluation(self) -> Literal["held-out", "out-of-fold"]:
        """How the model is to be evaluated."""
        return "held-out" if len(self.test) else "out-of-fold"


def load_split_policy(path: Path) -> SplitPolicy:
    """Read the decision from `path`."""
    return SplitPolicy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def plan_split(frame: pd.DataFrame, contract: Contract, policy: SplitPolicy) -> Split:
    """Return the split of the labelled `frame` (key, time, features, target) under `policy`.

    Raises `DataRefused` where the policy leaves no training rows, no held-out rows or only one class.
    """
    labels = contract.datasets["labels"]
    if labels.target is None:
        raise DataRefused("the labels of contract.yaml name no target column: add `target`")
    target = frame[labels.target].to_numpy(dtype=np.int64)
    groups = pd.factorize(frame[labels.key])[0]
    times = pd.to_datetime(frame[labels.time], utc=True)
    if policy.policy == "time":
        split = _by_time(times, target, groups, policy)
    elif policy.policy == "group":
        split = _by_group(target, groups, policy)
    else:
        split = _at_random(target, policy)
    _require_both_classes(target, split)
    return split


def _by_time(times: pd.Series, target: npt.NDArray[np.int64], groups: Positions, policy: SplitPolicy) -> Split:
    moments = np.sort(times.unique())
    # Two held-out snapshots can be compared with each other, which monitoring does; few snapshots cannot spare them.
    held_out = max(2 if len(moments) >= ENOUGH_SNAPSHOTS else 1, round(len(moments) * policy.test_share))
    if len(moments) < held_out + 1:
        raise DataRefused(
            f"a split by time needs at least 2 snapshots, got {len(moments)}: "
            "ingest more history or choose the policy random in conf/split.yaml"
        )
    first_test = pd.Timestamp(moments[-held_out])
    gap = pd.Timedelta(days=policy.gap_days)
    train = np.flatnonzero(times <= _latest_before(first_test, gap))
    test = np.flatnonzero(times >= first_test)
    folds = []
    before = moments[: -held_out or None]
    for moment in before[max(1, len(before) - policy.folds) :]:
        start = pd.Timestamp(moment)
        earlier = np.flatnonzero(times <= _latest_before(start, gap))
        valid = np.flatnonzero((times == start) & (times <= _latest_before(first_test, gap)))
        if len(earlier) and len(valid):
            folds.append(Fold(train=earlier, valid=valid))
    description = (
        f"by time: trained up to {_day(times.iloc[train].max()) if len(train) else 'nothing'}, "
        f"tested from {_day(first_test)} on, {policy.gap_days} days between"
    )
    if len(folds) < FEWEST_FOLDS and len(np.unique(target[train])) == 2:
        # Training snapshots closer together than the gap leave no fold by time; entities then keep the folds apart.
        folds = list(_group_folds(train, target, groups, policy))
        description += "; cross-validation by entity, because the training snapshots are closer together than that"
    return Split(train=train, test=test, folds=tuple(folds), description=description)


def _latest_before(start: pd.Timestamp, gap: pd.Timedelta) -> pd.Timestamp:
    # Without a gap the training rows still end strictly before the first evaluated snapshot.
    return start - max(gap, pd.Timedelta(seconds=1))


def _by_group(target: npt.NDArray[np.int64], groups: Positions, policy: SplitPolicy) -> Split:
    everything = np.arange(len(target))
    shuffle = GroupShuffleSplit(1, test_size=policy.test_share, random_state=policy.seed)
    train, test = next(shuffle.split(everything, target, groups))
    folds = _group_folds(train, target, groups, policy)
    description = f"by group: {policy.test_share:.0%} of the entities are held out with all their rows"
    return Split(train=np.sort(train), test=np.sort(test), folds=folds, description=description)


def _group_folds(
    train: Positions, target: npt.NDArray[np.int64], groups: Positions, policy: SplitPolicy
) -> tuple[Fold, ...]:
    kfold = StratifiedGroupKFold(policy.folds, shuffle=True, random_state=policy.seed)
    return tuple(Fold(train=train[a], valid=train[b]) for a, b in kfold.split(train, target[train], groups[train]))


def _at_random(target: npt.NDArray[np.int64], policy: SplitPolicy) -> Split:
    everything = np.arange(len(target))
    if len(target) < policy.small_below_rows:
        repeated = RepeatedStratifiedKFold(n_splits=policy.folds, n_repeats=policy.repeats, random_state=policy.seed)
        folds = tuple(Fold(train=a, valid=b) for a, b in repeated.split(everything, target))
        description = (
            f"at random, stratified: {len(target)} rows are too few to set some aside, so "
            f"out-of-fold predictions of {policy.repeats} x {policy.folds} folds are evaluated"
        )
        return Split(train=everything, test=everything[:0], folds=folds, description=description)
    train, test = train_test_split(everything, test_size=policy.test_share, stratify=target, random_state=policy.seed)
    kfold = StratifiedKFold(policy.folds, shuffle=True, random_state=policy.seed)
    folds = tuple(Fold(train=train[a], valid=train[b]) for a, b in kfold.split(train, target[train]))
    description = f"at random, stratified: {policy.test_share:.0%} of the rows are held out"
    return Split(train=np.sort(train), test=np.sort(test), folds=folds, description=description)


def _require_both_classes(target: npt.NDArray[np.int64], split: Split) -> None:
    parts = {"training": split.train} | ({"held-out": split.test} if len(split.test) else {})
    for name, positions in parts.items():
        found = np.unique(target[positions])
        if len(found) < 2:
            raise DataRefused(
                f"the {name} rows ({len(positions)}) hold {len(found)} of 2 classes "
                f"({split.description}): more labelled history is needed, or another policy or gap "
                "in conf/split.yaml"
            )


def _day(moment: pd.Timestamp) -> str:
    return f"{moment:%Y-%m-%d}"
