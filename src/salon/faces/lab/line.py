"""The line of a lab client: JSON documents with nothing between them, and whatever a document announces.

Not the client library's connection, which reads whole lines: here the byte behind a document may be a file's first.
"""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from salon.client.address import Address
from salon.client.connection import dial
from salon.core.limits import FILE_DOCUMENT_BYTES
from salon.errors import LOST_SERVER, NO_SERVER, SalonError, refuse
from salon.faces.lab.telling import Heard, heard
from salon.wire.framing import DocumentScanner

_READ_BYTES = 65_536


class Line:
    """One connection. Everything raises SalonError once it is broken.

    heard   how often something came
    lost    it is broken
    midway  a file is being sent, and nothing else can be said
    """

    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._address = address
        self._reader = reader
        self._writer = writer
        self.heard = 0
        self.lost = False
        self.midway = False
        self._scanner = DocumentScanner(FILE_DOCUMENT_BYTES)
        self._data = b""  # what came and was not looked at, from `_at` on
        self._at = 0

    async def say(self, kind: str, **payload: object) -> None:
        """Send a document; waits while the server takes no more."""
        try:
            self._writer.write(msgspec.json.encode({"type": kind, "payload": payload}))
            await self._writer.drain()
        except OSError as error:
            raise self._lost_by() from error

    async def carry(self, pieces: AsyncIterator[memoryview]) -> None:
        """Send the raw bytes of a file that was announced. Where they cannot be read to the end, the line is over."""
        self.midway = True
        try:
            async for piece in pieces:
                self._writer.write(piece)
                await self._writer.drain()
        except OSError as error:
            raise self._lost_by() from error
        except SalonError:
            self.lost = True
            raise
        self.midway = False

    async def pieces(self, size: int) -> AsyncIterator[bytes]:
        """So many bytes, as they come: the first is the one behind the last document."""
        while size:
            if self._at == len(self._data):
                self._data, self._at = await self._read(), 0
            piece = self._data[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            yield piece

    async def hear(self) -> Heard:
        """The next document. What is none of the lab's is passed over."""
        while True:
            document, self._at = self._scanner.next(self._data, self._at)
            if document is not None:
                if (found := heard(document)) is not None:
                    return found
            elif self._scanner.broken is not None:
                raise SalonError(refuse(NO_SERVER, server=self._address, why="something else answers there"))
            else:
                self._data, self._at = await self._read(), 0

    async def _read(self) -> bytes:
        try:
            data = await self._reader.read(_READ_BYTES)
        except OSError as error:
            raise self._lost_by() from error
        if not data:
            raise self._lost_by()
        self.heard += 1
        return data

    def _lost_by(self) -> SalonError:
        self.lost = True
        return SalonError(refuse(LOST_SERVER, server=self._address))

    def close(self) -> None:
        """Send what was written, then close; in the middle of a file, at once."""
        if self.midway:
            self._writer.transport.abort()
        self._writer.close()


async def open_line(address: Address) -> Line:
    """Connect within 5 s. Raises SalonError with the reason where that cannot be."""
    reader = asyncio.StreamReader()
    transport, protocol = await dial(address, lambda: asyncio.StreamReaderProtocol(reader))
    return Line(address, reader, asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop()))
