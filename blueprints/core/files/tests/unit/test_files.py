"""Whole files or nothing."""

from pathlib import Path

import pandas as pd
import pytest

from ml_platform import files

pytestmark = pytest.mark.deliverable("code-structure")


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = files.atomic_write_text(tmp_path / "a.txt", "old")
    with pytest.raises(TypeError):
        files.atomic_write_bytes(path, "text is not bytes")  # type: ignore[arg-type]
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_equal_frames_give_equal_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=[5, 9])
    first = files.atomic_write_parquet(tmp_path / "one" / "a.parquet", frame)
    second = files.atomic_write_parquet(tmp_path / "two" / "a.parquet", frame.reset_index(drop=True))
    assert files.sha256_of(first) == files.sha256_of(second)
    assert pd.read_parquet(first)["b"].tolist() == ["x", None]


def test_json_does_not_depend_on_the_order_of_keys(tmp_path: Path) -> None:
    one = files.atomic_write_json(tmp_path / "1.json", {"a": 1, "b": [2, None]})
    two = files.atomic_write_json(tmp_path / "2.json", {"b": [2, None], "a": 1})
    assert one.read_bytes() == two.read_bytes()
    assert files.read_json(one) == {"a": 1, "b": [2, None]}


def test_lines_are_appended(tmp_path: Path) -> None:
    files.append_line(tmp_path / "new" / "log.jsonl", {"a": 1})
    files.append_line(tmp_path / "new" / "log.jsonl", {"a": 2})
    assert (tmp_path / "new" / "log.jsonl").read_text(encoding="utf-8") == '{"a": 1}\n{"a": 2}\n'


def test_the_hash_of_a_folder_sees_names_and_contents(tmp_path: Path) -> None:
    files.atomic_write_text(tmp_path / "d" / "a", "1")
    before = files.sha256_of(tmp_path / "d")
    (tmp_path / "d" / "a").rename(tmp_path / "d" / "b")
    renamed = files.sha256_of(tmp_path / "d")
    files.atomic_write_json(tmp_path / "d" / "b", {"a": 1})
    assert len({before, renamed, files.sha256_of(tmp_path / "d")}) == 3
    assert files.read_json(tmp_path / "d" / "b") == {"a": 1}
    assert list(files.hashes(tmp_path, [tmp_path / "d" / "b", tmp_path / "d"])) == ["d", "d/b"]
