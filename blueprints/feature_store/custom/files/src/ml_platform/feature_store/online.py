"""Online tables of the own feature store: a file on this machine, Redis where many servers read."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Protocol

import redis

Row = tuple[int | str, int, Mapping[str, float | str | None]]
Found = tuple[int, dict[str, float | str | None]]


class OnlineTable(Protocol):
    """The newest row of every entity: key, time in seconds since 1970, values by feature name."""

    def put(self, rows: Iterable[Row]) -> None:
        """Store `rows`; one that is older than what is stored is ignored."""
        ...

    def get(self, key: int | str) -> Found | None:
        """Return time and values of `key`, or None."""
        ...

    def close(self) -> None:
        """Release the connection."""
        ...


class SqliteTable:
    """One file, readable by several processes at once; threads of one process take turns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        with self._connection:
            # The key column has no type, so that 1 and "1" stay two different keys.
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS features (key PRIMARY KEY, time INTEGER NOT NULL, "
                "payload TEXT NOT NULL) WITHOUT ROWID"
            )

    def put(self, rows: Iterable[Row]) -> None:
        """See `OnlineTable.put`; all rows or none."""
        with self._lock, self._connection:
            self._connection.executemany(
                "INSERT INTO features VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
                "time = excluded.time, payload = excluded.payload "
                "WHERE excluded.time >= features.time",
                ((key, seconds, json.dumps(dict(values))) for key, seconds, values in rows),
            )

    def get(self, key: int | str) -> Found | None:
        """See `OnlineTable.get`."""
        with self._lock:
            cursor = self._connection.execute("SELECT time, payload FROM features WHERE key = ?", (key,))
            row = cursor.fetchone()
        return None if row is None else (int(row[0]), json.loads(row[1]))

    def close(self) -> None:
        """See `OnlineTable.close`."""
        with self._lock:
            self._connection.close()


class RedisTable:
    """One Redis string per entity, below `<namespace>:features:`."""

    BATCH = 1000

    def __init__(self, url: str, namespace: str) -> None:
        self._client = redis.Redis.from_url(url, socket_timeout=1.0, decode_responses=True)
        self._prefix = f"{namespace}:features:"

    def put(self, rows: Iterable[Row]) -> None:
        """See `OnlineTable.put`; atomic per entity, written in batches."""
        remaining = iter(rows)
        while part := list(islice(remaining, self.BATCH)):
            names = [self._name(key) for key, _, _ in part]
            stored = self._client.mget(names)
            pipeline = self._client.pipeline(transaction=True)
            for name, old, (_, seconds, values) in zip(names, stored, part, strict=True):
                if old is None or json.loads(old)[0] <= seconds:
                    pipeline.set(name, json.dumps([seconds, dict(values)]))
            pipeline.execute()

    def get(self, key: int | str) -> Found | None:
        """See `OnlineTable.get`."""
        stored = self._client.get(self._name(key))
        if stored is None:
            return None
        seconds, values = json.loads(stored)
        return int(seconds), values

    def close(self) -> None:
        """See `OnlineTable.close`."""
        self._client.close()

    def _name(self, key: int | str) -> str:
        return f"{self._prefix}{json.dumps(key)}"


def open_online(location: str, root: Path, namespace: str) -> OnlineTable:
    """Open the online table at `location`: a `redis://` or `rediss://` address, else a file below `root`."""
    if location.startswith(("redis://", "rediss://")):
        return RedisTable(location, namespace)
    return SqliteTable(root / location)
