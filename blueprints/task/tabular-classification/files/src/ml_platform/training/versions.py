"""Names what a result was made from: code, dependencies and settings, each by the hash of its files."""

import hashlib
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


def dependencies_version(root: Path) -> str:
    """Hash of the lock file, or of the direct dependencies where it has not been made yet."""
    lock = root / "uv.lock"
    return sha256_of(lock if lock.is_file() else root / "pyproject.toml")[:SHORT]
