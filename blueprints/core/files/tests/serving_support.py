"""A small real model bundle and a feature store in memory, for the tests of everything that scores."""

import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from ml_platform.bundle import BundleFeature, BundleInfo, save_bundle
from ml_platform.contract import Contract, load_contract
from ml_platform.feature_store.protocol import Value
from ml_platform.settings import find_root

MOMENT = pd.Timestamp("2026-01-05", tz="UTC")


def project_contract() -> Contract:
    """Return the contract of the project that is tested."""
    return load_contract(find_root(Path(__file__).parent))


def key_of(contract: Contract, number: int) -> int | str:
    """Return the key of the entity with this number, in the type that the contract gives it."""
    measures = contract.datasets["measures"]
    return number if measures.column(measures.key).type == "integer" else f"entity-{number:06d}"


def feature_rows(contract: Contract, count: int, seed: int = 1, shift: float = 0.0) -> pd.DataFrame:
    """Return `count` entities with a key, a time and every feature; `shift` moves all numbers."""
    random = np.random.default_rng(seed)
    measures = contract.datasets["measures"]
    columns: dict[str, object] = {
        measures.key: [key_of(contract, number) for number in range(1, count + 1)],
        measures.time: [MOMENT] * count,
    }
    for port in contract.signatures["model"].inputs:
        if port.dtype in {"category", "string"}:
            columns[port.name] = random.choice(["a", "b"], size=count)
        else:
            columns[port.name] = random.normal(loc=shift, size=count)
    return pd.DataFrame(columns)


def save_small_bundle(directory: Path, contract: Contract, version: int | None = 7, seed: int = 1) -> Path:
    """Train a logistic regression on the numbers of 400 random rows and save it as a bundle."""
    rows = feature_rows(contract, 400, seed)
    ports = contract.signatures["model"].inputs
    numbers = [port.name for port in ports if port.dtype not in {"category", "string"}]
    labels = (rows[numbers].sum(axis=1) > 0).astype(int)
    model = Pipeline(
        [("numbers", ColumnTransformer([("fill", SimpleImputer(), numbers)])), ("model", LogisticRegression())]
    )
    inputs = rows[[port.name for port in ports]]
    model.fit(inputs, labels)
    info = BundleInfo(
        model_name=contract.project,
        candidate="logistic",
        version=version,
        features=tuple(BundleFeature(name=port.name, dtype=port.dtype) for port in ports),
        target="target",
        threshold=0.5,
        decision="score at least 0.5",
        data_version="test",
        code_version="test",
        dependencies_version="test",
        trained_at=date(2026, 1, 5),
        training_until=MOMENT.to_pydatetime(),
        run_id="test",
        training_rows=len(rows),
        seed=seed,
    )
    reference = inputs.assign(score=model.predict_proba(inputs)[:, 1])
    return save_bundle(directory, model, info, reference)


class MemoryStore:
    """A feature store that holds one table; `delay` makes it slow and `failure` makes it fail."""

    def __init__(self, rows: pd.DataFrame, key: str, delay: float = 0.0, failure: Exception | None = None) -> None:
        self.rows = rows
        self.delay = delay
        self.failure = failure
        self.closed = False
        self._key = key
        self._by_key = rows.set_index(key, drop=False)

    def publish(self, features: pd.DataFrame) -> None:
        """Replace the table."""
        self.rows = features
        self._by_key = features.set_index(self._key, drop=False)

    def training_frame(self, labels: pd.DataFrame) -> pd.DataFrame:
        """Join the table to the labels by key."""
        return labels.merge(self.rows, on=self._key, how="left", suffixes=("", "_feature"))

    def snapshot(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """Return the whole table, which is older than any run."""
        assert as_of >= MOMENT
        return self.rows

    def online(self, key: int | str) -> dict[str, Value] | None:
        """Return one row."""
        time.sleep(self.delay)
        if self.failure is not None:
            raise self.failure
        if key not in self._by_key.index:
            return None
        row: dict[str, Value] = {str(name): value for name, value in self._by_key.loc[key].items() if name != self._key}
        return row

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
