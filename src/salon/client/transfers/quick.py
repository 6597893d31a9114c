"""The direct way over QUIC: encrypted, over UDP, to an endpoint whose id the server told.

Each fetch is a stream of its own. Nothing of this is loaded before somebody wants it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import ip_address

from salon.core.limits import FETCH_LINE_BYTES
from salon.errors import NO_UDP_HERE, SalonError, refuse
from salon.ground.quic import Arrival, Connection, Endpoint, Stream, anywhere, available, bind, each_family
from salon.ground.tasks import Tasks
from salon.wire.fetching import ALPN, FirstLine

_HANDS_SECONDS = 5.0  # to shake hands
_SHAKING_HANDS = 32  # at once, before one knows who it is


class QuicCarrier:
    """One stream that somebody else opened: a fetch comes on it, and its answer goes."""

    def __init__(self, stream: Stream, tasks: Tasks) -> None:
        self._stream = stream
        self._tasks = tasks
        self._asked = False

    async def line(self) -> bytes:
        """The line that asks; nothing after it. Raises ConnectionError."""
        if self._asked:
            return b""
        self._asked = True
        return await _line(self._stream, FirstLine(FETCH_LINE_BYTES))

    async def send(self, data: bytes | memoryview) -> None:
        await self._stream.write(bytes(data))

    def close(self) -> None:
        self._tasks.start(_quietly(self._stream.end()))

    def drop(self) -> None:
        self._tasks.start(_quietly(self._stream.drop()))


class QuicSource:
    """A connection to an owner. What is sent is a fetch, on a new stream; what comes is its answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stream: Stream
        self._rest = b""

    async def send(self, data: bytes | memoryview) -> None:
        self._stream = await self._connection.open()
        await self._stream.write(bytes(data))
        await self._stream.end()

    async def line(self) -> bytes:
        reader = FirstLine(FETCH_LINE_BYTES)
        line = await _line(self._stream, reader)
        self._rest = reader.rest
        return line

    async def piece(self, most: int) -> bytes:
        data, self._rest = self._rest[:most], self._rest[most:]
        return data or await self._stream.read(most)

    def drop(self) -> None:
        self._connection.close()


class Listener:
    """An endpoint at which others fetch. `serve` is given each stream that is opened there."""

    def __init__(self, endpoint: Endpoint, port: int, serve: Callable[[QuicCarrier], Awaitable[None]]) -> None:
        self.id = endpoint.id
        self.port = port
        self._endpoint = endpoint
        self._serve = serve
        self._hands = asyncio.Semaphore(_SHAKING_HANDS)
        self._tasks = Tasks()
        self._tasks.start(self._receive())

    async def _receive(self) -> None:
        async for arrival in self._endpoint.arrivals():
            if self._hands.locked():
                await _quietly(arrival.refuse())
            else:
                self._tasks.start(self._welcome(arrival))

    async def _welcome(self, arrival: Arrival) -> None:
        """From the handshake to the end of a connection."""
        with suppress(ConnectionError, TimeoutError):
            async with self._hands, asyncio.timeout(_HANDS_SECONDS):
                connection = await arrival.let_in()
            while True:
                stream = await connection.accept()
                self._tasks.start(_run(self._serve(QuicCarrier(stream, self._tasks))))

    async def close(self) -> None:
        await self._tasks.close()
        await self._endpoint.close()


class Dialler:
    """Reaches others' endpoints from one of our own, which is made when the first is dialled."""

    def __init__(self) -> None:
        self._endpoint: Endpoint | None = None
        self._making = asyncio.Lock()

    async def dial(self, endpoint: str, addresses: list[str]) -> QuicSource:
        """A connection to an endpoint. Raises SalonError where this system has no QUIC, else OSError."""
        async with self._making:
            if self._endpoint is None:
                self._endpoint = await _made(anywhere())
        async with asyncio.timeout(_HANDS_SECONDS):
            return QuicSource(await self._endpoint.connect(endpoint, addresses, ALPN))

    async def close(self) -> None:
        if self._endpoint is not None:
            await self._endpoint.close()


async def listen(host: str, port: int, serve: Callable[[QuicCarrier], Awaitable[None]]) -> Listener:
    """Be reached at this address; any free port where 0. Raises SalonError, or OSError where it cannot be had."""
    endpoint = await _made(each_family((host, port)), protocols=[ALPN])
    bound = [one.rpartition(":") for one in endpoint.addresses]
    (found,) = [int(number) for at, _, number in bound if ip_address(at.strip("[]")) == ip_address(host)]
    return Listener(endpoint, found, serve)


async def _made(addresses: tuple[str, ...], protocols: list[bytes] | None = None) -> Endpoint:
    if not await asyncio.to_thread(available):
        raise SalonError(refuse(NO_UDP_HERE))
    return await bind(addresses, protocols=protocols or [])


async def _line(stream: Stream, reader: FirstLine) -> bytes:
    while data := await stream.read():
        try:
            line = reader.feed(data)
        except SalonError as error:
            raise ConnectionAbortedError("a line is too long") from error
        if line is not None:
            return line
    return b""


async def _run(work: Awaitable[None]) -> None:
    await work


async def _quietly(ending: Awaitable[None]) -> None:
    with suppress(ConnectionError):
        await ending
