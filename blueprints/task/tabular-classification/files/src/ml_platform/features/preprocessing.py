"""Missing values and outliers are handled inside the model pipeline, with statistics of training rows only."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.validation import check_is_fitted

from ml_platform.contract import Contract
from ml_platform.features.build import category_names, numeric_names
from ml_platform.features.config import FeatureSettings

TRUSTED_TYPES = ("ml_platform.features.preprocessing.Winsoriser",)
"""Types of this module that a model file may contain; loading refuses every other one."""


class Winsoriser(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Pulls numbers beyond two quantiles of the training rows back to those quantiles; unknown stays unknown."""

    def __init__(self, lower: float = 0.005, upper: float = 0.995) -> None:
        self.lower = lower
        self.upper = upper

    def fit(self, rows: Any, target: Any = None) -> Self:
        """Remember the quantiles of each column of `rows` (rows x columns, floats)."""
        values = np.asarray(rows, dtype=np.float64)
        self.n_features_in_ = values.shape[1]
        # A column without any value has no quantiles: leave it open instead of warning about it.
        known = ~np.isnan(values).all(axis=0)
        self.low_ = np.full(values.shape[1], -np.inf)
        self.high_ = np.full(values.shape[1], np.inf)
        if known.any():
            self.low_[known] = np.nanquantile(values[:, known], self.lower, axis=0)
            self.high_[known] = np.nanquantile(values[:, known], self.upper, axis=0)
        return self

    def transform(self, rows: Any) -> npt.NDArray[np.float64]:
        """Return `rows` with every known number inside the remembered quantiles."""
        check_is_fitted(self, ["low_", "high_"])
        return np.clip(np.asarray(rows, dtype=np.float64), self.low_, self.high_)

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """Columns keep their names."""
        return np.asarray(input_features, dtype=object)


def preprocessor(contract: Contract, settings: FeatureSettings, *, scale: bool = True) -> ColumnTransformer:
    """Return the unfitted preprocessing for models that take neither NaN nor text.

    Numbers: winsorised, imputed by the median with an indicator column, standardised where `scale`.
    Categories: one-hot with unseen and rare ones grouped.
    """
    numeric = [
        ("winsorise", Winsoriser(settings.winsorise_lower, settings.winsorise_upper)),
        ("impute", SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)),
    ]
    if scale:
        numeric.append(("scale", StandardScaler()))
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10, sparse_output=False)
    return ColumnTransformer(
        [
            ("numeric", Pipeline(numeric), numeric_names(contract)),
            ("category", one_hot, category_names(contract)),
        ],
        verbose_feature_names_out=False,
    )
