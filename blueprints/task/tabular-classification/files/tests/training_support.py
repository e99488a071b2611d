"""A labelled frame of the contract's shape with a planted signal, for the tests of training and evaluation."""

from pathlib import Path

import numpy as np
import pandas as pd

from ml_platform.contract import Contract
from ml_platform.features.config import FeatureSettings
from ml_platform.features.split import Fold, Split
from ml_platform.training.candidates import Plan
from ml_platform.training.data import Labelled, labelled

PROJECT = Path(__file__).resolve().parents[1]


def numbers(contract: Contract) -> list[str]:
    """Names of the features that are floats."""
    return [port.name for port in contract.signatures["model"].inputs if port.dtype in {"float", "integer"}]


def make_frame(contract: Contract, rows: int = 800, seed: int = 3) -> pd.DataFrame:
    """Rows in which the product of the first two numbers decides, which no linear model finds."""
    random = np.random.default_rng(seed)
    definition = contract.datasets["labels"]
    columns: dict[str, object] = {
        definition.key: np.arange(rows),
        definition.time: pd.Timestamp("2026-01-05", tz="UTC") + pd.to_timedelta(np.arange(rows) % 4 * 30, unit="D"),
    }
    for port in contract.signatures["model"].inputs:
        if port.dtype in {"category", "string"}:
            columns[port.name] = random.choice(["a", "b", "c"], size=rows)
        elif port.dtype == "boolean":
            columns[port.name] = random.integers(0, 2, size=rows).astype(float)
        else:
            columns[port.name] = random.normal(size=rows)
    first, second = numbers(contract)[:2]
    strength = 3 * np.asarray(columns[first]) * np.asarray(columns[second]) - 1.5
    columns[str(definition.target)] = (random.random(rows) < 1 / (1 + np.exp(-strength))).astype(int)
    return pd.DataFrame(columns)


def make_data(contract: Contract, rows: int = 800, seed: int = 3) -> Labelled:
    """The frame as the model takes it."""
    return labelled(make_frame(contract, rows, seed), contract)


def make_split(rows: int, folds: int = 3) -> Split:
    """The last quarter held out, the rest in interleaved folds."""
    train, test = np.arange(rows * 3 // 4), np.arange(rows * 3 // 4, rows)
    parts = [Fold(train[train % folds != part], train[train % folds == part]) for part in range(folds)]
    return Split(train, test, tuple(parts), "last quarter held out")


def make_plan(contract: Contract, seed: int = 7) -> Plan:
    """A plan with default feature settings."""
    return Plan(contract, FeatureSettings(), "none", seed)
