"""Sending a file on a chat connection, which it has to itself from its header to its last byte."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import BinaryIO

from salon.core.limits import KIB
from salon.ground.sendfile import send_file
from salon.hall.transfers import Transfer
from salon.wire.files import Parcel

_PIECE = 192 * KIB  # a multiple of three: in base64 no piece but the last is filled up


class Cargo:
    """A file that is being sent; ends with its connection.

    aside  what others wanted to send meanwhile: little, for the session is parked
    """

    __slots__ = ("_ready", "_task", "aside")

    def __init__(self) -> None:
        self.aside: list[bytes] = []
        self._task = asyncio.current_task()
        self._ready: asyncio.Future[None] | None = None

    def full(self) -> None:
        """The transport takes no more for now."""
        self._ready = asyncio.get_running_loop().create_future()

    def proceed(self) -> None:
        """It takes bytes again."""
        ready, self._ready = self._ready, None
        if ready is not None and not ready.done():
            ready.set_result(None)

    def sink(self) -> None:
        """The connection is gone, or has to go."""
        if self._task is not None:
            self._task.cancel()

    async def send(self, transport: asyncio.Transport, parcel: Parcel, file: BinaryIO, transfer: Transfer) -> None:
        """Send the file in its parcel, and note how far it is. Raises OSError where not all of it could be."""
        size = transfer.size
        if parcel.raw:
            sent = await self._send_raw(transport, file, transfer)
        else:
            transport.write(parcel.first)
            sent = 0
            async for piece in _pieces(file, size):
                await self._send_piece(transport, base64.b64encode(piece))
                transfer.offset = sent = sent + len(piece)
            transport.write(parcel.last)
        if sent < size:  # it is shorter now: what comes next must not be taken for the rest of it
            raise ConnectionAbortedError

    async def _send_raw(self, transport: asyncio.Transport, file: BinaryIO, transfer: Transfer) -> int:
        """The kernel copies from the file to the socket where it can; else pieces are read and written."""
        size = transfer.size
        if not size:
            return 0
        try:
            return await send_file(transport, file, 0, size, transfer.stand_at)
        except asyncio.SendfileNotAvailableError:
            sent = 0
            async for piece in _pieces(file, size):
                await self._send_piece(transport, piece)
                transfer.offset = sent = sent + len(piece)
            return sent

    async def _send_piece(self, transport: asyncio.Transport, piece: bytes) -> None:
        if transport.is_closing():
            raise ConnectionAbortedError
        transport.write(piece)
        if self._ready is not None:
            await self._ready


async def _pieces(file: BinaryIO, size: int) -> AsyncIterator[bytes]:
    """The first so many bytes, as far as there are any."""
    while size and (piece := await asyncio.to_thread(file.read, min(_PIECE, size))):
        size -= len(piece)
        yield piece
