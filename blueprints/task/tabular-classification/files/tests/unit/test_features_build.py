"""Transformations look backwards only, keep entities apart, and give every feature of the contract."""

import numpy as np
import pandas as pd
import pytest

from ml_platform.contract import Contract, Feature
from ml_platform.errors import DataRefused
from ml_platform.features.build import build_features, category_names, feature_names, numeric_names
from ml_platform.features.transformations import REGISTRY, Panel
from ml_platform.stage import StageContext
from ml_platform.tables import MEASURES, read_table

pytestmark = pytest.mark.deliverable("features")
DAYS = pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"], utc=True)


def feature(transformation: str, *inputs: str, **parameters: float) -> Feature:
    return Feature(
        owner="t", dtype="float", transformation=transformation, inputs=inputs, parameters=parameters, description="d"
    )


def panel() -> Panel:
    rows = pd.DataFrame(
        {
            "id": [1, 1, 1, 2, 2, 2],
            "day": [*DAYS, *DAYS],
            "x": [1.0, 4.0, 10.0, 100.0, np.nan, 300.0],
            "y": [2.0, 0.0, 5.0, 1.0, 1.0, 1.0],
            "since": ["2025-12-31", "2025-12-31", "2026-03-15", None, "2026-01-01", "2026-01-01"],
            "flag": [True, False, None, True, True, False],
            "kind": ["a", None, "b", "a", "a", "a"],
        }
    )
    return Panel(rows, "id", "day")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (feature("identity", "x"), [1, 4, 10, 100, np.nan, 300]),
        (feature("change", "x"), [np.nan, 3, 6, np.nan, np.nan, np.nan]),
        (feature("change", "x", periods=2), [np.nan, np.nan, 9, np.nan, np.nan, 200]),
        (feature("rolling_mean", "x", window=2), [1, 2.5, 7, 100, 100, 300]),
        (feature("ratio_to_mean", "x", window=3), [1, 1.6, 2, 1, np.nan, 1.5]),
        (feature("ratio", "x", "y"), [0.5, np.nan, 2, 100, np.nan, 300]),
        (feature("log1p", "x"), np.log1p([1, 4, 10, 100, np.nan, 300])),
        (feature("days_since", "since"), [1, 32, np.nan, np.nan, 31, 59]),
        (feature("flag", "flag"), [1, 0, np.nan, 1, 1, 0]),
    ],
    ids=lambda value: value.transformation if isinstance(value, Feature) else "",
)
def test_transformations(made: Feature, expected: list[float]) -> None:
    found = REGISTRY[made.transformation].apply(panel(), made)
    assert found.to_list() == pytest.approx(list(expected), nan_ok=True)


def test_an_absent_category_is_a_category() -> None:
    found = REGISTRY["category"].apply(panel(), feature("category", "kind"))
    assert found.tolist() == ["a", "missing", "b", "a", "a", "a"]


def test_every_feature_of_the_model_is_built_in_its_type(landed: StageContext) -> None:
    contract = landed.contract
    dataset = contract.datasets[MEASURES]
    built = build_features(read_table(landed, MEASURES), contract)
    assert list(built.columns) == [dataset.key, dataset.time, *feature_names(contract)]
    assert all(built[name].dtype == np.float64 for name in numeric_names(contract))
    assert all(built[name].map(type).eq(str).all() for name in category_names(contract))
    assert not built.duplicated([dataset.key, dataset.time]).any()


def test_the_future_changes_nothing_in_the_past(landed: StageContext) -> None:
    contract = landed.contract
    dataset = contract.datasets[MEASURES]
    measures = read_table(landed, MEASURES)
    last = measures[dataset.time].max()
    whole = build_features(measures, contract)
    cut = build_features(measures.loc[measures[dataset.time] < last], contract)
    past = whole.loc[whole[dataset.time] < last].reset_index(drop=True)
    pd.testing.assert_frame_equal(past, cut)


def test_the_order_of_the_rows_does_not_matter(landed: StageContext) -> None:
    measures = read_table(landed, MEASURES)
    shuffled = measures.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(build_features(measures, landed.contract), build_features(shuffled, landed.contract))


def test_protected_columns_are_no_inputs(contract: Contract) -> None:
    protected = set(contract.datasets[MEASURES].named("protected"))
    assert not any(protected & set(contract.features[name].inputs) for name in feature_names(contract))


def test_a_missing_column_and_an_unknown_transformation_are_refused(landed: StageContext) -> None:
    contract = landed.contract
    measures = read_table(landed, MEASURES)
    name = feature_names(contract)[0]
    with pytest.raises(DataRefused, match="do not have"):
        build_features(measures.drop(columns=contract.features[name].inputs[0]), contract)
    odd = contract.features[name].model_copy(update={"transformation": "magic"})
    changed = contract.model_copy(update={"features": {**contract.features, name: odd}})
    with pytest.raises(DataRefused, match="magic"):
        build_features(measures, changed)
