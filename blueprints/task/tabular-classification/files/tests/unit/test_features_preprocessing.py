"""Missing values and outliers are treated with statistics of the training rows only."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from ml_platform.features.build import build_features, category_names, feature_names, numeric_names
from ml_platform.features.preprocessing import Winsoriser, preprocessor
from ml_platform.stage import StageContext
from ml_platform.tables import MEASURES, read_table

pytestmark = pytest.mark.deliverable("features")


def test_pulls_outliers_to_the_quantiles_of_the_rows_it_was_fitted_on() -> None:
    fitted = Winsoriser(0.1, 0.9).fit(np.arange(11, dtype="float64").reshape(-1, 1))
    found = fitted.transform(np.array([[-100.0], [5.0], [100.0], [np.nan]]))
    assert found.ravel().tolist() == pytest.approx([1, 5, 9, np.nan], nan_ok=True)


def test_a_column_without_values_stays_open() -> None:
    fitted = Winsoriser().fit(np.array([[np.nan], [np.nan]]))
    assert fitted.transform(np.array([[7.0]])).tolist() == [[7.0]]


def test_refuses_to_transform_unfitted_and_can_be_cloned() -> None:
    with pytest.raises(NotFittedError):
        Winsoriser().transform(np.zeros((1, 1)))
    assert clone(Winsoriser(0.2, 0.7)).get_params() == {"lower": 0.2, "upper": 0.7}
    assert Winsoriser().get_feature_names_out(["a"]).tolist() == ["a"]


@pytest.mark.parametrize("scale", [True, False])
def test_gives_finite_numbers_for_unknown_values_and_unseen_categories(landed: StageContext, scale: bool) -> None:
    contract = landed.contract
    rows = build_features(read_table(landed, MEASURES).head(2000), contract)[feature_names(contract)]
    prepare = preprocessor(contract, landed.settings.features, scale=scale).fit(rows)
    odd = rows.head(2).copy()
    odd[numeric_names(contract)] = [[np.nan] * len(numeric_names(contract)), [1e12] * len(numeric_names(contract))]
    odd[category_names(contract)] = "never seen"
    found = prepare.transform(odd)
    assert np.isfinite(found).all()
    assert found.shape[1] == prepare.transform(rows).shape[1]
    if scale:
        assert np.abs(found).max() < 100
