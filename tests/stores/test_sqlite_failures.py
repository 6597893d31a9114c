"""What happens when SQLite fails: one job takes nothing of the others with it, and nothing half done stays."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from salon.core.batch import Kept
from salon.errors import DISK_FULL, STORAGE_FAILED, SalonError
from salon.hall.ports import Failed, Known
from salon.stores.sqlite import SqliteStore, open_store, worker, writing
from salon.stores.sqlite.worker import refusal_of
from tests.support.batches import LOBBY, batch_of, entry, run

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path: Path, anyio_backend: str) -> AsyncIterator[SqliteStore]:
    store = open_store(tmp_path)
    yield store
    await store.close()


def on_writer(store: SqliteStore, statement: str) -> asyncio.Future[Any]:
    return store._writer.submit(lambda connection: connection.execute(statement).fetchone())


async def no_room(store: SqliteStore) -> None:
    """The database may not grow any more, as on a full disk: SQLite says the same in both cases."""
    (pages,) = await on_writer(store, "PRAGMA page_count")
    await on_writer(store, f"PRAGMA max_page_count = {pages}")


async def more_room(store: SqliteStore) -> None:
    await on_writer(store, "PRAGMA max_page_count = 1000000")


async def test_a_full_disk_is_an_answer_and_nothing_of_the_batch_stays(store: SqliteStore) -> None:
    await store.append("lobby", 0, batch_of(entry(1, id="a")), LOBBY)
    await no_room(store)
    large = batch_of(entry(2, id="b"), entry(3, "x" * 100_000, id="c"), rewrites={1: entry(1, "changed")})
    answer = await store.append("lobby", 1, large, None)
    assert isinstance(answer, Failed)
    assert answer.refusal.problem is DISK_FULL
    assert answer.refusal.problem.retry
    assert await store.read("lobby", 0, 9) == [entry(1, id="a")]
    await more_room(store)
    assert await store.append("lobby", 1, large, None) == 3
    assert await store.append("lobby", 3, batch_of(entry(4, id="c")), None) == Known({(1, "c"): Kept(3, 3000, 21)})


async def test_whatever_is_in_one_transaction_with_it_is_kept_or_refused(store: SqliteStore) -> None:
    """SQLite may roll everything back when the disk is full: then nobody was told otherwise."""
    await store.append("lobby", 0, run(1, 1), LOBBY)
    await no_room(store)
    small = [store.append(f"room {n}", 0, run(1, 1), LOBBY) for n in range(5)]
    large = store.append("lobby", 1, batch_of(entry(2, "x" * 100_000)), None)
    answers = await asyncio.gather(*small)
    assert isinstance(await large, Failed)
    await more_room(store)
    for n, answer in enumerate(answers):
        kept = await store.read(f"room {n}", 0, 9)
        assert [one.seq for one in kept] == ([1] if answer == 1 else [])


async def test_a_job_that_fails_takes_nothing_of_the_others_with_it(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    true = writing.append

    def moody(connection: sqlite3.Connection, key: str, *rest: Any) -> Any:
        answer = true(connection, key, *rest)
        if key == "bad":
            raise ValueError("a mistake in the code")
        if key == "worse":
            connection.execute("INSERT INTO nowhere VALUES (1)")
        return answer

    monkeypatch.setattr(writing, "append", moody)
    good, bad, worse, fine = (store.append(key, 0, run(1, 2), LOBBY) for key in ("good", "bad", "worse", "fine"))
    assert await good == await fine == 2
    with pytest.raises(ValueError, match="a mistake"):
        await bad
    answer = await worse
    assert isinstance(answer, Failed)
    assert answer.refusal.problem is STORAGE_FAILED
    assert [room.key for room in await store.rooms()] == ["fine", "good"]
    assert "no such table" in caplog.text


async def test_reading_fails_with_a_refusal(store: SqliteStore) -> None:
    await store.append("lobby", 0, run(1, 2), LOBBY)
    await on_writer(store, "DROP TABLE entries")
    with pytest.raises(SalonError) as caught:
        await store.read("lobby", 0, 9)
    assert caught.value.refusal.problem is STORAGE_FAILED
    assert await store.load("lobby")  # the reader goes on


async def test_whoever_does_not_wait_any_more_harms_nobody(store: SqliteStore) -> None:
    given_up = store.append("lobby", 0, run(1, 1), LOBBY)
    given_up.cancel()
    question = store.load("lobby")
    question.cancel()
    assert await store.append("lobby", 1, run(2, 2), None) == 2


async def test_what_waits_is_written_before_the_end(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    waiting = [store.append(f"room {n}", 0, run(1, 1), LOBBY) for n in range(2 * worker.GROUP_JOBS + 10)]
    await store.close()
    assert {await one for one in waiting} == {1}
    store = open_store(tmp_path)
    assert len(await store.rooms()) == len(waiting)
    await store.close()


async def test_a_batch_is_a_few_statements_never_one_per_row(store: SqliteStore) -> None:
    """One row at a time gives the interpreter lock up at every row, and waits to get it back beside a busy loop."""
    statements: list[str] = []

    def watch(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await store._writer.submit(watch)
    statements.clear()
    await store.append("lobby", 0, batch_of(*(entry(seq, id=f"id{seq}") for seq in range(1, 1001))), LOBBY)
    inserts = [one for one in statements if one.startswith("INSERT")]
    assert len(statements) < 40
    assert len(inserts) < 20


async def test_what_waits_together_is_one_transaction(store: SqliteStore) -> None:
    statements: list[str] = []
    blocked, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)
        loop.call_soon_threadsafe(blocked.set)
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result()

    first = store._writer.submit(watch)
    await blocked.wait()
    waiting = [store.append(f"room {n}", 0, run(1, 1), LOBBY) for n in range(50)]
    statements.clear()
    go.set()
    await asyncio.gather(first, *waiting)
    assert statements.count("COMMIT") == 2  # what held the thread up, and all that waited


async def test_idle_time_moves_the_log_ahead_into_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    moved = asyncio.Event()
    loop = asyncio.get_running_loop()
    true = worker.Writer._rest

    def rest(writer: worker.Writer) -> None:
        true(writer)
        loop.call_soon_threadsafe(moved.set)

    monkeypatch.setattr(worker.Writer, "_rest", rest)
    store = open_store(tmp_path)
    size = (tmp_path / "salon.db").stat().st_size
    await store.append("lobby", 0, batch_of(entry(1, "x" * 100_000)), LOBBY)
    await moved.wait()
    assert (tmp_path / "salon.db").stat().st_size >= size + 100_000
    assert not store._writer._dirty
    await store.close()


async def test_a_checkpoint_that_fails_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(tmp_path)

    class Failing:
        def execute(self, statement: str) -> None:
            raise sqlite3.OperationalError("disk I/O error")

    true, store._writer.connection = store._writer.connection, Failing()  # type: ignore[assignment]
    store._writer._dirty = True
    store._writer._rest()
    assert store._writer._dirty
    assert "disk I/O error" in caplog.text
    store._writer.connection = true
    await store.close()


async def test_a_database_that_cannot_even_begin_answers_everybody(store: SqliteStore) -> None:
    """Somebody else holds the file: every job of the group is told, and later ones succeed."""
    await store.append("lobby", 0, run(1, 1), LOBBY)
    await on_writer(store, "PRAGMA busy_timeout = 0")
    (_, _, file) = await on_writer(store, "PRAGMA database_list")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answers = await asyncio.gather(*(store.append("lobby", 1, run(2, 2), None) for _ in range(3)))
    assert [type(answer) for answer in answers] == [Failed] * 3
    other.execute("ROLLBACK")
    other.close()
    assert await store.append("lobby", 1, run(2, 2), None) == 2


def test_only_a_full_disk_is_called_full() -> None:
    assert refusal_of(OSError("anything")).problem is STORAGE_FAILED
    assert refusal_of(sqlite3.OperationalError("database is locked")).problem is STORAGE_FAILED
