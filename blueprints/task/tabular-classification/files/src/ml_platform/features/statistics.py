"""Statistics of built features, and the rules that refuse a feature table before anything is trained on it."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.features.build import category_names, feature_names
from ml_platform.features.config import FeatureSettings
from ml_platform.features.transformations import MISSING_CATEGORY


@dataclass(frozen=True)
class FeatureStatistics:
    """What one feature looks like; numbers that a category does not have are None."""

    name: str
    rows: int
    missing_share: float
    distinct: int
    mean: float | None = None
    deviation: float | None = None
    quantiles: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the statistics as JSON knows them."""
        return asdict(self)


@dataclass(frozen=True)
class Finding:
    """A rule that a feature broke; `refused` stops the stage."""

    feature: str
    rule: str
    detail: str
    refused: bool


def describe_features(features: pd.DataFrame, contract: Contract) -> dict[str, FeatureStatistics]:
    """Return the statistics of every feature of the contract in `features`, by name."""
    categories = set(category_names(contract))
    return {
        name: _describe_category(name, features[name]) if name in categories else _describe_number(name, features[name])
        for name in feature_names(contract)
    }


def _describe_number(name: str, values: pd.Series) -> FeatureStatistics:
    known = values.dropna().to_numpy(dtype=np.float64)
    if not len(known):
        return FeatureStatistics(name, rows=len(values), missing_share=1.0, distinct=0)
    points = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
    return FeatureStatistics(
        name,
        rows=len(values),
        missing_share=float(values.isna().mean()),
        distinct=len(np.unique(known)),
        mean=float(known.mean()),
        deviation=float(known.std()),
        quantiles={f"{point:g}": float(value) for point, value in zip(points, np.quantile(known, points), strict=True)},
    )


def _describe_category(name: str, values: pd.Series) -> FeatureStatistics:
    shares = values.value_counts(normalize=True).sort_index()
    return FeatureStatistics(
        name,
        rows=len(values),
        missing_share=float((values == MISSING_CATEGORY).mean()),
        distinct=len(shares),
        shares={str(value): float(share) for value, share in shares.items()},
    )


def check_features(features: pd.DataFrame, contract: Contract, settings: FeatureSettings) -> list[Finding]:
    """Return what the rules on range, missing values and categories find in `features`."""
    findings: list[Finding] = []
    for name, seen in describe_features(features, contract).items():
        if seen.missing_share > settings.missing_share_max:
            detail = f"{seen.missing_share:.1%} missing, at most {settings.missing_share_max:.1%}"
            findings.append(Finding(name, "missing-share", detail, refused=True))
        if seen.distinct <= 1:
            refused = settings.constant_features == "refuse"
            findings.append(Finding(name, "constant", "carries one value only", refused))
        findings += _check_bounds(name, seen, contract)
        findings += _check_categories(name, seen, contract, settings)
    return findings


def _check_bounds(name: str, seen: FeatureStatistics, contract: Contract) -> list[Finding]:
    feature = contract.features[name]
    if feature.transformation != "identity" or not seen.quantiles:
        return []
    column = contract.datasets["measures"].column(feature.inputs[0])
    low, high = seen.quantiles["0"], seen.quantiles["1"]
    below = column.minimum is not None and low < column.minimum
    above = column.maximum is not None and high > column.maximum
    if not (below or above):
        return []
    detail = f"[{low:g}, {high:g}] is outside [{column.minimum}, {column.maximum}]"
    return [Finding(name, "range", detail, refused=True)]


def _check_categories(
    name: str, seen: FeatureStatistics, contract: Contract, settings: FeatureSettings
) -> list[Finding]:
    feature = contract.features[name]
    if not seen.shares:
        return []
    allowed = contract.datasets["measures"].column(feature.inputs[0]).values
    if not allowed:
        return []
    foreign = {
        value: share for value, share in seen.shares.items() if value not in allowed and value != MISSING_CATEGORY
    }
    share = sum(foreign.values())
    if not foreign:
        return []
    detail = f"{sorted(foreign)} make up {share:.2%} of the rows and are not in the contract"
    refused = share > settings.unseen_category_share_max
    return [Finding(name, "category-set", detail, refused)]


def scan_leakage(training: pd.DataFrame, contract: Contract, settings: FeatureSettings) -> list[Finding]:
    """Return the features that predict the target of `training` too well to be honest.

    A number is judged by the area under the ROC curve of its own ranking, in either direction; the
    missing share and a category by that of their target rate. Such a feature was nearly always
    recorded after the event that it seems to foresee.
    """
    target_name = contract.datasets["labels"].target
    target = training[str(target_name)].to_numpy(dtype=np.int64)
    categories = set(category_names(contract))
    findings: list[Finding] = []
    for name in feature_names(contract):
        values = training[name]
        if name in categories:
            ranking = _category_rates(values, training[str(target_name)])
            areas = {"values": ranking_area(ranking, target)}
        else:
            numbers = values.to_numpy(dtype=np.float64)
            known = ~np.isnan(numbers)
            areas = {
                "values": ranking_area(numbers[known], target[known]),
                "absence": ranking_area((~known).astype(np.float64), target),
            }
        for part, area in areas.items():
            strength = max(area, 1 - area)
            if strength > settings.leakage_auc_max:
                detail = (
                    f"its {part} alone reach an AUC of {strength:.3f}, "
                    f"more than {settings.leakage_auc_max:g}: when is it recorded?"
                )
                findings.append(Finding(name, "leakage", detail, refused=True))
    return findings


def _category_rates(values: pd.Series, target: pd.Series) -> np.ndarray:
    # Leave-one-out rates: a category with a single row must not give its own label away.
    total = target.groupby(values).transform("sum") - target
    count = target.groupby(values).transform("count") - 1
    prior = float(target.mean())
    return np.asarray((total + prior * 10) / (count + 10), dtype=np.float64)


def ranking_area(scores: np.ndarray, target: np.ndarray) -> float:
    """Return the area under the ROC curve of `scores` for the 0/1 `target`; 0.5 where one class is absent."""
    positives = int(target.sum())
    negatives = len(target) - positives
    if positives == 0 or negatives == 0:
        return 0.5
    ranks = rankdata(scores)
    rank_sum = float(ranks[target == 1].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def refuse(findings: list[Finding]) -> None:
    """Raise `DataRefused` naming every finding that must stop the stage."""
    stopping = [finding for finding in findings if finding.refused]
    if stopping:
        lines = "; ".join(f"{f.feature} ({f.rule}): {f.detail}" for f in stopping)
        raise DataRefused(f"features refused: {lines}. Correct the source, or remove the feature from contract.yaml")
