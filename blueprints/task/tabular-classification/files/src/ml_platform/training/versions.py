"""Names what a result was made from: code and dependencies, each by a hash that is the same on every machine."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import ml_platform
from ml_platform.files import sha256_of

SHORT = 16


def code_version(package: Path | None = None) -> str:
    """Hash of the package's own source files; independent of git, so it also holds in an image without it."""
    package = package or Path(ml_platform.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(f"{file.relative_to(package).as_posix()} {sha256_of(file)}\n".encode())
    return digest.hexdigest()[:SHORT]


def dependencies_version(places: Sequence[str] | None = None) -> str:
    """Hash of the names and versions of everything that is installed: what really ran, not what a file asked for.

    `places` are the folders to look in; none looks where this process imports from, once: what it runs on is loaded.
    """
    return _installed_here() if places is None else _hash_of(distributions(path=list(places)))


@cache
def _installed_here() -> str:
    return _hash_of(distributions())


def _hash_of(found: Iterable[Distribution]) -> str:
    # `name` and `version` of a distribution would read its file once each.
    installed = sorted({f"{one['Name'].lower()}=={one['Version']}" for one in (each.metadata for each in found)})
    return hashlib.sha256("\n".join(installed).encode()).hexdigest()[:SHORT]
