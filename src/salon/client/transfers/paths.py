"""The ways from one person's client to another's, as whoever asked for a file takes them.

A way is opened, and proved by a fetch of no bytes: whoever answers there knows the file's size and hash, which the
server told nobody else. Only then is anything of the file asked for on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

import msgspec

from salon.client.address import Address
from salon.client.connection import dial
from salon.client.transfers.stream import READ_AHEAD_BYTES, Stream
from salon.errors import LOST_OWNER, SalonError, refuse, retold
from salon.wire.answers import Error
from salon.wire.fetching import Fetch, Found, decode_found, encode
from salon.wire.passing import Supplied

DIRECT = "direct"
DIRECT_UDP = "direct, over UDP"
THROUGH_SERVER = "through the server"
DIAL_SECONDS = 5.0
_MEETING_SECONDS = 20.0  # more than the server lets an end wait for the other
_PROOF_SECONDS = 5.0


class Source(Protocol):
    """What bytes come on."""

    async def line(self) -> bytes:
        """The next line; nothing at the end. Raises ConnectionError."""

    async def piece(self, most: int) -> bytes:
        """What came next, at most so many bytes; nothing at the end. Raises ConnectionError."""

    async def send(self, data: bytes | memoryview) -> None:
        """Send this. Raises ConnectionError."""

    def drop(self) -> None:
        """End it now."""


class Path:
    """An open way that was proved. `left` bytes are still to come of what was asked for."""

    def __init__(self, way: Way, source: Source, supplied: Supplied) -> None:
        self.way = way
        self.left = 0
        self._source = source
        self._supplied = supplied

    async def ask(self, offset: int, length: int | None = None) -> None:
        """Ask for the file's bytes from `offset` on. Raises SalonError where it is not to be had, or OSError."""
        supplied = self._supplied
        fetch = Fetch(supplied.secret, id=supplied.request, offset=offset, length=length)
        await self._source.send(encode(fetch))
        line = await self._source.line()
        if not line:
            raise ConnectionResetError("it ended before it answered")
        found = decode_found(line)
        if not isinstance(found, Found):
            raise SalonError(refuse(LOST_OWNER, name=supplied.name, owner=supplied.owner))
        wanted = supplied.size - offset if length is None else length
        if (found.size, found.sha256, found.offset, found.length) != (supplied.size, supplied.sha256, offset, wanted):
            raise ConnectionAbortedError("somebody else answers there")
        self.left = wanted

    async def piece(self) -> bytes:
        """What came next of what was asked for. Raises ConnectionError where it ends early."""
        data = await self._source.piece(min(self.left, READ_AHEAD_BYTES))
        if not data:
            raise ConnectionResetError("it ended early")
        self.left -= len(data)
        return data

    def close(self) -> None:
        self._source.drop()


class Way(NamedTuple):
    """A way that may be there. Where several are open, the one with the lowest rank is taken."""

    name: str
    rank: int
    dial: Callable[[], Awaitable[Source]]

    async def open(self, supplied: Supplied) -> Path | None:
        """The way, proved; None where it leads nowhere."""
        try:
            source = await self.dial()
        except (SalonError, OSError):
            return None
        path = Path(self, source, supplied)
        try:
            async with asyncio.timeout(_PROOF_SECONDS):
                await path.ask(0, 0)
        except (SalonError, OSError, TimeoutError):
            path.close()
            return None
        except BaseException:
            path.close()
            raise
        return path


async def dial_direct(address: Address) -> Stream:
    """A connection to where the owner listens. Raises SalonError."""
    _, stream = await dial(address, Stream)
    return stream


async def dial_relay(server: Address, document: bytes) -> Stream:
    """A stream through the server, once the other end is there. Raises SalonError, or ConnectionError."""
    _, stream = await dial(server, Stream)
    try:
        await stream.send(document)
        async with asyncio.timeout(_MEETING_SECONDS):
            line = await stream.line()
        answer = msgspec.json.decode(line, type=_Answer)
        if answer.type != "joined":
            raise SalonError(retold(msgspec.json.decode(answer.payload, type=Error)))
    except (TimeoutError, msgspec.MsgspecError) as error:
        stream.drop()
        raise ConnectionAbortedError("the relay does not answer") from error
    except BaseException:
        stream.drop()
        raise
    return stream


class _Answer(msgspec.Struct):
    type: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"{}")
