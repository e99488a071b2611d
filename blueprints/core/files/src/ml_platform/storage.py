"""Keeps the data layers in buckets where the settings name one; a stage only ever sees local copies."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fsspec
from fsspec import AbstractFileSystem

from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.files import atomic_write_bytes, sha256_of
from ml_platform.settings import Settings

INDEX = "_index.json"
RUN = "work"


def location(context: StageContext, layer: str) -> str | None:
    """URI of a layer's bucket and prefix, or None where the layer is local only; raises SettingsInvalid."""
    named = context.settings.storage.layers.get(layer)
    if named is None:
        return None
    return bucket_location(context, named, f"storage.layers.{layer}")


def bucket_location(context: StageContext, named: str, setting: str) -> str:
    """See `bucket_uri`."""
    return bucket_uri(context.settings, context.contract, named, setting)


def bucket_uri(settings: Settings, contract: Contract, named: str, setting: str) -> str:
    """URI of `<bucket of contract.yaml>/<prefix>` in this environment; `setting` is named where that does not exist.

    Raises SettingsInvalid.
    """
    name, _, prefix = named.partition("/")
    bucket = contract.buckets.get(name)
    if bucket is None:
        known = ", ".join(contract.buckets)
        raise SettingsInvalid(f"{setting} names the bucket {name!r}; contract.yaml has: {known}")
    # Names of buckets are unique in the world, so that what contract.yaml says is nobody's bucket, or somebody else's.
    if settings.environment != "local" and not settings.storage.suffix:
        raise SettingsInvalid(
            f"expected storage.suffix in {settings.environment}: the buckets of an account end in "
            f"-<environment>-<account>; set ML_PLATFORM__STORAGE__SUFFIX to what `terraform output suffix` says"
        )
    return f"{bucket.uri.rstrip('/')}{settings.storage.suffix}/{prefix.strip('/')}".rstrip("/")


def pull(context: StageContext, layers: Iterable[str] | None = None) -> int:
    """Fetches what the buckets hold and this disk does not, or holds differently; returns the number of files.

    `layers` names the ones that are wanted; without it all layers of the settings are fetched.
    """
    kept = context.settings.storage.layers
    return sum(_pull(context, layer) for layer in (kept if layers is None else layers) if layer in kept)


def push(context: StageContext) -> int:
    """Stores what this disk holds and the buckets do not, or hold differently; returns the number of files.

    One part of a stage stores its share of the run only: what several processes write at once has one index each.
    """
    return sum(_push(context, layer) for layer in context.settings.storage.layers if not context.part or layer == RUN)


def forget(context: StageContext, layer: str, names: Iterable[str]) -> int:
    """Deletes files of a layer, by name below its folder, from the bucket; returns how many were there."""
    uri = location(context, layer)
    if uri is None:
        return 0
    files, base = _open(context, uri)
    _, base = _scope(context, layer, base)
    place = f"{base}/{INDEX}"
    index = _index(files, place)
    gone = [name for name in names if name in index]
    if gone:
        # The index first: a reader must not look for a file that is about to go.
        kept = {name: sha for name, sha in index.items() if name not in gone}
        files.pipe_file(place, json.dumps(kept, indent=2, sort_keys=True).encode())
    for name in gone:
        files.rm_file(f"{base}/{name}")
    return len(gone)


def _pull(context: StageContext, layer: str) -> int:
    uri = location(context, layer)
    if uri is None:
        return 0
    files, base = _open(context, uri)
    folder, base = _scope(context, layer, base)
    index = _indexed(files, base, layer)
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
    known = _indexed(files, base, layer)
    place = f"{base}/{INDEX if context.part is None else f'_index-{context.part}.json'}"
    index = _index(files, place)
    stored = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name, sha = path.relative_to(folder).as_posix(), sha256_of(path)
        if known.get(name) == sha:
            continue
        files.pipe_file(f"{base}/{name}", path.read_bytes())
        index[name] = sha
        stored += 1
    if stored:
        # Written last: a reader that finds a name in the index finds the whole file behind it.
        files.pipe_file(place, json.dumps(index, indent=2, sort_keys=True).encode())
    return stored


def _scope(context: StageContext, layer: str, base: str) -> tuple[Path, str]:
    """Local folder and remote base of a layer; of `work`, only the run's own part."""
    known = context.settings.paths.model_dump()
    if layer not in known:
        raise SettingsInvalid(f"storage.layers names {layer!r}; expected one of {', '.join(known)}")
    if layer == RUN:
        return context.work, f"{base}/{context.run_id}"
    return context.path(known[layer]), base


def _open(context: StageContext, uri: str) -> tuple[AbstractFileSystem, str]:
    options: dict[str, Any] = {}
    if uri.startswith("s3://") and context.settings.storage.region:
        options["client_kwargs"] = {"region_name": context.settings.storage.region}
    files, base = fsspec.core.url_to_fs(uri, **options)
    return files, str(base)


def _indexed(files: AbstractFileSystem, base: str, layer: str) -> dict[str, str]:
    """SHA-256 by name of what the platform stored there; in a run's own folder also what parts of stages stored."""
    parts = sorted(map(str, files.glob(f"{base}/_index-*.json"))) if layer == RUN else []
    merged: dict[str, str] = {}
    for place in (*parts, f"{base}/{INDEX}"):
        merged |= _index(files, place)
    return merged


def _index(files: AbstractFileSystem, place: str) -> dict[str, str]:
    try:
        content = json.loads(files.cat_file(place))
    except FileNotFoundError:
        return {}
    return {str(name): str(sha) for name, sha in content.items()}
