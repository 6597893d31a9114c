"""Downloads over UDP: this program's QUIC endpoint, a ticket for each opening, and streams that bring a file.

Each attempt is a connection of its own. To stand still is to close it, so a paused download costs the server nothing;
to go on is to open another one, from the byte where the part stands.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import msgspec

from salon.client.address import Address
from salon.client.transfers.part import Part
from salon.client.transfers.plain import Plain
from salon.client.transfers.refusals import refused, strange
from salon.client.transfers.trouble import Another, Cut, Detour
from salon.core.limits import MIB
from salon.errors import (
    BAD_TICKET,
    LOST_SERVER,
    NO_SUCH_FILE,
    NO_UDP,
    NO_UDP_HERE,
    TOO_MANY_OVER_UDP,
    UDP_FULL,
    UDP_SILENT,
    SalonError,
    refuse,
    retold,
)
from salon.ground.quic import Connection, Endpoint, Stream, anywhere, available, bind
from salon.ground.tasks import Tasks
from salon.wire.fetching import ALPN, Fetch, FirstLine, Found, Missing, decode_found, encode
from salon.wire.opening import UdpTicket

ANSWER_SECONDS = 2.0  # then the file comes over TCP
_AGAIN_SECONDS = 0.5  # between one attempt to shake hands and the next
SILENCE_SECONDS = 5.0  # in the middle of a file; whether the server is still there, TCP says sooner than UDP
_SEGMENT_BYTES = 1 * MIB  # a stream lets no more than 1.25 MB be on the way at once
_STREAMS = 12
_WANTED_RATE = 100_000_000  # bytes a second that streams side by side should allow for
_NEAR_SECONDS = 0.005  # where an answer takes no longer, one stream is enough
_NO_WAY = {problem.code for problem in (UDP_FULL, TOO_MANY_OVER_UDP, NO_UDP)}


class Udp:
    """The way to one server over UDP. The endpoint is made when it is first wanted."""

    def __init__(self, server: Plain) -> None:
        self._server = server
        self._endpoint: Endpoint | None = None
        self._making = asyncio.Lock()

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        """A connection with a ticket of its own. Raises Detour where UDP does not go, Cut where the server is away."""
        endpoint = await self._local()
        place = await self._ask()
        addresses = [self._there, *place.addresses]
        connection = await _first(lambda: endpoint.connect(place.endpoint, addresses, ALPN))
        if connection is None:
            raise Detour(refuse(UDP_SILENT, server=self._server.address))
        try:
            yield Line(self._server, connection, place.ticket)
        finally:
            connection.close()

    async def _local(self) -> Endpoint:
        async with self._making:
            if self._endpoint is None:
                if not await asyncio.to_thread(available):
                    raise Detour(refuse(NO_UDP_HERE))
                try:
                    self._endpoint = await bind(anywhere())
                except OSError as error:
                    raise Detour(refuse(NO_UDP_HERE)) from error
            return self._endpoint

    async def _ask(self) -> UdpTicket:
        answer = await self._server.ask("POST", "/udp")
        if answer.status in (404, 405):  # an operator who wants none, or a server that never heard of it
            raise Detour(refuse(NO_UDP))
        if answer.status != 200:
            raise refused(self._server.address, answer.status, answer.body)
        try:
            return msgspec.json.decode(answer.body, type=UdpTicket)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise SalonError(strange(self._server.address)) from error

    @property
    def _there(self) -> str:
        """Where the last request found the server: UDP has the same port number."""
        return str(Address(self._server.found, self._server.address.port))

    async def close(self) -> None:
        """Let go of the sockets."""
        if self._endpoint is not None:
            await self._endpoint.close()


class Line:
    """A connection, and the ticket that it may show."""

    def __init__(self, server: Plain, connection: Connection, ticket: str) -> None:
        self._server = server
        self._connection = connection
        self._ticket = ticket
        self._answered = False

    async def pour(self, wanted: Fetch, part: Part, end: int, size: int) -> None:
        """Receive from where the part stands to `end`, of a file of this size.

        Raises Detour where nobody answers, Another where the file is another one now, Cut where the line breaks,
        SalonError where it is refused.
        """
        wanted = msgspec.structs.replace(wanted, ticket=self._ticket)
        pending: deque[tuple[Stream, Fetch]] = deque()
        streams = self._streams()
        try:
            for fetch in _segments(wanted, part.offset, end, end - part.offset if streams == 1 else _SEGMENT_BYTES):
                pending.append((await self._ask(fetch), fetch))
                if len(pending) == streams:
                    await self._next(pending, part, size)
            while pending:
                await self._next(pending, part, size)
        except (ConnectionError, TimeoutError) as error:
            server = self._server.address
            if not self._answered:
                raise Detour(refuse(UDP_SILENT, server=server)) from error
            raise Cut(refuse(LOST_SERVER, server=server)) from error
        finally:
            for stream, _ in pending:
                await stream.drop()

    def _streams(self) -> int:
        """How many side by side fill the way: as much is on it as comes in the time that an answer takes."""
        seconds = self._connection.round_trip
        if seconds < _NEAR_SECONDS:
            return 1
        return min(_STREAMS, 1 + math.ceil(_WANTED_RATE * seconds / _SEGMENT_BYTES))

    async def _ask(self, fetch: Fetch) -> Stream:
        stream = await self._connection.open()
        await stream.write(encode(fetch))
        return stream

    async def _next(self, pending: deque[tuple[Stream, Fetch]], part: Part, size: int) -> None:
        """Receive what was asked for first, and let the server know that it is here."""
        stream, fetch = pending[0]
        await self._take(stream, fetch, part, size)
        pending.popleft()
        with suppress(ConnectionError, TimeoutError):  # nothing depends on it here
            await stream.end()
            if not pending:  # else what is asked for next holds the connection open
                async with asyncio.timeout(ANSWER_SECONDS):
                    await stream.taken()

    async def _take(self, stream: Stream, fetch: Fetch, part: Part, size: int) -> None:
        """Receive what was asked for on this stream."""
        reader, line = FirstLine(), None
        while line is None:
            async with asyncio.timeout(SILENCE_SECONDS if self._answered else ANSWER_SECONDS):
                data = await stream.read()
            if not data:
                raise ConnectionResetError
            line = reader.feed(data)
        self._check(decode_found(line), fetch, size)
        self._answered = True
        end = fetch.offset + (fetch.length or 0)
        data = reader.rest
        while part.offset + len(data) <= end:
            if data:
                part.take(data)
                await part.room()
            if part.offset == end:
                return
            async with asyncio.timeout(SILENCE_SECONDS):
                data = await stream.read()
            if not data:
                raise ConnectionResetError
        raise SalonError(strange(self._server.address))

    def _check(self, answer: Found | Missing, fetch: Fetch, size: int) -> None:
        """Whether what follows is what was asked for. Raises what it is instead."""
        if isinstance(answer, Found):
            if answer != Found(size, fetch.sha256, fetch.offset, fetch.length or 0):
                raise SalonError(strange(self._server.address))
            return
        refusal = retold(answer)
        if answer.code == NO_SUCH_FILE.code:
            raise Another
        if answer.code in _NO_WAY:
            raise Detour(refusal)
        raise Cut(refusal) if answer.retry or answer.code == BAD_TICKET.code else SalonError(refusal)


async def _first(dial: Callable[[], Awaitable[Connection]]) -> Connection | None:
    """The first connection of several that are tried, each a little later: a handshake that loses its first datagram
    waits a second before it sends it again, and there are two. None where none of them comes about.
    """
    tasks, calls = Tasks(), list[asyncio.Task[Connection | None]]()
    end = time.monotonic() + ANSWER_SECONDS
    try:
        while (left := end - time.monotonic()) > 0:
            calls.append(tasks.start(_dialled(dial)))
            await asyncio.wait(calls, timeout=min(left, _AGAIN_SECONDS), return_when=asyncio.FIRST_COMPLETED)
            found = [connection for call in calls if call.done() and (connection := call.result()) is not None]
            for spare in found[1:]:
                spare.close()
            if found:
                return found[0]
            calls = [call for call in calls if not call.done()]
    finally:
        await tasks.close()
    return None


async def _dialled(dial: Callable[[], Awaitable[Connection]]) -> Connection | None:
    try:
        return await dial()
    except ConnectionError:
        return None


def _segments(wanted: Fetch, begin: int, end: int, step: int) -> Iterator[Fetch]:
    """What to ask for, in order: at least one fetch, and of those only the last one halts."""
    offset = begin
    while offset == begin or offset < end:
        length = min(step, end - offset)
        halts = wanted.halts and offset + length == end
        yield msgspec.structs.replace(wanted, offset=offset, length=length, halts=halts)
        offset += max(1, length)
