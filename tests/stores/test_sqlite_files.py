"""The folder of a SQLite store: its lock, its files, what is refused when it is opened."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from salon.core.room import RoomState
from salon.errors import FOLDER_IN_USE, FOLDER_UNUSABLE, NEWER_DATA, Problem, SalonError
from salon.stores.sqlite import open_store, schema, store
from salon.stores.sqlite.lock import FolderLock
from tests.support.batches import LOBBY, batch_of, entry, run
from tests.support.disks import fill

pytestmark = pytest.mark.anyio

TABLES = {
    "rooms": ["number", "key", "first", "head", "time", "state"],
    "entries": ["place", "body"],
    "ids": ["room", "person", "id", "seq", "time", "fingerprint"],
    "people": ["number", "fold", "proof", "name", "seen"],
    "pairs": ["person", "room"],
    "positions": ["person", "room", "seq"],
    "downloads": ["room", "seq", "count"],
}


def refused(folder: Path) -> SalonError:
    with pytest.raises(SalonError) as caught:
        open_store(folder)
    return caught.value


def tables(file: Path) -> dict[str, list[str]]:
    connection = sqlite3.connect(file)
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}
    finally:
        connection.close()


async def test_an_empty_file_gets_the_tables(tmp_path: Path) -> None:
    file = tmp_path / store.FILE
    sqlite3.connect(file).close()
    file.touch()
    opened = open_store(tmp_path)
    await opened.close()
    assert tables(file) == TABLES
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
    connection.close()


async def test_a_file_is_migrated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_store(tmp_path)
    await opened.append("lobby", 0, run(1, 3), LOBBY)
    await opened.close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE later (n INTEGER) STRICT",)))
    for _ in range(2):
        opened = open_store(tmp_path)
        assert len(await opened.read("lobby", 0, 9)) == 3
        await opened.close()
    assert tables(tmp_path / store.FILE) == {**TABLES, "later": ["n"]}


async def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_store(tmp_path).close()
    broken = ("CREATE TABLE later (n INTEGER) STRICT", "CREATE NONSENSE")
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
    assert refused(tmp_path).refusal.problem is FOLDER_UNUSABLE
    monkeypatch.undo()
    await open_store(tmp_path).close()
    assert tables(tmp_path / store.FILE) == TABLES


async def test_newer_data_is_left_alone(tmp_path: Path) -> None:
    await open_store(tmp_path).close()
    file = tmp_path / store.FILE
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    error = refused(tmp_path)
    assert error.refusal.problem is NEWER_DATA
    assert "format 99" in str(error)
    assert str(tmp_path) in str(error)
    FolderLock(tmp_path).release()  # the lock was let go


async def test_only_the_owner_may_look_at_it(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "down"
    opened = open_store(folder)
    await opened.append("lobby", 0, run(1, 3), LOBBY)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == {"lock", "salon.db", "salon.db-wal", "salon.db-shm"}
    assert not any(path.stat().st_mode & 0o077 for path in folder.iterdir())
    await opened.close()


async def test_a_second_server_is_told_who_the_first_is(tmp_path: Path) -> None:
    opened = open_store(tmp_path)
    error = refused(tmp_path)
    assert error.refusal.problem is FOLDER_IN_USE
    assert f"process {os.getpid()}." in str(error)
    await opened.close()
    await open_store(tmp_path).close()


async def test_a_lock_without_a_name_on_it_is_a_lock(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    (tmp_path / "lock").write_bytes(b"")
    assert "unknown" in str(refused(tmp_path))
    lock.release()


async def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    program = f"""
import os, pathlib
from salon.stores.sqlite.lock import FolderLock
FolderLock(pathlib.Path({str(tmp_path)!r}))
os.kill(os.getpid(), 9)
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False)
    assert ended.returncode == -9
    await open_store(tmp_path).close()


@pytest.mark.root
async def test_a_lock_holds_on_a_full_disk(small_disk: Path) -> None:
    fill(small_disk)
    lock = FolderLock(small_disk)
    with pytest.raises(SalonError) as caught:
        FolderLock(small_disk)
    assert caught.value.refusal.problem is FOLDER_IN_USE
    lock.release()


def _folder_is_a_file(path: Path) -> Path:
    (path / "file").write_text("x")
    return path / "file"


def _folder_is_below_a_file(path: Path) -> Path:
    return _folder_is_a_file(path) / "deeper"


def _log_is_no_database(path: Path) -> Path:
    (path / store.FILE).write_bytes(b"this is no database at all" * 100)
    return path


def _log_is_a_folder(path: Path) -> Path:
    (path / store.FILE).mkdir()
    return path


def _lock_is_a_folder(path: Path) -> Path:
    (path / "lock").mkdir()
    return path


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        (_folder_is_a_file, FOLDER_UNUSABLE),
        (_folder_is_below_a_file, FOLDER_UNUSABLE),
        (_log_is_no_database, FOLDER_UNUSABLE),
        (_log_is_a_folder, FOLDER_UNUSABLE),
        (_lock_is_a_folder, FOLDER_UNUSABLE),
    ],
)
async def test_a_folder_that_cannot_be_used(tmp_path: Path, prepare: object, problem: Problem) -> None:
    assert callable(prepare)
    folder = prepare(tmp_path)
    error = refused(folder)
    assert error.refusal.problem is problem
    assert str(folder) in str(error)
    assert "\n" not in str(error)


async def test_closing_moves_everything_into_one_file(tmp_path: Path) -> None:
    opened = open_store(tmp_path)
    await opened.append("lobby", 0, batch_of(entry(1, id="a")), RoomState("lobby"))
    await opened.close()
    assert {path.name for path in tmp_path.iterdir()} == {"lock", "salon.db"}
