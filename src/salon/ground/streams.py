"""Standard input and output without holding the loop up, whatever they are: pipes, files, terminals, on any system.

Each is a thread that blocks in the system's own call. They are daemons and never touch Python's buffered streams: a
program can end while its input is silent or its output stuck.
"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator

_READ_BYTES = 65_536
_READ_AHEAD = 2  # reads that nobody has looked at yet
_UNWRITTEN_BYTES = 65_536  # past that, whoever writes should wait


async def read_chunks(descriptor: int) -> AsyncIterator[bytes]:
    """What comes in, until its end."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue()
    ahead = threading.Semaphore(_READ_AHEAD)

    def read() -> None:
        data = b"-"
        while data:
            ahead.acquire()
            try:
                data = os.read(descriptor, _READ_BYTES)
            except OSError:  # a terminal that was closed
                data = b""
            try:
                loop.call_soon_threadsafe(chunks.put_nowait, data)
            except RuntimeError:  # the loop is gone, and whoever read with it
                return

    threading.Thread(target=read, name="salon-input", daemon=True).start()
    while data := await chunks.get():
        ahead.release()
        yield data


class Output:
    """Lines to a descriptor, in order. `broken` once nobody reads them any more; `lost` is set then."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._pending: list[bytes] = []
        self._unwritten = 0
        self._more = threading.Condition()
        self._written = asyncio.Event()
        self.lost = asyncio.Event()
        threading.Thread(target=self._run, name="salon-output", daemon=True).start()

    def write(self, line: str, end: str = "\n") -> None:
        """Have this line written, soon. Without its end, it is a question that is answered on the same line."""
        data = (line + end).encode(errors="replace")
        with self._more:
            self._pending.append(data)
            self._unwritten += len(data)
            self._more.notify()

    async def drain(self, most: int = _UNWRITTEN_BYTES) -> None:
        """Wait until no more than so many bytes are not written yet."""
        while self._unwritten > most and not self.lost.is_set():
            self._written.clear()
            await self._written.wait()

    def _run(self) -> None:
        while True:
            with self._more:
                while not self._pending:
                    self._more.wait()
                pieces, self._pending = self._pending, []
            data = b"".join(pieces)
            try:
                write_all(self._descriptor, data)
            except OSError:
                self._tell(len(data), lost=True)
                return
            if not self._tell(len(data), lost=False):
                return

    def _tell(self, size: int, *, lost: bool) -> bool:
        try:
            self._loop.call_soon_threadsafe(self._note, size, lost)
        except RuntimeError:  # the loop is gone
            return False
        return True

    def _note(self, size: int, lost: bool) -> None:
        with self._more:
            self._unwritten -= size
        if lost:
            self.lost.set()
        self._written.set()


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, however little the system takes at once. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
