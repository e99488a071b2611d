"""Whole files or nothing: a crash in mid-write must never leave half a file under its final name."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

CHUNK = 1 << 20


def _atomically(path: Path, write: Callable[[IO[bytes]], object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    # The temporary file lies beside its target: a rename is atomic only within one file system.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return path


def atomic_write_bytes(path: Path, content: bytes) -> Path:
    """Writes `content` to `path` completely or not at all, and gives the path back."""
    return _atomically(path, lambda stream: stream.write(content))


def atomic_write_text(path: Path, content: str) -> Path:
    """Writes UTF-8 text to `path` completely or not at all."""
    return atomic_write_bytes(path, content.encode())


def atomic_write_json(path: Path, value: Any) -> Path:
    """Writes `value` as JSON with sorted keys, so that equal values give equal bytes."""
    return atomic_write_text(path, json.dumps(value, indent=2, sort_keys=True) + "\n")


def atomic_write_parquet(path: Path, frame: pd.DataFrame) -> Path:
    """Writes `frame` without its index as parquet; equal frames give equal bytes."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return _atomically(path, lambda stream: pq.write_table(table, stream, compression="zstd"))


def read_json(path: Path) -> Any:
    """Parses a JSON file; raises FileNotFoundError or json.JSONDecodeError."""
    return json.loads(path.read_text(encoding="utf-8"))


def append_line(path: Path, value: Any) -> None:
    """Appends one JSON line; the file is opened in append mode, so concurrent writers do not overwrite each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(value, sort_keys=True) + "\n")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, or of a directory's sorted relative names and file hashes."""
    digest = hashlib.sha256()
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            digest.update(f"{file.relative_to(path).as_posix()} {sha256_of(file)}\n".encode())
        return digest.hexdigest()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def hashes(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 by path relative to `root`, sorted; what a handover records as its inputs or outputs."""
    found = {path.resolve().relative_to(root.resolve()).as_posix(): sha256_of(path) for path in paths}
    return dict(sorted(found.items()))
