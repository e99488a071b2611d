"""Keeps the data layers in buckets where the settings name one; a stage only ever sees local copies."""

import json
from pathlib import Path
from typing import Any

import fsspec
from fsspec import AbstractFileSystem

from ml_platform.context import StageContext
from ml_platform.errors import SettingsInvalid
from ml_platform.files import atomic_write_bytes, sha256_of

INDEX = "_index.json"


def location(context: StageContext, layer: str) -> str | None:
    """URI of a layer's bucket and prefix, or None where the layer is local only; raises SettingsInvalid."""
    named = context.settings.storage.layers.get(layer)
    if named is None:
        return None
    name, _, prefix = named.partition("/")
    bucket = context.contract.buckets.get(name)
    if bucket is None:
        raise SettingsInvalid(
            f"storage.layers.{layer} names the bucket {name!r}; contract.yaml has {', '.join(context.contract.buckets)}"
        )
    return "/".join(part.strip("/") if i else part.rstrip("/") for i, part in enumerate((bucket.uri, prefix)) if part)


def pull(context: StageContext) -> int:
    """Fetches what the buckets hold and this disk does not, or holds differently; returns the number of files."""
    return sum(_pull(context, layer) for layer in context.settings.storage.layers)


def push(context: StageContext) -> int:
    """Stores what this disk holds and the buckets do not, or hold differently; returns the number of files."""
    return sum(_push(context, layer) for layer in context.settings.storage.layers)


def _pull(context: StageContext, layer: str) -> int:
    uri = location(context, layer)
    if uri is None:
        return 0
    files, base = _open(context, uri)
    folder, base = _scope(context, layer, base)
    index = _index(files, base)
    fetched = 0
    for name, sha in index.items():
        target = folder / name
        if target.is_file() and sha256_of(target) == sha:
            continue
        atomic_write_bytes(target, files.cat_file(f"{base}/{name}"))
        fetched += 1
    return fetched


def _push(context: StageContext, layer: str) -> int:
    uri = location(context, layer)
    if uri is None:
        return 0
    files, base = _open(context, uri)
    folder, base = _scope(context, layer, base)
    index = _index(files, base)
    stored = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name, sha = path.relative_to(folder).as_posix(), sha256_of(path)
        if index.get(name) == sha:
            continue
        files.pipe_file(f"{base}/{name}", path.read_bytes())
        index[name] = sha
        stored += 1
    if stored:
        # Written last: a reader that finds a name in the index finds the whole file behind it.
        files.pipe_file(f"{base}/{INDEX}", json.dumps(index, indent=2, sort_keys=True).encode())
    return stored


def _scope(context: StageContext, layer: str, base: str) -> tuple[Path, str]:
    """Local folder and remote base of a layer; of `work`, only the run's own part."""
    known = context.settings.paths.model_dump()
    if layer not in known:
        raise SettingsInvalid(f"storage.layers names {layer!r}; expected one of {', '.join(known)}")
    if layer == "work":
        return context.work, f"{base}/{context.run_id}"
    return context.path(known[layer]), base


def _open(context: StageContext, uri: str) -> tuple[AbstractFileSystem, str]:
    options: dict[str, Any] = {}
    if uri.startswith("s3://") and context.settings.storage.region:
        options["client_kwargs"] = {"region_name": context.settings.storage.region}
    files, base = fsspec.core.url_to_fs(uri, **options)
    return files, str(base)


def _index(files: AbstractFileSystem, base: str) -> dict[str, str]:
    """SHA-256 by name of what the platform stored there."""
    try:
        content = json.loads(files.cat_file(f"{base}/{INDEX}"))
    except FileNotFoundError:
        return {}
    return {str(name): str(sha) for name, sha in content.items()}
