"""The models that compete: each one a name, default parameters and a function that builds an unfitted pipeline."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.features.build import category_names, numeric_names
from ml_platform.features.config import FeatureSettings
from ml_platform.features.preprocessing import preprocessor

# scikit-learn ships no types; an estimator is anything with fit and predict_proba.
Estimator = Any
Parameters = Mapping[str, Any]

MONOTONIC = {"increasing": 1, "decreasing": -1, "none": 0}
# Trees bin their inputs, categories included, into at most this many values.
MAX_CATEGORIES = 255


@dataclass(frozen=True)
class Plan:
    """What every candidate is built from, besides its own parameters."""

    contract: Contract
    features: FeatureSettings
    class_weight: str
    seed: int

    @property
    def weights(self) -> str | None:
        """The class weight as scikit-learn spells it."""
        return None if self.class_weight == "none" else self.class_weight


@dataclass(frozen=True)
class Candidate:
    """A kind of model. `build` gives a fresh, unfitted pipeline over the contract's features."""

    name: str
    defaults: Parameters
    build: Callable[[Plan, Parameters], Estimator]


def logistic_regression() -> Candidate:
    """Regularised logistic regression: the simplest model that could do, and the easiest to explain."""

    def build(plan: Plan, parameters: Parameters) -> Estimator:
        model = LogisticRegression(max_iter=500, class_weight=plan.weights, random_state=plan.seed, **parameters)
        return Pipeline([("prepare", preprocessor(plan.contract, plan.features)), ("model", model)])

    return Candidate("logistic_regression", {"C": 0.1}, build)


def gradient_boosting() -> Candidate:
    """Gradient-boosted trees: interactions and missing values without preparation, held to the contract's monotonic
    features, stopped early on rows set aside from the training rows."""

    def build(plan: Plan, parameters: Parameters) -> Estimator:
        numeric, categories = numeric_names(plan.contract), category_names(plan.contract)
        directions = [MONOTONIC[plan.contract.features[name].monotonic] for name in numeric]
        encoder = OrdinalEncoder(
            handle_unknown="use_encoded_value",
            unknown_value=np.nan,
            max_categories=MAX_CATEGORIES,
        )
        prepare = ColumnTransformer(
            [("numeric", "passthrough", numeric), ("category", encoder, categories)],
            verbose_feature_names_out=False,
        )
        model = HistGradientBoostingClassifier(
            categorical_features=list(range(len(numeric), len(numeric) + len(categories))),
            monotonic_cst=[*directions, *([0] * len(categories))],
            early_stopping=True,
            validation_fraction=0.15,
            n_iter_no_change=15,
            class_weight=plan.weights,
            random_state=plan.seed,
            **parameters,
        )
        return Pipeline([("prepare", prepare), ("model", model)])

    defaults = {
        "learning_rate": 0.05,
        "max_iter": 200,
        "max_leaf_nodes": 12,
        "min_samples_leaf": 20,
        "l2_regularization": 1.0,
    }
    return Candidate("gradient_boosting", defaults, build)


def load_entry(path: str) -> Callable[..., Any]:
    """The function behind an import path `ml_platform.module:function` of the settings; raises SettingsInvalid."""
    module, _, name = path.partition(":")
    # Settings may come from the environment: only the platform's own modules can be named there.
    if not module.startswith("ml_platform.") or not name:
        raise SettingsInvalid(f"expected ml_platform.<module>:<function>, got {path!r}")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SettingsInvalid(f"{path!r} names nothing that exists: {error}") from error
    if not callable(found):
        raise SettingsInvalid(f"{path!r} is not a function")
    return found  # type: ignore[no-any-return]


def load_candidates(paths: Mapping[str, str], usable: frozenset[str] | None = None) -> list[Candidate]:
    """The candidates of the settings, in their order; `usable` are those that the amount of data allows."""
    found = [load_entry(path)() for path in paths.values()]
    allowed = [c for c in found if usable is None or c.name in usable]
    if not allowed:
        raise SettingsInvalid(
            f"no candidate is left to train: settings name {sorted(paths)}, the data allow {sorted(usable or [])}"
        )
    return allowed
