"""Profiles name the hot function, caches are never stale, narrow types change no value."""

import cProfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.context import StageContext
from ml_platform.files import read_json
from ml_platform.performance.cache import cached_frame, content_key
from ml_platform.performance.loading import downcast, read_batches, read_compact
from ml_platform.performance.profiling import profile_path, profiled

pytestmark = pytest.mark.deliverable("performance")


def busy_work() -> int:
    return sum(number * number for number in range(200_000))


def test_the_profile_names_the_hot_function_and_the_allocating_line(context: StageContext) -> None:
    with profiled(context, "example", allocations=True):
        busy_work()
        kept = [bytes(1000) for _ in range(1000)]
    report = read_json(profile_path(context, "example"))
    assert any("test_performance.py" in entry["function"] for entry in report["functions"][:3])
    assert any(
        entry["line"].startswith("test_performance.py") and entry["mib"] > 0.9 for entry in report["allocations"]
    )
    assert report["peak_memory_mib"] > 10
    assert len(kept) == 1000


def test_a_failing_block_is_profiled_and_fails(context: StageContext) -> None:
    with pytest.raises(ZeroDivisionError), profiled(context, "failing"):
        _ = 1 / 0
    assert read_json(profile_path(context, "failing"))["cpu_seconds"] >= 0


def test_an_outer_profiler_is_left_alone(context: StageContext) -> None:
    outer = cProfile.Profile()
    outer.enable()
    try:
        with profiled(context, "inner"):
            busy_work()
    finally:
        outer.disable()
    assert read_json(profile_path(context, "inner"))["stage"] == "inner"
    assert outer.getstats()


def test_a_key_depends_on_texts_their_limits_and_file_content(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one", encoding="utf-8")
    key = content_key(["a", "b"], [file])
    assert key == content_key(["a", "b"], [file])
    assert key != content_key(["ab"], [file])
    file.write_text("two", encoding="utf-8")
    assert key != content_key(["a", "b"], [file])


def test_a_frame_is_computed_once_per_key_and_again_when_damaged(tmp_path: Path) -> None:
    calls: list[int] = []

    def compute() -> pd.DataFrame:
        calls.append(1)
        return pd.DataFrame({"x": [1.5, None], "t": ["a", None]})

    first = cached_frame(tmp_path, "k", compute)
    pd.testing.assert_frame_equal(first, cached_frame(tmp_path, "k", compute))
    assert len(calls) == 1
    (tmp_path / "k.parquet").write_bytes(b"half a file")
    pd.testing.assert_frame_equal(first, cached_frame(tmp_path, "k", compute))
    assert len(calls) == 2


def test_only_the_latest_results_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        cached_frame(tmp_path, f"k{number}", lambda: pd.DataFrame({"x": [1]}), keep=2)
    assert len(list(tmp_path.glob("*.parquet"))) == 2
    assert (tmp_path / "k4.parquet").is_file()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two files of 5,000 rows, with a column that nobody asks for."""
    random = np.random.default_rng(1)
    paths = []
    for part in range(2):
        frame = pd.DataFrame(
            {
                "key": np.arange(part * 5000, part * 5000 + 5000),
                "amount": random.random(5000).astype(np.float32).astype(float),
                "money": random.random(5000) * 1e9 + 0.01,
                "kind": random.choice(["yearly", "monthly"], 5000),
                "name": [f"entity {part} {number}" for number in range(5000)],
                "unused": "x" * 50,
                "flag": random.integers(0, 2, 5000).astype(bool),
                "day": pd.Timestamp("2026-01-01", tz="UTC"),
            }
        )
        paths.append(tmp_path / f"{part}.parquet")
        frame.to_parquet(paths[-1])
    return paths


def test_reading_in_pieces_gives_all_rows_of_the_columns_asked_for(files: list[Path]) -> None:
    parts = list(read_batches(files, ["key", "kind"], 1500))
    assert max(len(part) for part in parts) <= 1500
    assert pd.concat(parts)["key"].tolist() == list(range(10_000))
    assert all(list(part.columns) == ["key", "kind"] for part in parts)


def test_narrow_types_hold_the_same_values_in_far_less_memory(files: list[Path]) -> None:
    wide = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    columns = ["key", "amount", "money", "kind", "name", "flag", "day"]
    narrow = read_compact(files, columns, batch_rows=1500)
    assert [str(narrow[name].dtype) for name in columns[:5]] == ["int16", "float32", "float64", "category", "object"]
    for name in columns:
        assert (narrow[name].astype(wide[name].dtype) == wide[name]).all(), name
    asked = ["key", "amount", "kind"]
    assert narrow[asked].memory_usage(deep=True).sum() < 0.2 * wide[asked].memory_usage(deep=True).sum()


def test_unknown_values_stay_unknown() -> None:
    frame = downcast(pd.DataFrame({"x": [0.5, None], "t": ["a", None]}))
    assert frame.isna().sum().tolist() == [1, 1]


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="got none"):
        read_compact([], ["key"])
    empty = tmp_path / "empty.parquet"
    pd.DataFrame({"key": pd.Series(dtype="int64")}).to_parquet(empty)
    assert read_compact([empty], ["key"]).columns.tolist() == ["key"]
