"""Bytes through several hands at once, so that disk, hash and network do not wait for each other."""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from salon.core.limits import MIB

UNDONE_BYTES = 4 * MIB  # past that, whoever brings more should wait

Data = bytes | memoryview


class Pump:
    """A thread that does some work on all that comes, in order. Fed from one place: a thread, or the loop.

    The hand-over is a queue without waiting: a call of its own into a thread for each piece would cost more than what
    is done there.
    """

    def __init__(self, work: Callable[[Data], object]) -> None:
        self._work = work
        self._jobs: queue.SimpleQueue[Data | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._pieces = 0  # that are not done yet
        self._bytes = 0
        self._has_room = threading.Condition()
        self._wakes: Callable[[], None] | None = None  # whoever waits on a loop
        self._error: OSError | None = None

    def put(self, data: Data) -> None:
        """Have this done, soon."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="salon-pump", daemon=True)
            self._thread.start()
        with self._has_room:
            self._pieces += 1
            self._bytes += len(data)
        self._jobs.put(data)

    def wait(self, pieces: int = sys.maxsize) -> None:
        """Block until the work has kept up, and fewer pieces than these are undone.

        Raises OSError where some of it failed; nothing is done from there on.
        """
        with self._has_room:
            while self._error is None and (self._is_full() or self._pieces >= pieces):
                self._has_room.wait()
        self._look()

    async def room(self) -> None:
        """Wait on a loop until the work has kept up. Raises OSError."""
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

    def settle(self) -> None:
        """Block until all is done. Raises OSError."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join()
        self._look()

    def _is_full(self) -> bool:
        return self._bytes > UNDONE_BYTES and self._error is None

    def _look(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        while (data := self._jobs.get()) is not None:
            try:
                if self._error is None:
                    self._work(data)
            except OSError as error:
                self._error = error
            self._done(len(data))

    def _done(self, size: int) -> None:
        wakes = None
        with self._has_room:
            self._pieces -= 1
            self._bytes -= size
            if self._error is not None or self._bytes <= UNDONE_BYTES // 2:
                self._has_room.notify_all()
                wakes, self._wakes = self._wakes, None
        if wakes is not None:
            wakes()
