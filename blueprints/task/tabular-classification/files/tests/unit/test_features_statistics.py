"""The rules that refuse a table of features fire on planted faults and are silent on good data."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from ml_platform.errors import DataRefused
from ml_platform.features.build import build_features, category_names, numeric_names
from ml_platform.features.statistics import Finding, check_features, ranking_area, refuse, scan_leakage
from ml_platform.stage import StageContext
from ml_platform.tables import LABELS, MEASURES, read_table

pytestmark = pytest.mark.deliverable("features")


@pytest.fixture(scope="module")
def built(landed: StageContext) -> pd.DataFrame:
    return build_features(read_table(landed, MEASURES), landed.contract)


@pytest.fixture(scope="module")
def training(landed: StageContext, built: pd.DataFrame) -> pd.DataFrame:
    labels = landed.contract.datasets[LABELS]
    return read_table(landed, LABELS).merge(built, on=[labels.key, labels.time])


def refused(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(finding.feature, finding.rule) for finding in findings if finding.refused}


def test_good_features_pass(landed: StageContext, built: pd.DataFrame, training: pd.DataFrame) -> None:
    settings = landed.settings.features
    assert refused(check_features(built, landed.contract, settings)) == set()
    assert refused(scan_leakage(training, landed.contract, settings)) == set()


def bounded_identity(context: StageContext) -> str:
    measures = context.contract.datasets[MEASURES]
    for name in numeric_names(context.contract):
        feature = context.contract.features[name]
        if feature.transformation == "identity" and measures.column(feature.inputs[0]).maximum is not None:
            return name
    raise AssertionError("the contract bounds no number")


@pytest.mark.parametrize(
    ("rule", "spoil"),
    [
        ("missing-share", lambda values: values.mask(np.arange(len(values)) % 10 != 0)),
        ("range", lambda values: values.where(np.arange(len(values)) != 5, 1e15)),
    ],
)
def test_spoilt_numbers_are_refused(
    landed: StageContext, built: pd.DataFrame, rule: str, spoil: Callable[[pd.Series], pd.Series]
) -> None:
    name = bounded_identity(landed)
    spoilt = built.assign(**{name: spoil(built[name])})
    findings = check_features(spoilt, landed.contract, landed.settings.features)
    assert refused(findings) == {(name, rule)}
    with pytest.raises(DataRefused, match=rule):
        refuse(findings)


def test_a_constant_feature_is_reported_and_refused_where_the_settings_say_so(
    landed: StageContext, built: pd.DataFrame
) -> None:
    name = bounded_identity(landed)
    constant = built.assign(**{name: built[name].median()})
    settings = landed.settings.features
    findings = check_features(constant, landed.contract, settings)
    assert [finding.rule for finding in findings if finding.feature == name] == ["constant"]
    assert refused(findings) == set()
    strict = settings.model_copy(update={"constant_features": "refuse"})
    assert refused(check_features(constant, landed.contract, strict)) == {(name, "constant")}


def test_unknown_categories_are_refused_when_they_are_many(landed: StageContext, built: pd.DataFrame) -> None:
    measures = landed.contract.datasets[MEASURES]
    for name in category_names(landed.contract):
        if not measures.column(landed.contract.features[name].inputs[0]).values:
            continue
        for every, expected in ((1000, set()), (10, {(name, "category-set")})):
            foreign = built.assign(**{name: built[name].where(np.arange(len(built)) % every != 0, "alien")})
            assert refused(check_features(foreign, landed.contract, landed.settings.features)) == expected


def test_a_feature_that_gives_the_target_away_is_refused(landed: StageContext, training: pd.DataFrame) -> None:
    target = training[str(landed.contract.datasets[LABELS].target)]
    name = numeric_names(landed.contract)[0]
    noise = np.random.default_rng(1).normal(0, 0.01, len(training))
    leaking = training.assign(**{name: -target + noise})
    assert refused(scan_leakage(leaking, landed.contract, landed.settings.features)) == {(name, "leakage")}


def test_absence_that_gives_the_target_away_is_refused(landed: StageContext, training: pd.DataFrame) -> None:
    target = training[str(landed.contract.datasets[LABELS].target)]
    name = numeric_names(landed.contract)[0]
    leaking = training.assign(**{name: training[name].fillna(0).mask(target == 1)})
    assert (name, "leakage") in refused(scan_leakage(leaking, landed.contract, landed.settings.features))


def test_a_category_that_gives_the_target_away_is_refused(landed: StageContext, training: pd.DataFrame) -> None:
    target = training[str(landed.contract.datasets[LABELS].target)]
    for name in category_names(landed.contract)[:1]:
        leaking = training.assign(**{name: target.map({0: "a", 1: "b"})})
        assert refused(scan_leakage(leaking, landed.contract, landed.settings.features)) == {(name, "leakage")}


def test_the_area_counts_ties_half_and_needs_both_classes() -> None:
    assert ranking_area(np.array([1.0, 2.0, 3.0]), np.array([0, 0, 1])) == 1.0
    assert ranking_area(np.array([1.0, 1.0]), np.array([0, 1])) == 0.5
    assert ranking_area(np.array([1.0, 2.0]), np.array([1, 1])) == 0.5
