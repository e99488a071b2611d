"""Renders the feature catalogue from the contract and the code; docs/features.md is held to it by a test."""

from ml_platform.contract import Contract
from ml_platform.features.build import feature_names
from ml_platform.features.transformations import REGISTRY


def feature_rows(contract: Contract) -> list[str]:
    """Return one Markdown table row per feature, in the order of the model signature."""
    rows = []
    for name in feature_names(contract):
        feature = contract.features[name]
        parameters = ", ".join(
            f"{key} = {value:g}" if isinstance(value, float) else f"{key} = {value}"
            for key, value in feature.parameters.items()
        )
        cells = (
            f"`{name}`",
            feature.dtype,
            feature.transformation,
            ", ".join(f"`{column}`" for column in feature.inputs),
            parameters or "-",
            feature.description,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def transformation_rows() -> list[str]:
    """Return one Markdown list item per transformation that a feature may name."""
    return [f"- `{name}`: {REGISTRY[name].meaning}" for name in sorted(REGISTRY)]
