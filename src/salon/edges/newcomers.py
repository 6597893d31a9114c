"""JSON documents on TCP before one knows whose: the first of them decides who goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from salon.edges.connection import Connection
from salon.edges.documents import DocumentsConnection
from salon.edges.lab import LabConnection
from salon.edges.relay import RelayConnection
from salon.errors import Refusal
from salon.hall.hall import Hall
from salon.wire.newcomer import Kind, Newcomers


class Newcomer(asyncio.Protocol):
    """Waits for the first document, then hands the transport over with everything that came."""

    __slots__ = ("_hall", "_reader", "_successor", "_transport")

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._reader = Newcomers()
        self._successor: Connection | RelayConnection | None = None

    @property
    def named(self) -> bool:
        """Whether the client has said who it is."""
        return self._successor is not None and self._successor.named

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        kind = self._reader.feed(data)
        if kind is not None:
            self._hand_over(kind)

    def eof_received(self) -> bool:
        """What came is no whole document; a lab client is told so."""
        return bool(self._hand_over(Kind.LAB).eof_received())

    def refuse(self, why: Refusal) -> None:
        """Say why this connection ends, and end it."""
        (self._successor or self._hand_over(Kind.LAB)).refuse(why)

    def _hand_over(self, kind: Kind) -> Connection | RelayConnection:
        successor = self._successor = _HOSTS[kind](self._hall)
        self._transport.set_protocol(successor)
        successor.connection_made(self._transport)
        successor.data_received(bytes(self._reader.bytes))
        self._reader.bytes.clear()
        return successor


_HOSTS: dict[Kind, Callable[[Hall], Connection | RelayConnection]] = {
    Kind.FULL: DocumentsConnection,
    Kind.LAB: LabConnection,
    Kind.RELAY: RelayConnection,
}
