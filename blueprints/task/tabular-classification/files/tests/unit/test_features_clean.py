"""Cleaning repairs what can be repaired, counts what it did, and invents nothing."""

import numpy as np
import pandas as pd
import pytest

from ml_platform.contract import Column
from ml_platform.features.clean import clean_measures
from ml_platform.stage import StageContext
from ml_platform.tables import MEASURES, read_table

pytestmark = pytest.mark.deliverable("features")


def bounded(context: StageContext) -> Column:
    columns = context.contract.datasets[MEASURES].columns
    return next(c for c in columns if c.type in ("number", "integer") and c.maximum is not None and c.role == "measure")


def test_clean_data_pass_unchanged(landed: StageContext) -> None:
    measures = read_table(landed, MEASURES)
    cleaned, report = clean_measures(measures, landed.contract)
    counts = report.as_dict()
    assert counts.pop("rows_in") == counts.pop("rows_out") == len(measures)
    assert set(counts.values()) == {0}
    name = bounded(landed).name
    pd.testing.assert_series_equal(cleaned[name], measures[name].astype("float64"))


def test_the_last_of_several_rows_wins(landed: StageContext) -> None:
    measures = read_table(landed, MEASURES).head(10)
    column = bounded(landed)
    later = measures.head(1).assign(**{column.name: column.maximum})
    cleaned, report = clean_measures(pd.concat([measures, later]), landed.contract)
    key = landed.contract.datasets[MEASURES].key
    assert report.duplicates == 1
    assert cleaned.loc[cleaned[key] == measures[key].iloc[0], column.name].tolist() == [column.maximum]


def test_impossible_and_infinite_values_become_unknown(landed: StageContext) -> None:
    column = bounded(landed)
    measures = read_table(landed, MEASURES).head(4).astype({column.name: "float64"})
    edge = float(column.maximum or 0)
    measures[column.name] = [edge, edge + 1, np.inf, -np.inf]
    cleaned, report = clean_measures(measures, landed.contract)
    assert cleaned[column.name].tolist() == pytest.approx([edge, np.nan, np.nan, np.nan], nan_ok=True)
    assert (report.out_of_range, report.not_finite) == (1, 2)


def test_rows_without_a_key_are_left_out_and_counted(landed: StageContext) -> None:
    key = landed.contract.datasets[MEASURES].key
    measures = read_table(landed, MEASURES).head(3)
    measures[key] = measures[key].astype("object").where([True, False, True], None)
    cleaned, report = clean_measures(measures, landed.contract)
    assert (len(cleaned), report.without_key) == (2, 1)


def test_categories_are_trimmed_and_unknown_ones_counted(landed: StageContext) -> None:
    columns = [c for c in landed.contract.datasets[MEASURES].columns if c.type == "category" and c.values]
    measures = read_table(landed, MEASURES).head(3)
    for column in columns:
        known = str((column.values or ("",))[0])
        measures[column.name] = [f" {known} ", "never seen", None]
    cleaned, report = clean_measures(measures, landed.contract)
    assert report.unknown_category == len(columns)
    for column in columns:
        assert cleaned[column.name].tolist()[0] == (column.values or ("",))[0]
        assert cleaned[column.name].tolist()[2] is None
