"""Rebuilds validators/schemas from the publishers' own packages, so that no schema is written from memory.

Run from the repository root (the pins are the versions that NOTICE names):

    uv run --no-project --with dvc==3.67.1 --with pre-commit==4.7.0 --with validate-pyproject==0.27 \
        --with validate-pyproject-schema-store==2026.10.23 python validators/make_schemas.py

Two schemas come from npm packages, whose unpacked folders are optional arguments, in this order: ajv 8.20.0 (the
schema of JSON Schema itself) and @seriousme/openapi-schema-validator 2.11.0 (OpenAPI 3.1).

DVC and pre-commit publish no JSON Schema with their packages; theirs is the validator object that the tool itself
uses, converted here key by key. The others are JSON Schemas already and only lose their prose.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent / "schemas"
DRAFT = "http://json-schema.org/draft-07/schema#"
PROSE = {
    "title",
    "description",
    "$$description",
    "$comment",
    "examples",
    "markdownDescription",
    "markdownEnumDescriptions",
    "enumDescriptions",
    "deprecationMessage",
    "default",
}
# Below these keys lie names chosen by the publisher, so `description` there is a property, not prose.
NAMED = {"properties", "patternProperties", "definitions", "$defs", "dependencies"}


def without_prose(node: Any) -> Any:
    """Copy of a schema without what only people read."""
    if isinstance(node, list):
        return [without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if key in NAMED and isinstance(value, dict):
            kept[key] = {name: without_prose(entry) for name, entry in value.items()}
        elif key in {"enum", "const", "required"}:
            kept[key] = value
        elif key not in PROSE and not key.startswith("x-"):
            kept[key] = without_prose(value)
    return kept


def write(name: str, schema: dict[str, Any]) -> None:
    text = json.dumps(schema, indent=1, sort_keys=True) + "\n"
    (OUT / f"{name}.schema.json").write_text(text, encoding="utf-8")


# --- voluptuous (dvc) -------------------------------------------------------------------------------------------

SIMPLE = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


def from_voluptuous(schema: Any) -> dict[str, Any]:
    """JSON Schema that accepts what the voluptuous schema accepts, for the constructs that dvc uses."""
    import voluptuous as vol

    if isinstance(schema, vol.Schema):
        converted = from_voluptuous(schema.schema)
        if schema.extra == vol.ALLOW_EXTRA:
            converted["additionalProperties"] = True
        return converted
    if isinstance(schema, vol.Any):
        return {"anyOf": [from_voluptuous(option) for option in schema.validators]}
    if schema is None:
        return {"type": "null"}
    if schema is object:
        return {}
    if schema in SIMPLE if isinstance(schema, type) else False:
        return {"type": SIMPLE[schema]}
    if isinstance(schema, list):
        options = [from_voluptuous(option) for option in schema]
        return {"type": "array", "items": options[0] if len(options) == 1 else {"anyOf": options}}
    if isinstance(schema, dict):
        return mapping(schema)
    if callable(schema) and schema.__qualname__ == "either_or.<locals>.validator":
        cells = dict(zip(schema.__code__.co_freevars, (c.cell_contents for c in schema.__closure__), strict=True))
        fallback_keys = list(cells["fallback_includes"] or [])
        return {
            "if": {"anyOf": [{"required": [key]} for key in fallback_keys]},
            "then": from_voluptuous(cells["fallback"]),
            "else": from_voluptuous(cells["primary"]),
        }
    raise SystemExit(f"expected a construct that this script converts, got {schema!r}: extend from_voluptuous")


def mapping(schema: dict[Any, Any]) -> dict[str, Any]:
    import voluptuous as vol

    properties, required, others = {}, [], False
    for key, value in schema.items():
        name = key.schema if isinstance(key, vol.Marker) else key
        if name is str:
            others = from_voluptuous(value)
            if isinstance(key, vol.Required):
                required = required or []
            continue
        properties[name] = from_voluptuous(value)
        if isinstance(key, vol.Required):
            required.append(name)
    converted: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": others}
    if required:
        converted["required"] = sorted(required)
    return converted


# --- cfgv (pre-commit) ------------------------------------------------------------------------------------------


def from_check(check: Any) -> dict[str, Any]:
    """JSON Schema of one cfgv check function, read from its closure."""
    import cfgv

    if check in (cfgv.check_any,):
        return {}
    if check is cfgv.check_regex:
        return {"type": "string"}
    name = getattr(check, "__qualname__", "")
    cells = dict(
        zip(check.__code__.co_freevars, (c.cell_contents for c in check.__closure__ or ()), strict=True),
    )
    if name.startswith("check_type.<locals>"):
        return {"type": SIMPLE[cells["tp"]]}
    if name.startswith("check_one_of.<locals>"):
        return {"enum": sorted(cells["possible"])}
    if name.startswith("check_array.<locals>"):
        return {"type": "array", "items": from_check(cells["inner_check"])}
    if name.startswith("check_and.<locals>"):
        return {"allOf": [from_check(inner) for inner in cells["fns"]]}
    if name in {"check_min_version", "check_type_tag"}:
        return {"type": "string"}
    if name == "_check_fn_recurse.<locals>.check_fn":
        return from_cfgv(cells["self"].schema)
    raise SystemExit(f"expected a cfgv check that this script converts, got {name}: extend from_check")


def from_cfgv(schema: Any) -> dict[str, Any]:
    import cfgv
    from pre_commit import clientlib

    if isinstance(schema, cfgv.Array):
        return {"type": "array", "items": from_cfgv(schema.of), **({} if schema.allow_empty else {"minItems": 1})}
    if isinstance(schema, cfgv.KeyValueMap):
        return {"type": "object", "additionalProperties": from_cfgv_value(schema.value_schema)}
    properties: dict[str, Any] = {}
    required: set[str] = set()
    branches = []
    stages = {"type": "array", "items": {"enum": sorted(clientlib.STAGES)}}
    for item in schema.items:
        kind = type(item).__name__
        if kind in {"NoAdditionalKeys", "WarnAdditionalKeys", "DeprecatedStagesWarning"}:
            continue
        if kind in {"DeprecatedDefaultStagesWarning", "OptionalSensibleRegexAtHook", "OptionalSensibleRegexAtTop"}:
            properties.setdefault(item.key, {"type": "string"})
            continue
        if kind == "NotAllowed":
            properties[item.key] = False
            continue
        if kind.startswith("StagesMigration"):
            properties[item.key] = stages
            continue
        if kind.startswith("LanguageMigration"):
            old = ["system", "script"]
            values = sorted({*from_check(item.check_fn)["enum"], *old})
            properties[item.key] = {"enum": values}
            if kind == "LanguageMigrationRequired":
                required.add(item.key)
            continue
        if kind in {"Conditional", "WarnMutableRev", "ConditionalRecurse"}:
            branches.append(branch(item))
            properties.setdefault(item.key, {})
            continue
        if kind == "ConditionalOptional":
            properties.setdefault(item.key, {})
            continue
        properties[item.key] = from_check(item.check_fn) if hasattr(item, "check_fn") else from_cfgv(item.schema)
        if kind in {"Required", "RequiredRecurse"}:
            required.add(item.key)
    converted: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        converted["required"] = sorted(required)
    if branches:
        converted["allOf"] = branches
    return converted


def from_cfgv_value(schema: Any) -> dict[str, Any]:
    return from_check(schema) if callable(schema) else from_cfgv(schema)


def branch(item: Any) -> dict[str, Any]:
    """A key that exists, with its schema, only where another key has a certain value."""
    import cfgv

    value = item.condition_value
    if isinstance(value, cfgv.NotIn):
        condition: dict[str, Any] = {"not": {"enum": list(value.values)}}
    elif isinstance(value, cfgv.In):
        condition = {"enum": list(value.values)}
    else:
        condition = {"const": value}
    inner = from_cfgv(item.schema) if hasattr(item, "schema") else from_check(item.check_fn)
    made: dict[str, Any] = {
        "if": {"properties": {item.condition_key: condition}, "required": [item.condition_key]},
        "then": {"properties": {item.key: inner}, "required": [item.key]},
    }
    if item.ensure_absent:
        made["else"] = {"properties": {item.key: False}}
    return made


def main() -> int:
    OUT.mkdir(exist_ok=True)
    from dvc.schema import MULTI_STAGE_SCHEMA
    from pre_commit.clientlib import CONFIG_SCHEMA

    write("dvc", {"$schema": DRAFT, **from_voluptuous(MULTI_STAGE_SCHEMA)})
    write("pre-commit-config", {"$schema": DRAFT, **from_cfgv(CONFIG_SCHEMA)})
    core = files("validate_pyproject")
    for name, path in {
        "pyproject": core / "pyproject_toml.schema.json",
        "pyproject-project": core / "project_metadata.schema.json",
    }.items():
        write(name, without_prose(json.loads(path.read_text(encoding="utf-8"))))
    store = files("validate_pyproject_schema_store") / "resources"
    for name in ("pytest", "mypy", "uv"):
        text = (store / f"{name}.schema.json").read_text(encoding="utf-8")
        write(f"pyproject-tool-{name}", without_prose(json.loads(text)))
    if len(sys.argv) > 1:
        meta = Path(sys.argv[1]) / "lib" / "refs" / "json-schema-draft-07.json"
        write("json-schema-draft-07", without_prose(json.loads(meta.read_text(encoding="utf-8"))))
    if len(sys.argv) > 2:
        openapi = Path(sys.argv[2]) / "schemas" / "v3.1" / "schema.json"
        write("openapi-3.1", without_prose(json.loads(openapi.read_text(encoding="utf-8"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
