"""The line of a lab client: JSON documents with nothing between them, and whatever a document announces.

Not the client library's connection, which reads whole lines: here the byte behind a document may be a file's first.
"""

import asyncio

import msgspec

from salon.client.address import Address
from salon.client.connection import dial
from salon.errors import LOST_SERVER, NO_SERVER, SalonError, refuse
from salon.faces.lab.telling import Heard, heard
from salon.wire.framing import DocumentScanner

_READ_BYTES = 65_536


class Line:
    """One connection. Everything raises SalonError once it is broken."""

    def __init__(self, address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._address = address
        self._reader = reader
        self._writer = writer
        self._scanner = DocumentScanner()
        self._data = b""  # what came and was not looked at, from `_at` on
        self._at = 0

    async def say(self, kind: str, **payload: object) -> None:
        """Send a document; waits while the server takes no more."""
        try:
            self._writer.write(msgspec.json.encode({"type": kind, "payload": payload}))
            await self._writer.drain()
        except OSError as error:
            raise self._lost from error

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
            raise self._lost from error
        if not data:
            raise self._lost
        return data

    @property
    def _lost(self) -> SalonError:
        return SalonError(refuse(LOST_SERVER, server=self._address))

    def close(self) -> None:
        """Send what was written, then close."""
        self._writer.close()


async def open_line(address: Address) -> Line:
    """Connect within 5 s. Raises SalonError with the reason where that cannot be."""
    reader = asyncio.StreamReader()
    transport, protocol = await dial(address, lambda: asyncio.StreamReaderProtocol(reader))
    return Line(address, reader, asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop()))
