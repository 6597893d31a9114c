"""Two threads that own a connection each: one writes, one reads. The loop's thread never touches SQLite.

The writer joins everything that waits into one transaction (group commit): one fsync for all of it. Each of several
jobs has a savepoint of its own, so that one that fails takes nothing of the others with it.
"""

import asyncio
import logging
import sqlite3
import threading
from asyncio import Future
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from salon.errors import DISK_FULL, STORAGE_FAILED, Refusal, SalonError, refuse

log = logging.getLogger("salon")

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]
Order = tuple[Job, Future[Any]]

IDLE_SECONDS = 1.0  # after so long without a job the write-ahead log is moved into the file
GROUP_JOBS = 1_000  # in one transaction


def refusal_of(error: sqlite3.Error | OSError) -> Refusal:
    """What to tell a client of a failure of the store."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return refuse(DISK_FULL)
    return refuse(STORAGE_FAILED)


class _Thread:
    """A thread that takes jobs from a queue until it gets None, and hands their results back to the loop."""

    def __init__(self, name: str, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Order | None] = SimpleQueue()
        self._closed = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run the job on this thread's connection; its result, or SalonError where the store failed."""
        future: Future[T] = self._loop.create_future()
        self._queue.put((job, future))
        return future

    def close(self) -> Future[None]:
        """Do what waits, then end."""
        self._queue.put(None)
        return self._closed

    def _work(self) -> None:
        raise NotImplementedError

    def _hand_back(self, results: list[tuple[Future[Any], Any]]) -> None:
        self._loop.call_soon_threadsafe(_resolve, results)

    def _end(self) -> None:
        self.connection.close()
        self._hand_back([(self._closed, None)])


def _resolve(results: list[tuple[Future[Any], Any]]) -> None:
    for future, result in results:
        if future.cancelled():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)


class Reader(_Thread):
    """Jobs one by one, each on the newest committed state."""

    def _work(self) -> None:
        while (order := self._queue.get()) is not None:
            job, future = order
            try:
                result = job(self.connection)
            except Exception as error:
                result = _noted(error)
            self._hand_back([(future, result)])
        self._end()


class Writer(_Thread):
    """Jobs in groups, a transaction per group."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._dirty = False  # the write-ahead log holds something that the file does not
        super().__init__("salon-writer", connection)

    def _work(self) -> None:
        open_ = True
        while open_:
            orders, open_ = self._take()
            if orders:
                self._transact(orders)
            else:
                self._rest()
        self._end()

    def _take(self) -> tuple[list[Order], bool]:
        """What waits, at least one job or IDLE_SECONDS long nothing; and whether there will be more."""
        orders: list[Order] = []
        try:
            order = self._queue.get(timeout=IDLE_SECONDS if self._dirty else None)
            while order is not None:
                orders.append(order)
                if len(orders) == GROUP_JOBS:
                    return orders, True
                order = self._queue.get_nowait()
        except Empty:
            return orders, True
        return orders, False

    def _transact(self, orders: list[Order]) -> None:
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            if len(orders) == 1:  # alone, a job that fails has the whole transaction to take back
                ((job, future),) = orders
                results = [(future, job(connection))]
            else:
                results = [(future, self._attempt(job)) for job, future in orders]
            connection.execute("COMMIT")
            self._dirty = True
        except Exception as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            failure = _noted(error)
            results = [(future, failure) for _job, future in orders]
        self._hand_back(results)

    def _attempt(self, job: Job) -> Any:
        connection = self.connection
        connection.execute("SAVEPOINT job")
        try:
            result = job(connection)
        except Exception as error:
            if not connection.in_transaction:
                raise  # a full disk makes SQLite roll everything back: no job of this group is kept
            connection.execute("ROLLBACK TO job")
            result = _noted(error)
        connection.execute("RELEASE job")
        return result

    def _rest(self) -> None:
        """Nothing waits: move what the write-ahead log holds into the file, and begin it anew.

        Its file keeps its size: to sync a write inside a file is cheaper than one that makes it longer.
        """
        try:
            self.connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
            self._dirty = False
        except sqlite3.Error as error:
            _noted(error)  # nothing is lost: the write-ahead log stays where it is, and is tried again


def _noted(error: Exception) -> Exception:
    """The exception for whoever waits; what it was in truth is for the operator."""
    if isinstance(error, sqlite3.Error | OSError):
        log.error("The store failed: %s", error)
        return SalonError(refusal_of(error))
    log.error("A job of the store failed.", exc_info=error)
    return error
