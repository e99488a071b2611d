"""Builds every feature of the contract from cleaned measures, so that training and serving share one definition."""

import pandas as pd

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.features.transformations import REGISTRY, panel_of

CATEGORY = "category"


def feature_names(contract: Contract) -> list[str]:
    """Return the features in the order of the model signature."""
    return [column.name for column in contract.signatures["model"].inputs]


def category_names(contract: Contract) -> list[str]:
    """Return the names of the features whose values are categories."""
    return [name for name in feature_names(contract) if contract.features[name].dtype == CATEGORY]


def numeric_names(contract: Contract) -> list[str]:
    """Return the names of the features that are stored as 64-bit floats."""
    return [name for name in feature_names(contract) if contract.features[name].dtype != CATEGORY]


def build_features(measures: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return one row per (entity, snapshot) with the key, the time and every feature of the contract.

    `measures` needs the whole history that lags and rolling means look back on. Numbers, flags and
    counts come out as float64 with NaN for unknown, categories as text. Raises `DataRefused` where an
    input column or a transformation does not exist.
    """
    panel = panel_of(measures, contract)
    columns: dict[str, pd.Series] = {
        panel.key: panel.rows[panel.key],
        panel.time: pd.to_datetime(panel.rows[panel.time], utc=True),
    }
    for name in feature_names(contract):
        feature = contract.features[name]
        transformation = REGISTRY.get(feature.transformation)
        if transformation is None:
            raise DataRefused(
                f"feature {name} names the transformation {feature.transformation!r}; "
                f"known are {', '.join(sorted(REGISTRY))}: correct contract.yaml"
            )
        absent = [column for column in feature.inputs if column not in panel.rows.columns]
        if absent:
            raise DataRefused(
                f"feature {name} needs the columns {absent}, which the measures do not have: "
                "ingest them or remove the feature from contract.yaml"
            )
        columns[name] = transformation.apply(panel, feature)
    return pd.DataFrame(columns)
