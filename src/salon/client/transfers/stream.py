"""A TCP connection that carries lines and files, bounded in what it holds."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

from salon.core.limits import FETCH_LINE_BYTES, MIB

READ_AHEAD_BYTES = 1 * MIB  # that came and nobody has looked at yet; with less, receiving stops and starts all the time
_HIGH_WATER = 1 * MIB  # that was written and nobody has taken yet


class Stream(asyncio.Protocol):
    """One connection, read by one task and written by one. What ends it early is raised as ConnectionError.

    `came` is called where the other side opened it.
    """

    def __init__(self, came: Callable[[Stream], None] | None = None) -> None:
        self.transport: asyncio.Transport
        self._came = came
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._over = False
        self._paused = False
        self._news = asyncio.Event()  # something came, or nothing more will
        self._taken = asyncio.Event()  # there is room for more to be written
        self._taken.set()

    # what the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=_HIGH_WATER)
        if self._came is not None:
            self._came(self)

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        self._held += len(data)
        if self._held > READ_AHEAD_BYTES and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        self._news.set()

    def eof_received(self) -> bool:
        self._over = True
        self._news.set()
        return True  # what is being sent still goes out; whoever reads closes it

    def connection_lost(self, error: Exception | None) -> None:
        self._over = True
        self._news.set()
        self._taken.set()

    def pause_writing(self) -> None:
        self._taken.clear()

    def resume_writing(self) -> None:
        self._taken.set()

    # what comes

    async def line(self, most: int = FETCH_LINE_BYTES) -> bytes:
        """The next line without its end; nothing where the other side has ended in good order before it."""
        begun = bytearray()
        while True:
            piece = await self.piece(most + 1)
            end = piece.find(b"\n")
            begun += piece[:end] if end >= 0 else piece
            if len(begun) > most:
                raise ConnectionAbortedError("a line is too long")
            if end >= 0:
                self._put_back(piece[end + 1 :])
                return bytes(begun)
            if not piece:
                if begun:
                    raise ConnectionResetError("a line is not whole")
                return b""

    async def piece(self, most: int) -> bytes:
        """What came next, at most so many bytes; nothing at the end."""
        while not self._pieces:
            if self._over:
                return b""
            self._news.clear()
            await self._news.wait()
        data = self._pieces.popleft()
        self._held -= len(data)
        if len(data) > most:
            self._put_back(data[most:])
            data = data[:most]
        if self._paused and self._held <= READ_AHEAD_BYTES // 2:
            self._paused = False
            if not self.transport.is_closing():
                self.transport.resume_reading()
        return data

    def _put_back(self, data: bytes) -> None:
        if data:
            self._pieces.appendleft(data)
            self._held += len(data)

    # what goes

    async def send(self, data: bytes | memoryview) -> None:
        """Send this, once what was sent before is on its way."""
        await self._taken.wait()
        if self.transport.is_closing():
            raise ConnectionResetError("the other side has gone")
        self.transport.write(data)

    def close(self) -> None:
        """Send what was written, then close."""
        self.transport.close()

    def drop(self) -> None:
        """End it now."""
        self.transport.abort()
