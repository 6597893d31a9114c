"""QUIC by iroh: endpoints that are known by their keys, connections between them, streams in these.

Everything that iroh raises leaves here as ConnectionError, or as OSError where an endpoint cannot be had. One process
needs one endpoint, made when the first transfer asks for it: it costs 10 MB.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from salon.ground.iroh_binding import binding

READ_BYTES = 1 << 20  # one read of a stream gives at most so many
_SECRET_BYTES = 32
_CLOSE_SECONDS = 0.5  # iroh waits 3 s for whoever does not answer, and has told the others long before


def available() -> bool:
    """Whether there is a build of iroh for this system. Loads it."""
    return binding() is not None


class Stream:
    """Bytes in both directions. Cancelling a read or a write leaves nothing but `drop` to do."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner  # the halves belong to it
        self._in = inner.recv()
        self._out = inner.send()

    async def read(self, most: int = READ_BYTES) -> bytes:
        """What came next; nothing at the end. Raises ConnectionError."""
        with _errors():
            data: bytes = await self._in.read(most)
            return data

    async def write(self, data: bytes) -> None:
        """Send this behind what was sent, once there is room for it. Raises ConnectionError."""
        with _errors():
            await self._out.write_all(data)

    async def end(self) -> None:
        """Nothing more will be sent. Raises ConnectionError."""
        with _errors():
            await self._out.finish()

    async def taken(self) -> None:
        """Wait until the other side has all that was sent. Raises ConnectionError where it wanted no more."""
        with _errors():
            if await self._out.stopped() is not None:
                raise ConnectionResetError("the other side wanted no more")

    async def drop(self) -> None:
        """Want nothing more, and take back what was not sent yet."""
        for ending in (self._in.stop, self._out.reset):
            try:
                await ending(0)
            except binding().IrohError:
                pass  # it had ended


class Connection:
    """A line to another endpoint, for as many streams as either side opens.

    peer  the other endpoint's id, which it has proved
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.peer = str(inner.remote_id())

    @property
    def round_trip(self) -> float:
        """Seconds that a question and its answer take on the way; 0 where that is not known."""
        milliseconds = self._inner.rtt()
        return (milliseconds or 0) / 1000

    @property
    def relayed(self) -> bool:
        """Whether what is sent now goes through a relay."""
        return any(path.is_selected and path.is_relay for path in self._inner.paths())

    async def open(self) -> Stream:
        """A new stream. The other side hears of it with its first bytes. Raises ConnectionError."""
        with _errors():
            return Stream(await self._inner.open_bi())

    async def accept(self) -> Stream:
        """The next stream that the other side opened. Raises ConnectionError once there will be none."""
        with _errors():
            return Stream(await self._inner.accept_bi())

    def close(self, reason: str = "") -> None:
        """End it with all its streams."""
        self._inner.close(0, reason.encode())


class Endpoint:
    """A place on the network with a key of its own. Made by `bind`.

    id         its public key, 64 hex digits, by which others know that they reach this one
    secret     the key itself, to be the same endpoint again
    addresses  where its sockets are bound
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.id = str(inner.id())
        self.secret = bytes(inner.secret_key().to_bytes())
        self.addresses = tuple(inner.bound_sockets())

    @property
    def reachable(self) -> tuple[str, ...]:
        """Addresses under which other machines may reach it, as far as they are known."""
        known = self._inner.addr().direct_addresses()
        return tuple(one for one in known if not _ip(one).is_loopback)

    async def connect(self, peer: str, addresses: Sequence[str], protocol: bytes, relay: str = "") -> Connection:
        """A line to the endpoint with this id at one of these addresses. Raises ConnectionError."""
        library = binding()
        with _errors():
            place = library.EndpointAddr(library.EndpointId.from_string(peer), relay or None, list(addresses))
            return Connection(await self._inner.connect(place, protocol))

    async def arrivals(self) -> AsyncIterator[Arrival]:
        """Who knocks, until the endpoint is closed."""
        while (incoming := await self._inner.accept_next()) is not None:
            yield Arrival(incoming)

    async def close(self) -> None:
        """Tell everybody, as far as they answer, and let go of the sockets. Nothing can be asked of it any more."""
        inner = self.__dict__.pop("_inner", None)  # the sockets are open as long as anybody has a hold of it
        if inner is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await inner.close()


class Arrival:
    """Somebody who knocks at an endpoint."""

    def __init__(self, incoming: Any) -> None:
        self._incoming = incoming

    async def let_in(self) -> Connection:
        """Shake hands. Raises ConnectionError where that comes to nothing."""
        with _errors():
            return Connection(await (await self._incoming.accept()).connect())

    async def refuse(self) -> None:
        """Let them know that they cannot come in."""
        with _errors():
            await self._incoming.refuse()


async def bind(
    addresses: Sequence[str], *, protocols: Sequence[bytes] = (), secret: bytes = b"", relay: str = ""
) -> Endpoint:
    """An endpoint at these addresses, one of each family: for a family that is missing iroh would open one anywhere.

    protocols  those that it lets others in for
    secret     32 bytes; a new key where there are none
    relay      the address of a relay to be reached through; none is used without it

    Raises OSError where an address cannot be had, or there is no build of iroh for this system.
    """
    library = binding()
    if library is None:
        raise OSError("there is no build of iroh for this system")

    class Bound(library.Preset):  # type: ignore[misc,name-defined]  # a base class that is loaded late
        """No relays, no discovery: nobody is told of us but by ourselves."""

        def apply(self, builder: Any) -> None:
            builder.apply_minimal()
            for address in addresses:
                builder.bind_addr(address)
            builder.alpns(list(protocols))
            if len(secret) == _SECRET_BYTES:
                builder.secret_key(secret)

    mode = library.RelayMode.custom_from_urls([relay]) if relay else library.RelayMode.disabled()
    try:
        inner = await library.Endpoint.bind(library.EndpointOptions(preset=Bound(), relay_mode=mode))
    except library.IrohError as error:
        raise OSError(error.message()) from error
    return Endpoint(inner)


def each_family(*places: tuple[str, int]) -> tuple[str, str]:
    """Addresses for an endpoint to be reached at these hosts and ports; in another family only by this machine."""
    chosen = {4: "127.0.0.1:0", 6: "[::1]:0"}
    for host, port in reversed(places):
        address = ipaddress.ip_address(host)
        chosen[address.version] = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
    return chosen[4], chosen[6]


def anywhere() -> tuple[str, str]:
    """Addresses for an endpoint that calls others."""
    return "0.0.0.0:0", "[::]:0"


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address.rpartition(":")[0].strip("[]"))


@contextmanager
def _errors() -> Iterator[None]:
    """What iroh raises, as what connections raise everywhere else."""
    try:
        yield
    except binding().IrohError as error:
        raise ConnectionError(error.message()) from error
