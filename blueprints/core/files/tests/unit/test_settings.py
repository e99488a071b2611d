"""Settings: the order of files and variables, and what happens to a mistake in them."""

import datetime
from pathlib import Path

import pytest
import yaml

from ml_platform.errors import SettingsInvalid
from ml_platform.settings import find_root, load_settings

pytestmark = pytest.mark.deliverable("code-structure")


def write(root: Path, environment: str, content: object) -> None:
    path = root / "conf" / f"{environment}.yaml"
    known = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    assert isinstance(content, dict)
    path.write_text(yaml.safe_dump({**known, **content}), encoding="utf-8")


def test_the_environment_wins_over_base_and_a_variable_over_both(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "base", {"data": {"max_bad_share": 0.02}})
    assert load_settings("local", root).data.max_bad_share == 0.02
    write(root, "local", {"data": {"max_bad_share": 0.03}})
    assert load_settings("local", root).data.max_bad_share == 0.03
    monkeypatch.setenv("ML_PLATFORM__DATA__MAX_BAD_SHARE", "0.04")
    assert load_settings("local", root).data.max_bad_share == 0.04


def test_the_local_date_is_fixed_so_that_a_run_can_be_repeated(root: Path) -> None:
    assert load_settings("local", root).pipeline.as_of == datetime.date(2026, 11, 20)
    assert load_settings("prod", root).pipeline.as_of is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"data": {"max_bad_shore": 0.1}}, "max_bad_shore"),
        ({"dota": {}}, "dota"),
        ({"data": {"max_bad_share": 2}}, "max_bad_share"),
    ],
)
def test_a_mistake_is_named(root: Path, content: object, message: str) -> None:
    write(root, "local", content)
    with pytest.raises(SettingsInvalid, match=message):
        load_settings("local", root)


def test_files_that_are_missing_or_no_settings_are_refused(root: Path) -> None:
    path = root / "conf" / "local.yaml"
    path.write_text("- a\n- list\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="expected sections"):
        load_settings("local", root)
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="not YAML"):
        load_settings("local", root)
    path.unlink()
    with pytest.raises(SettingsInvalid, match=r"expected local\.yaml"):
        load_settings("local", root)
    with pytest.raises(SettingsInvalid, match="expected an environment"):
        load_settings("production", root)


def test_settings_cannot_be_changed_by_a_stage(root: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings("local", root).data.max_bad_share = 1  # type: ignore[misc]


def test_the_root_is_found_upwards_or_named(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_root(root / "conf") == root.resolve()
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(root))
    assert find_root() == root.resolve()
    with pytest.raises(SettingsInvalid, match="ML_PLATFORM_ROOT"):
        find_root(tmp_path)
