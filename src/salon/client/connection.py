"""One connection to a server: lines of JSON in, documents out."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import msgspec

from salon.client.address import Address, parse_address
from salon.client.mirror import Hole
from salon.client.reasons import reason
from salon.core.limits import MIB
from salon.errors import NO_SERVER, SalonError, refuse
from salon.wire.answers import AnyDocument, decode_answer

CONNECT_SECONDS = 5.0
LINE_BYTES = 64 * MIB  # one document of the server's: the largest page of history, and then some
Wire = TypeVar("Wire", bound=asyncio.BaseProtocol)
_NOT_SALON = "something else than Salon answers there"


class Connection(asyncio.Protocol):
    """Bytes into documents, in the order in which they came.

    receive  is called with each document; what it raises as `Hole` ends the connection
    lost     is called once, with the reason, unless `close` was called before
    """

    def __init__(self, receive: Callable[[AnyDocument], None], lost: Callable[[str], None]) -> None:
        self._receive = receive
        self._lost = lost
        self._pieces: list[bytes] = []  # of a line that is not whole yet
        self._size = 0
        self._why = ""
        self._transport: asyncio.Transport
        self._held = False
        self.over = False
        self.faulty = False  # we ended it: what came could not be, or nothing came
        self.heard = 0  # how often something came; for whoever watches over a silent line

    # what the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.heard += 1
        end = data.rfind(b"\n") + 1
        if end:
            lines = b"".join((*self._pieces, data[:end]))
            self._pieces, self._size = [], 0
            try:
                self._take(lines.split(b"\n"))
            except (Hole, msgspec.MsgspecError, UnicodeDecodeError) as error:
                self.abort(str(error) if isinstance(error, Hole) else _NOT_SALON)
                return
        if end < len(data):
            self._pieces.append(data[end:])
            self._size += len(data) - end
            if self._size > LINE_BYTES:
                self.abort(_NOT_SALON)

    def _take(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            if self.over:
                return
            document = _decoded(line) if line else None
            if document is not None:
                self._receive(document)

    def connection_lost(self, error: Exception | None) -> None:
        why = self._why or (reason(error) if error else "the server closed it")
        self._end(why)

    # what the client calls

    def write(self, data: bytes) -> None:
        if not self.over:
            self._transport.write(data)

    def hold(self, wanted: bool) -> None:
        """Read nothing while this is wanted."""
        if wanted != self._held and not self.over and not self._transport.is_closing():
            self._held = wanted
            if wanted:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    @property
    def local(self) -> str:
        """This machine's address on the network over which the server is reached."""
        return str(self._transport.get_extra_info("sockname")[0])

    @property
    def held(self) -> bool:
        return self._held

    def close(self) -> None:
        """Send what was written, then close. Nobody is told."""
        self.over = True
        self._transport.close()

    def abort(self, why: str) -> None:
        """End it now; nothing that comes any more is looked at."""
        self._why = why
        self.faulty = True
        self._transport.abort()
        self._end(why)

    def _end(self, why: str) -> None:
        if not self.over:
            self.over = True
            self._lost(why)


class _OnlyType(msgspec.Struct):
    type: str


def _decoded(line: bytes) -> AnyDocument | None:
    """The document on a line; None where it is of a type that newer servers have. Raises msgspec.MsgspecError."""
    try:
        return decode_answer(line)
    except msgspec.ValidationError:
        if msgspec.json.decode(line, type=_OnlyType).type in _KNOWN:
            raise
        return None


_KNOWN = frozenset(
    {
        *("connect_ack", "message", "notification", "ack", "error", "history", "list", "pong", "exit_ack", "gap"),
        *("request", "supply", "preparing", "relay", "withdrawn"),
    }
)


async def open_connection(
    address: Address, receive: Callable[[AnyDocument], None], lost: Callable[[str], None]
) -> Connection:
    """Connect to a server within 5 s. Raises SalonError with the reason where that cannot be."""
    _, connection = await dial(address, lambda: Connection(receive, lost))
    return connection


async def reach(server: str) -> None:
    """Nothing, where somebody listens at this address. Raises SalonError with the reason where nobody does."""
    transport, _ = await dial(parse_address(server), asyncio.Protocol)
    transport.close()


async def dial(address: Address, make: Callable[[], Wire]) -> tuple[asyncio.Transport, Wire]:
    """A TCP connection for this protocol within 5 s. Raises SalonError with the reason where that cannot be."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await loop.create_connection(make, address.host, address.port, happy_eyeballs_delay=0.25)
    except TimeoutError as error:
        why = f"no answer within {CONNECT_SECONDS:g} s"
        raise SalonError(refuse(NO_SERVER, server=address, why=why)) from error
    except (OSError, UnicodeError) as error:  # a host name may have labels that cannot be one
        raise SalonError(refuse(NO_SERVER, server=address, why=reason(error))) from error
