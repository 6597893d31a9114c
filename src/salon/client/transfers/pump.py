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
    """A thread for each kind of work; each does all that comes, in order. Fed from one place: a thread, or the loop.

    The hand-over is a queue without waiting: a call of its own into a thread for each piece would cost more than what
    is done there.
    """

    def __init__(self, *works: Work) -> None:
        self._works = works
        self._jobs: list[_Jobs] = []
        self._threads: list[threading.Thread] = []
        self._undone = 0
        self._has_room = threading.Condition()
        self._wakes: Callable[[], None] | None = None  # whoever waits on a loop
        self._error: OSError | None = None

    def put(self, data: bytes) -> None:
        """Have this done, soon."""
        if not self._threads:
            self._start()
        with self._has_room:
            self._undone += len(data) * len(self._works)
        for jobs in self._jobs:
            jobs.put(data)

    def wait(self) -> None:
        """Block until the work has kept up. Raises OSError where some of it failed; nothing is done from there on."""
        with self._has_room:
            while self._is_full():
                self._has_room.wait()
        self._look()

    async def room(self) -> None:
        """The same on a loop, which goes on meanwhile. Raises OSError."""
        loop = asyncio.get_running_loop()
        while self._is_full():
            turn = asyncio.Event()

            def wake(turn: asyncio.Event = turn) -> None:
                with suppress(RuntimeError):  # the loop is gone, and whoever waited with it
                    loop.call_soon_threadsafe(turn.set)

            with self._has_room:
                if not self._is_full():
                    break
                self._wakes = wake
            await turn.wait()
        self._look()

    def _is_full(self) -> bool:
        return self._undone > UNDONE_BYTES * len(self._works) and self._error is None

    def _look(self) -> None:
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
        self._look()

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
            self._done(len(data))

    def _done(self, size: int) -> None:
        with self._has_room:
            self._undone -= size
            wakes = None
            if self._error is not None or self._undone <= UNDONE_BYTES * len(self._works) // 2:
                self._has_room.notify_all()
                wakes, self._wakes = self._wakes, None
        if wakes is not None:
            wakes()
