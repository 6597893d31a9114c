"""A crowd at the door: who only just came is not taken for silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from salon.edges import door
from salon.wire.handshake import Language

LIMIT = 3
GREETING = b"{}"

pytestmark = pytest.mark.anyio


class Echo(asyncio.Protocol):
    """Whoever is let in hears their own words."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class WatchedDoor(door.Door):
    """A door that says when somebody has come: the other end of a connection knows it earlier."""

    arrived: asyncio.Event

    def came(self, visitor: door.Visitor) -> None:
        super().came(visitor)
        self.arrived.set()


class Crowd:
    """A door with room for three silent connections, a clock to turn, and those who come."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self.now = 0.0
        self.door = WatchedDoor({Language.DOCUMENTS: Echo}, lambda: self.now)
        self.door.arrived = asyncio.Event()
        self.port = 0
        self._stack = stack

    async def come(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.door.arrived.clear()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._stack.callback(writer.close)
        await self.door.arrived.wait()
        return reader, writer


@pytest.fixture
async def crowd(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crowd]:
    monkeypatch.setattr(door, "SILENT_CONNECTIONS", LIMIT)
    async with AsyncExitStack() as stack:
        crowd = Crowd(stack)
        crowd.port = await crowd.door.open("127.0.0.1", 0)
        stack.callback(crowd.door.close)
        yield crowd


async def test_a_burst_of_people_who_have_spoken_is_let_in(crowd: Crowd) -> None:
    came = [await crowd.come() for _ in range(3 * LIMIT)]
    for _, writer in came:
        writer.write(GREETING)
    for reader, _ in came:
        assert await reader.readexactly(len(GREETING)) == GREETING


async def test_the_longest_silent_of_too_many_is_closed(crowd: Crowd) -> None:
    longest, _ = await crowd.come()
    others = [await crowd.come() for _ in range(LIMIT - 1)]
    crowd.now = 2.0
    last = await crowd.come()
    assert b"Too many connections" in await longest.read()
    for reader, writer in (*others, last):
        writer.write(GREETING)
        assert await reader.readexactly(len(GREETING)) == GREETING


@pytest.mark.slow
async def test_a_burst_that_stays_silent_is_thinned_out_within_seconds(crowd: Crowd) -> None:
    came = [await crowd.come() for _ in range(LIMIT + 1)]
    crowd.now = 2.0
    assert b"Too many connections" in await came[0][0].read()
