"""A bundle survives the disk unchanged, and nothing that could run code or lacks a feature gets through."""

import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import skops.io

from ml_platform.bundle import INFO_FILE, MODEL_FILE, install, load_bundle, load_info, model_inputs, save_bundle
from ml_platform.contract import Contract
from ml_platform.errors import ModelRefused
from serving_support import feature_rows, save_small_bundle

pytestmark = pytest.mark.deliverable("registry")


class Foreign:
    """A type that is on no list."""


def test_scores_survive_saving_and_loading(tmp_path: Path, contract: Contract) -> None:
    bundle = load_bundle(save_small_bundle(tmp_path / "model", contract))
    reference = bundle.reference()
    assert bundle.score(reference) == pytest.approx(reference["score"].to_numpy(), abs=1e-12)


def test_saving_again_replaces_everything(tmp_path: Path, contract: Contract) -> None:
    directory = save_small_bundle(tmp_path / "model", contract)
    (directory / "stray.txt").write_text("x", encoding="utf-8")
    save_small_bundle(directory, contract)
    assert not (directory / "stray.txt").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_untrusted_type_is_refused(tmp_path: Path, contract: Contract) -> None:
    directory = save_small_bundle(tmp_path / "model", contract)
    skops.io.dump(Foreign(), directory / MODEL_FILE)
    with pytest.raises(ModelRefused, match="Foreign"):
        load_bundle(directory)


def test_a_model_that_could_not_be_loaded_again_is_not_saved(tmp_path: Path, contract: Contract) -> None:
    bundle = load_bundle(save_small_bundle(tmp_path / "model", contract))
    foreign: Any = Foreign()
    with pytest.raises(ModelRefused, match="not trusted"):
        save_bundle(tmp_path / "model", foreign, bundle.info, bundle.reference())
    assert load_bundle(tmp_path / "model").info == bundle.info


def test_a_damaged_or_missing_part_is_refused(tmp_path: Path, contract: Contract) -> None:
    directory = save_small_bundle(tmp_path / "model", contract)
    (directory / MODEL_FILE).write_bytes(b"no archive")
    with pytest.raises(ModelRefused, match="not a model file"):
        load_bundle(directory)
    (directory / MODEL_FILE).unlink()
    with pytest.raises(ModelRefused, match=MODEL_FILE):
        load_bundle(directory)
    (directory / INFO_FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(ModelRefused, match=INFO_FILE):
        load_info(directory)


def test_an_archive_with_changed_content_is_refused(tmp_path: Path, contract: Contract) -> None:
    directory = save_small_bundle(tmp_path / "model", contract)
    with zipfile.ZipFile(directory / MODEL_FILE) as archive:
        schema = archive.read("schema.json").decode()
    with zipfile.ZipFile(directory / MODEL_FILE, "w") as archive:
        archive.writestr("schema.json", schema)
    with pytest.raises(ModelRefused):
        load_bundle(directory)


def test_inputs_are_ordered_typed_and_complete(tmp_path: Path, contract: Contract) -> None:
    info = load_info(save_small_bundle(tmp_path / "model", contract))
    rows = feature_rows(contract, 5)
    shuffled = rows[list(reversed(rows.columns))]
    inputs = model_inputs(shuffled, info.features)
    assert list(inputs.columns) == info.feature_names
    pd.testing.assert_frame_equal(inputs, model_inputs(rows, info.features))
    with pytest.raises(ModelRefused, match=info.feature_names[0]):
        model_inputs(rows.drop(columns=info.feature_names[0]), info.features)


def test_an_absent_category_is_a_category(tmp_path: Path, contract: Contract) -> None:
    info = load_info(save_small_bundle(tmp_path / "model", contract))
    named = [feature.name for feature in info.features if feature.dtype == "category"]
    rows = feature_rows(contract, 2).astype(dict.fromkeys(named, object))
    for name in named:
        rows.loc[0, name] = None
    assert all(model_inputs(rows, info.features)[name].iloc[0] == "missing" for name in named)


def test_install_puts_a_new_directory_in_place_of_the_old_one(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(name, encoding="utf-8")
    install(tmp_path / "new", tmp_path / "old")
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["old", "old/new.txt"]
