"""Names what a result was made from: code and dependencies, each by a hash that is the same on every machine."""

import hashlib
from importlib.metadata import distributions
from pathlib import Path

import ml_platform
from ml_platform.files import sha256_of

SHORT = 16


def code_version() -> str:
    """Hash of the package's own source files; independent of git, so it also holds in an image without it."""
    package = Path(ml_platform.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(f"{file.relative_to(package).as_posix()} {sha256_of(file)}\n".encode())
    return digest.hexdigest()[:SHORT]


def dependencies_version() -> str:
    """Hash of the names and versions of everything that is installed: what really ran, not what a file asked for."""
    installed = sorted({f"{found.name.lower()}=={found.version}" for found in distributions()})
    return hashlib.sha256("\n".join(installed).encode()).hexdigest()[:SHORT]
