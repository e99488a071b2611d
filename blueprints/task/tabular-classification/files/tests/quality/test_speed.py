"""Performance regression: what is done for all rows at once stays many times cheaper than the same done one by one.

Each speed is held against another one of the same process, measured in turns, so that the machine and its load fall out
of the comparison. The bounds are at most a third of what was measured when they were written (21, 15 and 80 times): a
loop that finds its way into a vectorised path, or a whole read behind a lookup, falls below them; noise does not.
"""

import time
from collections.abc import Callable
from statistics import median

import pandas as pd
import pytest

from ml_platform.bundle import Bundle, load_bundle
from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.feature_store.adapter import open_store
from ml_platform.features.build import build_features
from ml_platform.tables import MEASURES, read_table
from serving_support import feature_rows, save_small_bundle

pytestmark = pytest.mark.deliverable("testing")

PAIRS = 3
ROWS = 20
SCORING_TIMES_CHEAPER = 6.0
FEATURES_TIMES_CHEAPER = 4.0
LOOKUP_TIMES_CHEAPER = 2.0


def times_cheaper(slow: Callable[[], object], fast: Callable[[], object]) -> float:
    """How many times more processor time `slow` takes than `fast`: the median over pairs, measured in turns."""
    fast()
    return median(seconds(slow) / seconds(fast) for _ in range(PAIRS))


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this process, which others on the machine do not change."""
    started = time.process_time()
    work()
    return max(time.process_time() - started, 1e-6)


@pytest.fixture(scope="module")
def bundle(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_bundle(save_small_bundle(tmp_path_factory.mktemp("speed") / "model", contract))


def scoring_times_cheaper(bundle: Bundle, rows: pd.DataFrame) -> float:
    """Scoring each row by itself, against scoring all of them."""
    apart = [rows.iloc[[position]] for position in range(len(rows))]
    return times_cheaper(lambda: [bundle.score(row) for row in apart], lambda: bundle.score(rows))


def test_scoring_all_rows_stays_cheaper_than_one_by_one(bundle: Bundle, contract: Contract) -> None:
    assert scoring_times_cheaper(bundle, feature_rows(contract, ROWS)) > SCORING_TIMES_CHEAPER


def test_a_loop_over_rows_in_scoring_would_be_seen(
    bundle: Bundle, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a careless change would do; the bound has to tell it from the real thing.
    whole = bundle.model.predict_proba

    def row_by_row(rows: pd.DataFrame) -> object:
        return pd.concat([pd.DataFrame(whole(rows.iloc[[place]])) for place in range(len(rows))]).to_numpy()

    monkeypatch.setattr(bundle.model, "predict_proba", row_by_row)
    assert scoring_times_cheaper(bundle, feature_rows(contract, ROWS)) < SCORING_TIMES_CHEAPER


def test_features_of_all_entities_stay_cheaper_than_one_by_one(landed: StageContext) -> None:
    measures = read_table(landed, MEASURES)
    key = landed.contract.datasets[MEASURES].key
    keys = measures[key].drop_duplicates().head(ROWS)
    some = measures[measures[key].isin(keys)]
    apart = [rows for _, rows in some.groupby(key, sort=False)]
    ratio = times_cheaper(
        lambda: [build_features(rows, landed.contract) for rows in apart],
        lambda: build_features(some, landed.contract),
    )
    assert ratio > FEATURES_TIMES_CHEAPER


def test_looking_up_one_entity_stays_cheaper_than_reading_all(pipeline: StageContext) -> None:
    store = open_store(pipeline.settings, pipeline.contract)
    try:
        moment = pd.Timestamp(pipeline.as_of, tz="UTC")
        entity = store.snapshot(moment)[pipeline.contract.datasets[MEASURES].key].iloc[0]
        ratio = times_cheaper(lambda: store.snapshot(moment), lambda: store.online(entity))
    finally:
        store.close()
    assert ratio > LOOKUP_TIMES_CHEAPER
