"""`hall.ports.Store` on SQLite: what each operation asks of its thread."""

import asyncio
import sqlite3
from asyncio import Future
from collections.abc import Iterable, Mapping
from pathlib import Path

from salon.core.batch import Batch
from salon.core.events import Entry
from salon.core.limits import MIB
from salon.core.people import Person
from salon.core.room import RoomState
from salon.errors import FOLDER_UNUSABLE, SalonError, refuse
from salon.hall.ports import Appended, Failed, Stored
from salon.stores.sqlite import reading, writing
from salon.stores.sqlite.lock import FolderLock
from salon.stores.sqlite.schema import migrate
from salon.stores.sqlite.worker import Reader, Writer

FILE = "salon.db"
CHECKPOINT_BYTES = 64 * MIB  # a write-ahead log that grew past this is moved into the file by the commit that did it


def open_store(folder: Path) -> "SqliteStore":
    """The store in this folder, which is made where it is missing.

    Raises SalonError: the folder is in use, cannot be used, or was written by a newer Salon. Needs a running loop.
    """
    lock = FolderLock(folder)
    try:
        return SqliteStore(folder / FILE, lock)
    except (sqlite3.Error, OSError) as error:
        lock.release()
        raise SalonError(refuse(FOLDER_UNUSABLE, folder=folder, why=error)) from error
    except SalonError:
        lock.release()
        raise


class SqliteStore:
    """Every method hands a job to the writer's or the reader's thread and returns its future."""

    def __init__(self, file: Path, lock: FolderLock) -> None:
        self._lock = lock
        self._writer = Writer(_writable(file))
        self._reader = Reader("salon-reader", _readable(file))

    def append(self, room: str, expected_head: int, batch: Batch, state: RoomState | None) -> Future[Appended]:
        done = asyncio.get_running_loop().create_future()
        work = self._writer.submit(lambda c: writing.append(c, room, expected_head, batch, state))
        work.add_done_callback(lambda work: _settle(work, done))
        return done

    def load(self, room: str) -> Future[Stored | None]:
        return self._reader.submit(lambda c: reading.load(c, room))

    def read(self, room: str, after: int, limit: int) -> Future[list[Entry]]:
        return self._reader.submit(lambda c: reading.read(c, room, after, limit))

    def read_before(self, room: str, seq: int, limit: int) -> Future[list[Entry]]:
        return self._reader.submit(lambda c: reading.read_before(c, room, seq, limit))

    def fetch(self, room: str, seqs: Iterable[int]) -> Future[dict[int, Entry]]:
        wanted = list(seqs)
        return self._reader.submit(lambda c: reading.fetch(c, room, wanted))

    def trim(self, room: str, first: int, now: int) -> Future[int]:
        return self._writer.submit(lambda c: writing.trim(c, room, first, now))

    def first_since(self, room: str, time: int) -> Future[int]:
        return self._reader.submit(lambda c: reading.first_since(c, room, time))

    def rooms(self) -> Future[list[Stored]]:
        return self._reader.submit(reading.rooms)

    def rooms_between(self, person: int) -> Future[list[Stored]]:
        return self._reader.submit(lambda c: reading.rooms_between(c, person))

    def enter(self, name: str, proof: bytes, now: int, *, visiting: bool = False) -> Future[Person]:
        return self._writer.submit(lambda c: writing.enter(c, name, proof, now, visiting=visiting))

    def find(self, name: str) -> Future[Person | None]:
        return self._reader.submit(lambda c: reading.find(c, name))

    def positions(self, person: int) -> Future[Mapping[str, int]]:
        return self._reader.submit(lambda c: reading.positions(c, person))

    def mark_read(self, person: int, room: str, seq: int) -> Future[None]:
        return self._writer.submit(lambda c: writing.mark_read(c, person, room, seq))

    def count_download(self, room: str, seq: int) -> Future[None]:
        return self._writer.submit(lambda c: writing.count_download(c, room, seq))

    def downloads(self, room: str) -> Future[Mapping[int, int]]:
        return self._reader.submit(lambda c: reading.downloads(c, room))

    def close(self) -> Future[None]:
        closed = self._reader.close()
        done = asyncio.get_running_loop().create_future()

        def ended(_writer: Future[None]) -> None:
            self._lock.release()
            done.set_result(None)

        closed.add_done_callback(lambda _reader: self._writer.close().add_done_callback(ended))
        return done


def _settle(work: Future[Appended], done: Future[Appended]) -> None:
    """A failure of the store is one of the answers to an append, not an exception."""
    if done.cancelled():
        return
    error = work.exception()
    if isinstance(error, SalonError):
        done.set_result(Failed(error.refusal))
    elif error is not None:
        done.set_exception(error)
    else:
        done.set_result(work.result())


def _writable(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=256)
    try:
        file.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_BYTES // 4096}")  # pages
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA cache_size = -16384")  # KiB: the newest pages of the ids' tree
        migrate(connection, str(file.parent))
    except BaseException:
        connection.close()
        raise
    return connection


def _readable(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
