"""JSON Schemas of the files in conf/, made from the models that read them, so that editors and checks know each key."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ml_platform.errors import SettingsInvalid
from ml_platform.files import atomic_write_text, read_json
from ml_platform.settings import Settings, load_settings

FOLDER = Path("conf")
SETTINGS = "settings"


def schemas(settings: Settings) -> dict[Path, dict[str, Any]]:
    """Path of each schema, relative to the root, with its content. Raises SettingsInvalid for an unknown model."""
    models: dict[str, type[BaseModel]] = {SETTINGS: Settings}
    models |= {name: _model(path) for name, path in settings.pipeline.configuration.items()}
    found = {name: model.model_json_schema() for name, model in models.items()}
    # Where the project lies is found out, not configured.
    found[SETTINGS]["properties"].pop("root")
    return {FOLDER / f"{name}.schema.json": found[name] for name in sorted(found)}


def stale(settings: Settings) -> list[str]:
    """What the files in conf/ say otherwise than the models, not at all, or of sections that no model has."""
    found: list[str] = []
    for path, schema in schemas(settings).items():
        file = settings.path(path)
        written = read_json(file) if file.is_file() else {}
        for part in ("properties", "$defs"):
            known, wanted = written.get(part, {}), schema.get(part, {})
            found += [
                f"{path.as_posix()}: {part}.{name}"
                for name in sorted(known.keys() | wanted.keys())
                if known.get(name) != wanted.get(name)
            ]
    return found


def write_schemas(settings: Settings) -> list[Path]:
    """Writes every schema, with sorted keys so that equal models give equal bytes."""
    return [
        atomic_write_text(settings.path(path), json.dumps(schema, indent=2, sort_keys=True) + "\n")
        for path, schema in schemas(settings).items()
    ]


def _model(path: str) -> type[BaseModel]:
    module, _, name = path.partition(":")
    try:
        model = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SettingsInvalid(f"expected module:Model in pipeline.configuration, got {path!r}: {error}") from error
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise SettingsInvalid(f"expected a pydantic model in pipeline.configuration, got {path!r}")
    return model


def main() -> int:
    """Writes the schemas of this project and names them on standard output."""
    settings = load_settings()
    for path in write_schemas(settings):
        sys.stdout.write(f"{path.relative_to(settings.root).as_posix()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
