"""Model versions as plain directories, on this machine or in a bucket; each one is an artifact of its run as well.

Weights & Biases' own registry needs its server, and a platform must be able to deploy and roll back without it.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fsspec
from fsspec import AbstractFileSystem

from ml_platform.bundle import install, load_info, rewrite_info
from ml_platform.errors import ModelRefused
from ml_platform.files import sha256_of
from ml_platform.registry.protocol import Decision, ModelVersion, Registry
from ml_platform.settings import Settings

BUNDLE = "bundle"
VERSION_FILE = "version.json"


def open_registry(settings: Settings) -> Registry:
    """Opens the directory or bucket of the registered model."""
    base = settings.registry.uri or str(settings.root / settings.registry.directory)
    files, path = fsspec.core.url_to_fs(base)
    return DirectoryRegistry(files, f"{path.rstrip('/')}/{settings.registry.model_name}")


class DirectoryRegistry:
    """One folder per version; small JSON files for names, tags and history.

    There is one writer at a time: the pipeline's register stage, or a person with the `registry` command.
    """

    def __init__(self, files: AbstractFileSystem, base: str) -> None:
        self._files = files
        self._base = base

    def register(self, bundle_dir: Path, run_id: str, tags: Mapping[str, str]) -> int:
        """Copies the bundle into a new version; its description is written last, so half a copy is never a version."""
        load_info(bundle_dir)
        number = 1 + max((version.version for version in self.versions()), default=0)
        folder = f"{self._base}/{number}"
        for file in sorted(path for path in bundle_dir.rglob("*") if path.is_file()):
            name = f"{folder}/{BUNDLE}/{file.relative_to(bundle_dir).as_posix()}"
            self._files.makedirs(name.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(name, file.read_bytes())
        self._write(
            f"{number}/{VERSION_FILE}",
            {"run_id": run_id, "tags": dict(tags), "sha256": sha256_of(bundle_dir)},
        )
        return number

    def versions(self) -> list[ModelVersion]:
        """All versions, the oldest first."""
        names: dict[int, list[str]] = {}
        for alias, version in self._read("aliases.json", {}).items():
            names.setdefault(int(version), []).append(alias)
        self._files.invalidate_cache()
        found = []
        for path in self._files.glob(f"{self._base}/*/{VERSION_FILE}"):
            number = int(str(path).split("/")[-2])
            stored = self._read(f"{number}/{VERSION_FILE}", {})
            found.append(
                ModelVersion(
                    version=number,
                    run_id=stored["run_id"],
                    tags=stored["tags"],
                    aliases=tuple(sorted(names.get(number, []))),
                )
            )
        return sorted(found, key=lambda version: version.version)

    def get_alias(self, alias: str) -> int | None:
        """The version that `alias` names, or None."""
        version = self._read("aliases.json", {}).get(alias)
        return None if version is None else int(version)

    def set_alias(self, alias: str, version: int) -> None:
        """Moves `alias` to a version; raises ModelRefused where there is no such version."""
        self._stored(version)
        self._write("aliases.json", {**self._read("aliases.json", {}), alias: version})

    def tag(self, version: int, key: str, value: str) -> None:
        """Adds or replaces a tag of a version."""
        stored = self._stored(version)
        stored["tags"][key] = value
        self._write(f"{version}/{VERSION_FILE}", stored)

    def record(self, decision: Decision) -> None:
        """Appends to the history."""
        entries = [*self._read("history.json", []), decision.model_dump(mode="json")]
        self._write("history.json", entries)

    def history(self) -> list[Decision]:
        """Every decision, the oldest first."""
        return [Decision.model_validate(entry) for entry in self._read("history.json", [])]

    def download(self, version: int, destination: Path) -> Path:
        """Copies the bundle of a version to `destination`; raises ModelRefused where it was damaged since."""
        stored = self._stored(version)
        building = destination.with_name(f".{destination.name}.download")
        shutil.rmtree(building, ignore_errors=True)
        source = f"{self._base}/{version}/{BUNDLE}"
        for path in self._files.find(source):
            target = building / str(path)[len(source) + 1 :]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self._files.cat_file(path))
        if sha256_of(building) != stored["sha256"]:
            raise ModelRefused(f"version {version} is not what was registered; restore it or use another")
        info = load_info(building)
        changes = {"version": version, "tracked_run": stored["run_id"]}
        rewrite_info(building, info.model_copy(update=changes))
        return install(building, destination)

    def close(self) -> None:
        """Nothing is held open."""

    def _stored(self, version: int) -> dict[str, Any]:
        stored: dict[str, Any] | None = self._read(f"{version}/{VERSION_FILE}", None)
        if stored is None:
            raise ModelRefused(f"expected a registered version, got {version}")
        return stored

    def _read(self, name: str, default: object) -> Any:
        try:
            return json.loads(self._files.cat_file(f"{self._base}/{name}"))
        except FileNotFoundError:
            return default

    def _write(self, name: str, value: object) -> None:
        path = f"{self._base}/{name}"
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(path, (json.dumps(value, indent=2, sort_keys=True) + "\n").encode())
