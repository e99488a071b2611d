"""Performance held by ratios within one process, so that a slow machine fails nothing and a slow change does."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from conftest import branched
from ml_platform.bundle import Bundle, load_bundle
from ml_platform.context import StageContext
from ml_platform.evaluation.bootstrap import paired_bootstrap
from ml_platform.files import read_json
from ml_platform.performance.profiling import profile_path
from ml_platform.performance.training_rows import training_rows
from ml_platform.training.data import join_labels, with_protected

pytestmark = pytest.mark.deliverable("performance")


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Least processor time of several runs, which other processes disturb least."""
    found = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


@pytest.fixture(scope="module")
def bundle(pipeline: StageContext) -> Bundle:
    """The trained model."""
    return load_bundle(pipeline.work / "bundle")


def test_the_train_stage_leaves_a_profile(pipeline: StageContext) -> None:
    report = read_json(profile_path(pipeline, "train"))
    assert report["cpu_seconds"] > 0
    assert report["functions"]


def test_scoring_in_batches_is_far_cheaper_than_row_by_row(bundle: Bundle) -> None:
    rows = bundle.reference().head(24)
    together = seconds(lambda: bundle.score(rows))
    apart = seconds(lambda: [bundle.score(rows.iloc[[position]]) for position in range(len(rows))], repeats=1)
    assert apart > 8 * together


def test_scoring_time_grows_no_faster_than_the_rows(bundle: Bundle) -> None:
    rows = pd.concat([bundle.reference()] * 4, ignore_index=True)
    small, large = rows.head(len(rows) // 8), rows
    assert seconds(lambda: bundle.score(large)) < 8 * 1.6 * seconds(lambda: bundle.score(small)) + 0.01


def test_the_bootstrap_is_faster_than_the_library_it_replaces() -> None:
    random = np.random.default_rng(1)
    labels, scores, other = random.integers(0, 2, 4000), random.random(4000), random.random(4000)
    weights = random.integers(0, 3, 4000)

    def library() -> None:
        for _ in range(20):
            average_precision_score(labels, scores, sample_weight=weights)
            average_precision_score(labels, other, sample_weight=weights)

    ours = seconds(
        lambda: paired_bootstrap(labels, scores, other, groups=np.arange(4000), samples=20, seed=1), repeats=3
    )
    assert ours < 0.8 * seconds(library)


def test_joined_rows_come_from_the_cache_and_are_the_same(pipeline: StageContext, tmp_path: Path) -> None:
    context = branched(pipeline, tmp_path / "project")
    found: list[pd.DataFrame] = []
    apart = seconds(lambda: found.append(join_labels(context)), repeats=1)
    plain = with_protected(found[0], context)
    cached = training_rows(context)
    pd.testing.assert_frame_equal(cached, plain, check_dtype=False, check_categorical=False)
    assert seconds(lambda: training_rows(context), repeats=2) < apart
