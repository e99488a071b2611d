"""Both online tables keep the newest row per entity; Redis is spoken to over a real socket."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeredis import TcpFakeServer

from ml_platform.feature_store.online import OnlineTable, RedisTable, SqliteTable, open_online

pytestmark = pytest.mark.deliverable("features")


@pytest.fixture(scope="module")
def redis_address() -> Iterator[str]:
    server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["file", "redis"])
def table(request: pytest.FixtureRequest, tmp_path: Path, redis_address: str) -> Iterator[OnlineTable]:
    location = "online.db" if request.param == "file" else redis_address
    opened = open_online(location, tmp_path, namespace=str(tmp_path))
    yield opened
    opened.close()


def test_gives_back_what_was_put(table: OnlineTable) -> None:
    table.put([(1, 10, {"a": 1.5, "b": "x", "c": None})])
    assert table.get(1) == (10, {"a": 1.5, "b": "x", "c": None})
    assert table.get(2) is None


def test_a_number_and_its_text_are_different_keys(table: OnlineTable) -> None:
    table.put([(1, 10, {"a": 1.0})])
    assert table.get("1") is None


def test_an_older_row_never_wins(table: OnlineTable) -> None:
    table.put([(1, 10, {"a": 1.0})])
    table.put([(1, 9, {"a": 2.0})])
    assert table.get(1) == (10, {"a": 1.0})
    table.put([(1, 10, {"a": 3.0})])
    assert table.get(1) == (10, {"a": 3.0})


def test_takes_more_rows_than_one_batch(table: OnlineTable) -> None:
    table.put((key, 1, {"a": float(key)}) for key in range(RedisTable.BATCH + 5))
    assert table.get(RedisTable.BATCH + 4) == (1, {"a": float(RedisTable.BATCH + 4)})


def test_the_address_chooses_the_table(tmp_path: Path, redis_address: str) -> None:
    file = open_online("x.db", tmp_path, "n")
    remote = open_online(redis_address, tmp_path, "n")
    assert isinstance(file, SqliteTable)
    assert isinstance(remote, RedisTable)
    file.close()
    remote.close()
