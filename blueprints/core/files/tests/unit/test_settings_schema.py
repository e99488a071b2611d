"""The schemas in conf/: equal to the models that read the files, and made by one command."""

import json
from pathlib import Path

import pytest

from ml_platform import settings_schema
from ml_platform.errors import SettingsInvalid
from ml_platform.settings import Settings, load_settings

pytestmark = pytest.mark.deliverable("code-structure")


def test_the_schemas_say_what_the_models_say(settings: Settings) -> None:
    assert settings_schema.stale(settings) == [], "run `make generated` and commit conf/"


def test_every_file_of_the_folder_has_a_schema(settings: Settings) -> None:
    folder = settings.path(settings_schema.FOLDER)
    described = {path.name.removesuffix(".schema.json") for path in settings_schema.schemas(settings)}
    environments = {"base", "local", "dev", "staging", "prod"}
    assert {path.stem for path in folder.glob("*.yaml")} == environments | (described - {"settings"})


def test_a_schema_that_is_missing_or_differs_is_named_until_it_is_written_again(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings("local", root)
    path = root / "conf" / "settings.schema.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["$defs"]["PipelineSettings"]["properties"]["attempts"]["maximum"] = 6
    del content["properties"]["alerts"]
    content["$defs"]["LeftOverSettings"] = {"type": "object"}
    path.write_text(json.dumps(content), encoding="utf-8")
    (root / "conf" / "split.schema.json").unlink()
    stale = settings_schema.stale(settings)
    assert "conf/settings.schema.json: $defs.PipelineSettings" in stale
    assert "conf/settings.schema.json: properties.alerts" in stale
    assert "conf/settings.schema.json: $defs.LeftOverSettings" in stale
    assert "conf/split.schema.json: properties.policy" in stale
    monkeypatch.setenv("ML_PLATFORM_ROOT", str(root))
    assert settings_schema.main() == 0
    assert "conf/settings.schema.json" in capsys.readouterr().out.splitlines()
    assert settings_schema.stale(settings) == []


@pytest.mark.parametrize("entry", ["ml_platform.absent:Model", "ml_platform.errors:Absent", "ml_platform.errors:main"])
def test_a_model_that_does_not_exist_is_refused(entry: str, settings: Settings) -> None:
    pipeline = settings.pipeline.model_copy(update={"configuration": {"other": entry}})
    with pytest.raises(SettingsInvalid, match=r"pipeline\.configuration"):
        settings_schema.schemas(settings.model_copy(update={"pipeline": pipeline}))
