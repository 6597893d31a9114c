"""Bytes through several hands at once, so that disk, hash and network do not wait for each other."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress

from salon.core.limits import MIB

UNDONE_BYTES = 4 * MIB  # past that, whoever brings more should wait

Work = Callable[[bytes], object]
_Jobs = queue.SimpleQueue[bytes | None]


class Pump:
    """A thread for each kind of work; each does all that comes, in order.

    The hand-over is a queue without waiting: a call of its own into a thread for each piece would cost more than what
    is done there.
    """

    def __init__(self, *works: Work) -> None:
        self._works = works
        self._loop = asyncio.get_running_loop()
        self._jobs: list[_Jobs] = []
        self._threads: list[threading.Thread] = []
        self._undone = 0
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._error: OSError | None = None

    def put(self, data: bytes) -> None:
        """Have this done, soon."""
        if not self._threads:
            self._start()
        self._undone += len(data) * len(self._works)
        if self._undone > UNDONE_BYTES * len(self._works):
            self._has_room.clear()
        for jobs in self._jobs:
            jobs.put(data)

    async def room(self) -> None:
        """Wait until the work has kept up. Raises OSError where some of it failed; nothing is done from there on."""
        if not self._has_room.is_set():
            await self._has_room.wait()
        if self._error is not None:
            raise self._error

    async def settle(self) -> None:
        """Wait until all is done. Raises OSError."""
        threads, self._threads = self._threads, []
        jobs, self._jobs = self._jobs, []
        for one in jobs:
            one.put(None)
        for thread in threads:
            await asyncio.to_thread(thread.join)
        if self._error is not None:
            raise self._error

    def _start(self) -> None:
        for work in self._works:
            jobs: _Jobs = queue.SimpleQueue()
            thread = threading.Thread(target=self._run, args=(jobs, work), name="salon-pump", daemon=True)
            self._jobs.append(jobs)
            self._threads.append(thread)
            thread.start()

    def _run(self, jobs: _Jobs, work: Work) -> None:
        while (data := jobs.get()) is not None:
            try:
                if self._error is None:
                    work(data)
            except OSError as error:
                self._error = error
            with suppress(RuntimeError):  # the loop is gone, and whoever waited with it
                self._loop.call_soon_threadsafe(self._done, len(data))

    def _done(self, size: int) -> None:
        self._undone -= size
        if self._undone <= UNDONE_BYTES * len(self._works) // 2 or self._error is not None:
            self._has_room.set()
