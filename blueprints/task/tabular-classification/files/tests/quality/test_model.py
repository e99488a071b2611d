"""How the trained model behaves: it ignores what must not matter, follows what must, and is better than chance."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from ml_platform.bundle import Bundle, load_bundle
from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.evaluation.baselines import load_rule
from ml_platform.evaluation.metrics import average_precision
from ml_platform.evaluation.permutation import permuted_difference
from ml_platform.features.build import category_names, numeric_names
from ml_platform.stages.evaluate import unfitted
from ml_platform.stages.train import read_training_set
from ml_platform.training.data import labelled

pytestmark = pytest.mark.deliverable("training")


@pytest.fixture(scope="module")
def bundle(pipeline: StageContext) -> Bundle:
    """The trained model."""
    return load_bundle(pipeline.work / "bundle")


@pytest.fixture(scope="module")
def rows(bundle: Bundle) -> pd.DataFrame:
    """Rows that have the shape of the training rows."""
    return bundle.reference().head(300)


def test_invariance_order_and_company_of_rows_do_not_matter(bundle: Bundle, rows: pd.DataFrame) -> None:
    scores = bundle.score(rows)
    assert bundle.score(rows.iloc[::-1])[::-1] == pytest.approx(scores, abs=1e-12)
    assert bundle.score(rows.iloc[[7]]) == pytest.approx(scores[[7]], abs=1e-12)


def test_invariance_other_columns_and_their_order_do_not_matter(bundle: Bundle, rows: pd.DataFrame) -> None:
    other = rows.assign(stray="x")[["stray", *reversed(rows.columns)]]
    assert (bundle.score(other) == bundle.score(rows)).all()


def test_invariance_number_types_do_not_matter(bundle: Bundle, rows: pd.DataFrame, contract: Contract) -> None:
    whole = rows.copy()
    named = [name for name in numeric_names(contract) if not rows[name].isna().any()]
    whole[named] = whole[named].round()
    assert (bundle.score(whole.astype(dict.fromkeys(named, "int64"))) == bundle.score(whole)).all()


def test_extreme_unknown_and_never_seen_values_give_probabilities(
    bundle: Bundle, rows: pd.DataFrame, contract: Contract
) -> None:
    odd = rows.head(3).copy()
    for value, position in ((1e12, 0), (-1e12, 1), (np.nan, 2)):
        for name in numeric_names(contract):
            odd.iloc[position, odd.columns.get_loc(name)] = value
    odd[category_names(contract)] = "never seen"
    scores = bundle.score(odd)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_directional_more_of_the_strongest_sign_never_means_much_less_risk(
    bundle: Bundle, pipeline: StageContext, contract: Contract
) -> None:
    """Rows of positives, made more like the average negative in every number, must score lower on average."""
    found = read_training_set(pipeline)
    data = labelled(found.frame, contract)
    positives = data.rows[data.labels == 1]
    negatives = data.rows[data.labels == 0]
    moved = positives.copy()
    numbers = numeric_names(contract)
    moved[numbers] = 0.5 * positives[numbers] + 0.5 * negatives[numbers].mean()
    assert bundle.score(moved).mean() < bundle.score(positives).mean()


def test_shuffled_labels_give_nothing_and_true_ones_do(
    bundle: Bundle, pipeline: StageContext, contract: Contract
) -> None:
    found = read_training_set(pipeline)
    data = labelled(found.frame, contract)
    whole = pd.concat([found.frame[[contract.datasets["labels"].key]], data.rows], axis=1)
    above = permuted_difference(
        lambda: clone(unfitted(bundle)),
        whole,
        data.labels,
        found.split,
        contract,
        load_rule(pipeline.root),
        permutations=3,
        seed=5,
    )
    assert above <= 2
    test = found.split.test if len(found.split.test) else found.split.train
    assert average_precision(data.labels[test], bundle.score(data.rows.iloc[test])) > 1.5 * data.labels[test].mean()
