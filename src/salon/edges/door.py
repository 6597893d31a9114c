"""The door: one listening port for every kind of client.

A connection is a `Visitor` until its first bytes say which language it speaks; then whoever speaks that takes it over.
Until it has a name it is on the clock: 30 s from its first byte, 10 minutes without any.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from typing import Protocol, cast

from salon.core.limits import FIRST_WORDS_SECONDS, SILENCE_SECONDS, SILENT_CONNECTIONS
from salon.errors import CROWDED, NOT_SPOKEN, TOO_SLOW, Refusal, refuse
from salon.wire.handshake import Language, language_of

log = logging.getLogger("salon")

_SWEEP_SECONDS = 1.0
_AT_ONCE = 64  # connections let in per turn of the loop: a crowd at the door takes little memory at a time
_QUEUE = 4096  # connections that the system lets wait for that
_FRESH_SECONDS = 1.0  # thousands may be let in within one turn of the loop, before any of them is read from


class Guest(Protocol):
    """A protocol that took a connection over and still has to hear who is there."""

    @property
    def named(self) -> bool:
        """Whether the client has said who it is."""

    def refuse(self, why: Refusal) -> None:
        """Say why this connection ends, and end it."""


Host = Callable[[], asyncio.Protocol]


class Door:
    """Listens, and hands each connection to the host of its language."""

    def __init__(self, hosts: dict[Language, Host], clock: Callable[[], float]) -> None:
        self.hosts = hosts
        self.clock = clock
        self.silent: dict[Visitor, float] = {}  # those without a byte yet, the longest silent first
        self.begun: dict[Visitor | Guest, float] = {}  # those that have begun and have no name yet
        self._servers: list[asyncio.Server] = []  # one for each host, the first one first
        self._sweeping: asyncio.TimerHandle | None = None

    async def open(self, host: str, port: int) -> int:
        """Let people in at this address; the port that it became. Raises OSError where it cannot be had."""
        port = await self.bind(port, host)
        await self.let_in()
        return port

    async def bind(self, port: int, *hosts: str) -> int:
        """Take the addresses, all under one port, and let nobody in yet; the port that it became.

        Raises OSError where one of them cannot be had.
        """
        loop = asyncio.get_running_loop()
        for host in hosts:
            server = await loop.create_server(lambda: Visitor(self), host, port, backlog=_AT_ONCE, start_serving=False)
            self._servers.append(server)
            port = int(server.sockets[0].getsockname()[1])
        return port

    @property
    def places(self) -> list[tuple[str, int]]:
        """The addresses that were taken, and their ports."""
        names = [listening.getsockname() for server in self._servers for listening in server.sockets]
        return [(str(name[0]), int(name[1])) for name in names]

    async def let_in(self) -> None:
        """Listen at the addresses that were taken. Raises OSError where another one was faster."""
        for server in self._servers:
            await server.start_serving()
            for listening in server.sockets:
                _lengthen_queue(listening.fileno())
        self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)

    def close(self) -> None:
        """Let nobody in any more, and send those away who have no name yet."""
        for server in self._servers:
            server.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        for visitor in list(self.silent):
            visitor.abort()

    def came(self, visitor: Visitor) -> None:
        now = self.clock()
        self.silent[visitor] = now
        self._thin_out(now)

    def _thin_out(self, now: float) -> None:
        """Close the longest silent of too many; never one that only just came, whose first words may lie unread yet."""
        while len(self.silent) > SILENT_CONNECTIONS:
            longest, since = next(iter(self.silent.items()))
            if now - since < _FRESH_SECONDS:
                return
            longest.refuse(refuse(CROWDED))

    def began(self, visitor: Visitor) -> None:
        if self.silent.pop(visitor, None) is not None:
            self.begun[visitor] = self.clock()

    def went(self, visitor: Visitor) -> None:
        self.silent.pop(visitor, None)
        self.begun.pop(visitor, None)

    def passed(self, visitor: Visitor, guest: object) -> None:
        """The visitor's language is known: its host goes on, on the same clock."""
        since = self.begun.pop(visitor)
        if hasattr(guest, "named"):
            self.begun[cast(Guest, guest)] = since

    def _sweep(self) -> None:
        """Close whoever had time enough. Once a second over the few that have no name yet, not a timer for each."""
        now = self.clock()
        for guest, since in list(self.begun.items()):
            if isinstance(guest, Visitor) or not guest.named:
                if now - since > FIRST_WORDS_SECONDS:
                    del self.begun[guest]
                    guest.refuse(refuse(TOO_SLOW, seconds=FIRST_WORDS_SECONDS))
            else:
                del self.begun[guest]
        for visitor, since in list(self.silent.items()):
            if now - since <= SILENCE_SECONDS:
                break
            visitor.refuse(refuse(TOO_SLOW, seconds=SILENCE_SECONDS))
        self._thin_out(now)
        self._sweeping = asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)


class Visitor(asyncio.Protocol):
    """A connection whose language is not known yet."""

    __slots__ = ("_door", "_first", "_transport")

    def __init__(self, door: Door) -> None:
        self._door = door
        self._first = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._door.came(self)

    def data_received(self, data: bytes) -> None:
        self._door.began(self)
        self._first += data
        language = language_of(self._first)
        if language is not None:
            self._hand_over(language)

    def eof_received(self) -> bool:
        """What came so far is all there will be: a person with netcat, or nobody."""
        protocol = self._hand_over(Language.LINES) if self._first else None
        return bool(protocol and protocol.eof_received())

    def connection_lost(self, error: Exception | None) -> None:
        self._door.went(self)

    def _hand_over(self, language: Language) -> asyncio.Protocol | None:
        host = self._door.hosts.get(language)
        if host is None:
            self.refuse(refuse(NOT_SPOKEN, language=language.value))
            return None
        protocol = host()
        self._door.passed(self, protocol)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        protocol.data_received(self._first)
        return protocol

    def refuse(self, why: Refusal) -> None:
        """One line for whoever reads it, then the end."""
        self._door.went(self)
        if why.problem is not NOT_SPOKEN or self._first[:1] != b"\x16":  # a TLS client could not read it
            self._transport.write(f"{why.message}\r\n".encode())
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()


def _lengthen_queue(listening: int) -> None:
    """Let more connections wait than are let in at once; asyncio has one number for both."""
    with socket.socket(fileno=os.dup(listening)) as same:
        same.listen(_QUEUE)
