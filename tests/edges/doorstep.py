"""A server's front: a hall over a memory store behind a real door on loopback, and guests who knock."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from salon.edges.door import Door, Host, Visitor
from salon.edges.lines import LinesConnection
from salon.edges.newcomers import Newcomer
from salon.hall.hall import Hall
from salon.stores.memory import MemoryStore
from salon.wire.handshake import Language

PATIENCE = 10.0  # seconds until something that should happen counts as not happening


class WatchedDoor(Door):
    """A door that says when somebody has come or begun: the other end of a connection knows it earlier."""

    def __init__(self, hosts: dict[Language, Host], clock: Callable[[], float]) -> None:
        super().__init__(hosts, clock)
        self.moved = asyncio.Event()

    def came(self, visitor: Visitor) -> None:
        super().came(visitor)
        self.moved.set()

    def began(self, visitor: Visitor) -> None:
        super().began(visitor)
        self.moved.set()


class House:
    """`now` is the door's clock, in seconds; `ms` the hall's, in milliseconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.ms = 1_000_000
        self.hall = Hall(MemoryStore(), lambda: self.ms)
        hosts: dict[Language, Host] = {
            Language.DOCUMENTS: lambda: Newcomer(self.hall),
            Language.LINES: lambda: LinesConnection(self.hall),
        }
        self.door = WatchedDoor(hosts, lambda: self.now)
        self.port = 0
        self.guests: list[Guest] = []

    async def guest(self, first: bytes = b"") -> Guest:
        guest = Guest(*await asyncio.open_connection("127.0.0.1", self.port))
        self.guests.append(guest)
        if first:
            guest.send(first)
        return guest

    async def somebody(self, where: Callable[[], object]) -> None:
        """Wait until there is somebody."""
        async with asyncio.timeout(PATIENCE):
            while not where():
                self.door.moved.clear()
                await self.door.moved.wait()

    def sweep(self) -> None:
        """What the door does each second."""
        assert self.door._sweeping is not None
        self.door._sweeping.cancel()
        self.door._sweep()


class Guest:
    """A raw client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.heard = b""  # everything that came and was not taken yet

    def send(self, data: bytes | dict[str, Any]) -> None:
        self.writer.write(data if isinstance(data, bytes) else json.dumps(data).encode())

    async def until(self, text: str | bytes) -> str:
        """What came up to this text, and the text."""
        wanted = text.encode() if isinstance(text, str) else text
        async with asyncio.timeout(PATIENCE):
            while wanted not in self.heard:
                data = await self.reader.read(1 << 16)
                assert data, f"{wanted!r} never came: {self.heard!r}"
                self.heard += data
        before, _, self.heard = self.heard.partition(wanted)
        return (before + wanted).decode(errors="replace")

    async def line(self) -> str:
        return (await self.until("\n")).removesuffix("\n")

    async def document(self) -> dict[str, Any]:
        """The next JSON document, with or without something between."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    text = self.heard.decode().lstrip()
                    document, end = json.JSONDecoder().raw_decode(text)
                except ValueError:
                    data = await self.reader.read(1 << 16)
                    assert data, f"no document came: {self.heard!r}"
                    self.heard += data
                else:
                    self.heard = text[end:].encode()
                    return dict(document)

    async def end(self) -> str:
        """All that comes until the server closes."""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionResetError):
                while data := await self.reader.read(1 << 16):
                    self.heard += data
        heard, self.heard = self.heard, b""
        return heard.decode(errors="replace")

    def close(self) -> None:
        self.writer.close()

    def kill(self) -> None:
        self.writer.transport.abort()


SomeHouse = TypeVar("SomeHouse", bound=House)


def opened() -> contextlib.AbstractAsyncContextManager[House]:
    return opened_as(House())


@contextlib.asynccontextmanager
async def opened_as(house: SomeHouse) -> AsyncIterator[SomeHouse]:
    house.port = await house.door.open("127.0.0.1", 0)
    try:
        yield house
    finally:
        house.door.close()
        await house.hall.close("The server is closing.")
        for guest in house.guests:
            guest.kill()
        for one in house.door.begun:
            one._transport.abort()  # type: ignore[union-attr]
        for session in list(house.hall.sessions):
            session.outlet._transport.abort()  # type: ignore[attr-defined]
        for _ in range(3):
            await asyncio.sleep(0)
