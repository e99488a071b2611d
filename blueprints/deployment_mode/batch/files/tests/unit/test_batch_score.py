"""Batch scoring: ranking, what has no score, and the gate before publication at its bounds."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.batch.config import BatchSettings
from ml_platform.batch.publish import PREDICTIONS, RANKED, SUMMARY, UNSCORED, partition, publish
from ml_platform.batch.score import NO_FEATURES, Scored, require_sane, score_rows, score_shift
from ml_platform.errors import GateFailed
from ml_platform.files import sha256_of
from ml_platform.serving.predictor import Predictor
from serving_support import feature_rows, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()
MEASURES = CONTRACT.datasets["measures"]
SETTINGS = BatchSettings(max_unscored_share=0.02, max_score_shift=0.25, min_rows_for_shift=100)


@pytest.fixture(scope="module")
def predictor(tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    return Predictor.load(save_small_bundle(tmp_path_factory.mktemp("batch") / "bundle", CONTRACT))


def scored_from(rows: pd.DataFrame, predictor: Predictor, chunk_rows: int = 7) -> Scored:
    return score_rows(rows, predictor, key=MEASURES.key, time=MEASURES.time, chunk_rows=chunk_rows)


def test_list_is_ranked_complete_and_equal_for_any_chunk_size(predictor: Predictor) -> None:
    rows = feature_rows(CONTRACT, 40)
    scored = scored_from(rows, predictor)
    assert list(scored.ranked["rank"]) == list(range(1, 41))
    assert scored.ranked["score"].is_monotonic_decreasing
    assert set(scored.ranked[MEASURES.key]) == set(rows[MEASURES.key])
    pd.testing.assert_frame_equal(scored.ranked, scored_from(rows.iloc[::-1], predictor, chunk_rows=1000).ranked)


def test_ties_go_by_key(predictor: Predictor) -> None:
    rows = pd.concat([feature_rows(CONTRACT, 1)] * 3, ignore_index=True).assign(
        **{MEASURES.key: feature_rows(CONTRACT, 3)[MEASURES.key].iloc[::-1].to_numpy()}
    )
    assert list(scored_from(rows, predictor).ranked[MEASURES.key]) == sorted(rows[MEASURES.key])


def test_a_row_without_any_feature_is_reported_and_not_guessed(predictor: Predictor) -> None:
    rows = feature_rows(CONTRACT, 10)
    rows[predictor.features] = rows[predictor.features].astype(object)
    rows.loc[4, predictor.features] = None
    scored = scored_from(rows, predictor)
    assert list(scored.unscored["reason"]) == [NO_FEATURES]
    assert list(scored.unscored[MEASURES.key]) == [rows.loc[4, MEASURES.key]]
    assert len(scored.ranked) == 9
    assert scored.unscored_share == pytest.approx(0.1)


def test_shift_is_small_for_the_same_population_and_large_for_another(predictor: Predictor) -> None:
    same = scored_from(feature_rows(CONTRACT, 400, seed=2), predictor, 1000)
    other = scored_from(feature_rows(CONTRACT, 400, seed=2, shift=2.0), predictor, 1000)
    assert score_shift(same.ranked["score"], predictor) < SETTINGS.max_score_shift
    assert score_shift(other.ranked["score"], predictor) > SETTINGS.max_score_shift


def test_gate_refuses_just_beyond_its_bounds(predictor: Predictor) -> None:
    good = scored_from(feature_rows(CONTRACT, 100), predictor)
    require_sane(good, SETTINGS.max_score_shift, SETTINGS)
    with pytest.raises(GateFailed, match="away from the training scores"):
        require_sane(good, float(np.nextafter(SETTINGS.max_score_shift, 1)), SETTINGS)
    short = replace(good, ranked=good.ranked.head(99))
    require_sane(short, 1.0, SETTINGS)
    missing = good.ranked.head(2)[[MEASURES.key]].assign(reason=NO_FEATURES)
    require_sane(Scored(good.ranked.head(98), missing), 0.0, SETTINGS)
    with pytest.raises(GateFailed, match="have no score"):
        require_sane(Scored(good.ranked.head(97), missing), 0.0, SETTINGS)
    with pytest.raises(GateFailed, match="no row could be scored"):
        require_sane(replace(good, ranked=good.ranked.head(0)), 0.0, SETTINGS)


def test_publishing_again_gives_the_same_bytes_and_leaves_nothing_else(predictor: Predictor, tmp_path: Path) -> None:
    scored = scored_from(feature_rows(CONTRACT, 20), predictor)
    folder = partition(tmp_path, pd.Timestamp("2026-01-05").date(), "7")
    before = sha256_of(publish(folder, scored, {"scored": 20}))
    assert sha256_of(publish(folder, scored, {"scored": 20})) == before
    assert sorted(path.name for path in folder.iterdir()) == sorted([PREDICTIONS, RANKED, SUMMARY, UNSCORED])
    assert [path.name for path in folder.parent.iterdir()] == ["model_version=7"]
    assert pd.read_parquet(folder / PREDICTIONS)["score"].tolist() == scored.ranked["score"].tolist()
