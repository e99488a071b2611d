"""Keeps the result of an expensive computation under the hash of all that it depends on, so it is never stale."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from ml_platform.files import atomic_write_parquet, sha256_of

SHORT = 32


def content_key(parts: Iterable[str], files: Iterable[Path] = ()) -> str:
    """A key of texts and of the content (not the names or dates) of files; the order of both counts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part};".encode())
    for file in files:
        digest.update(f"{sha256_of(file)};".encode())
    return digest.hexdigest()[:SHORT]


def cached_frame(directory: Path, key: str, compute: Callable[[], pd.DataFrame], *, keep: int = 3) -> pd.DataFrame:
    """The frame stored under `key`, or the one that `compute` gives, which is then stored.

    At most `keep` results are kept, the most recently written ones; a damaged file is computed again.
    """
    path = directory / f"{key}.parquet"
    found = _read(path)
    if found is not None:
        return found
    atomic_write_parquet(path, compute())
    stored = sorted(directory.glob("*.parquet"), key=lambda file: (file == path, file.stat().st_mtime_ns))
    for old in stored[:-keep]:
        old.unlink()
    # Read back, so that the first caller and all later ones get the very same types.
    return pd.read_parquet(path)


def _read(path: Path) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError):
        path.unlink()
        return None
