"""A line that breaks: a TCP proxy that cuts, swallows or keeps what passes through it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from salon.ground.tasks import Tasks


class Proxy:
    """Between clients and a server.

    lifetime  how many bytes each new connection may carry, both ways together, until it is cut; None is for ever
    heard     called with every whole line that the server says
    said      called for each connection: what is called with whatever comes through from its client
    deaf      while it is so, bytes vanish in both directions, and no connection is cut
    """

    def __init__(
        self,
        port: int,
        lifetime: Callable[[], int | None],
        heard: Callable[[bytes], None],
        said: Callable[[], Callable[[bytes], None]],
    ) -> None:
        self.target = port
        self.port = 0
        self.cuts = 0
        self.deaf = False
        self._lifetime = lifetime
        self._heard = heard
        self._said = said
        self._tasks = Tasks()
        self._lines: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._server: asyncio.Server

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._server.close()
        self.cut()
        await self._tasks.close()

    def cut(self) -> None:
        """Break every connection, at the byte where it is."""
        for near, far in self._lines:
            near.transport.abort()
            far.transport.abort()
            self.cuts += 1
        self._lines.clear()

    async def _carry(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            answers, far = await asyncio.open_connection("127.0.0.1", self.target, limit=1 << 26)
        except OSError:
            near.transport.abort()
            return
        line = (near, far)
        self._lines.add(line)
        left = self._lifetime()
        budget = [left] if left is not None else None
        up = self._tasks.start(self._pump(reader, far, budget, self._said()))
        down = self._tasks.start(self._pump(answers, near, budget, in_lines(self._heard)))
        await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
        if budget is not None and budget[0] <= 0:
            self.cuts += 1
        near.transport.abort()
        far.transport.abort()
        self._lines.discard(line)

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        budget: list[int] | None,
        noted: Callable[[bytes], None],
    ) -> None:
        with suppress(OSError):
            while data := await source.read(1 << 16):
                if self.deaf:
                    continue
                if budget is not None:
                    data = data[: budget[0]]
                    budget[0] -= len(data)
                noted(data)
                sink.write(data)
                await sink.drain()
                if budget is not None and budget[0] <= 0:
                    return


def in_lines(heard: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """What cuts a stream into lines and gives each to `heard`."""
    rest: list[bytes] = []  # pieces, so that a file without a newline is not copied again and again

    def noted(data: bytes) -> None:
        *lines, last = data.split(b"\n")
        for line in lines:
            heard(b"".join((*rest, line)))
            rest.clear()
        rest.append(last)

    return noted


@asynccontextmanager
async def proxy(
    port: int,
    lifetime: Callable[[], int | None] = lambda: None,
    heard: Callable[[bytes], None] = lambda line: None,
    said: Callable[[], Callable[[bytes], None]] = lambda: lambda data: None,
) -> AsyncIterator[Proxy]:
    """A proxy to the server at this port."""
    line = Proxy(port, lifetime, heard, said)
    await line.open()
    try:
        yield line
    finally:
        await line.close()
