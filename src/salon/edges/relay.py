"""The relay: what one person's client sends comes out at another's, through a connection of each to the door.

It begins with a document that says which request it is for, and what that was given for it. Once both ends are there,
each is told so in a line; from then on bytes pass as they are. Little is held: who does not take what comes
stops the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import msgspec

from salon.core.limits import FETCH_LINE_BYTES, HIGH_WATER, MEETING_SECONDS, RELAY_IDLE_SECONDS
from salon.errors import BAD_DOCUMENT, NO_ANSWER, NO_SUCH_REQUEST, Refusal, refuse
from salon.hall.hall import Hall
from salon.hall.wishes import End
from salon.wire.answers import encode
from salon.wire.dialect import error_of
from salon.wire.framing import DocumentScanner
from salon.wire.passing import Relay

JOINED = b'{"type":"joined","payload":{}}\n'


class _First(msgspec.Struct):
    payload: Relay


_first = msgspec.json.Decoder(_First)


class RelayConnection(asyncio.Protocol):
    """One end. `named` once it has shown what it is for."""

    __slots__ = ("_count", "_early", "_hall", "_moved", "_other", "_scanner", "_timer", "_transport", "named")

    def __init__(self, hall: Hall) -> None:
        self.named = False
        self._hall = hall
        self._scanner = DocumentScanner(FETCH_LINE_BYTES)
        self._early = b""  # what came before the other end was there
        self._other: RelayConnection | None = None
        self._moved = False
        self._count: Callable[[int], None]  # is told of bytes that come, once there is another end
        self._timer: asyncio.TimerHandle | None = None

    # what the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        if self._other is not None:
            self._moved = True
            self._count(len(data))
            self._other._transport.write(data)
        elif self.named:
            self._early += data  # of the one read that was under way when reading was paused
        else:
            self._begin(data)

    def _begin(self, data: bytes) -> None:
        document, at = self._scanner.next(data, 0)
        if document is None:
            if self._scanner.broken is not None:
                self.refuse(self._scanner.broken)
            return
        try:
            relay = _first.decode(document).payload
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self.refuse(refuse(BAD_DOCUMENT, why=error))
            return
        self.named = True
        self._early = data[at:].removeprefix(b"\r").removeprefix(b"\n")
        self._transport.pause_reading()
        self._watch(MEETING_SECONDS)
        why = self._hall.requests.come(relay, self)
        if why is not None:
            self.refuse(why)

    def pause_writing(self) -> None:
        if self._other is not None and not self._other._transport.is_closing():
            self._other._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._other is not None and not self._other._transport.is_closing():
            self._other._transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._hall.requests.left(self)
        other, self._other = self._other, None
        if other is not None:
            other._transport.close()  # behind what it still has to take; the timer sees to it that it does

    # what the requests and the door call

    def join(self, other: End, moved: Callable[[int], None]) -> None:
        """From now on what comes here goes there."""
        self._other = cast(RelayConnection, other)
        self._count = moved
        self._transport.write(JOINED)
        self._watch(RELAY_IDLE_SECONDS)
        asyncio.get_running_loop().call_soon(self._open_up)

    def _open_up(self) -> None:
        """Both have been told: what came early goes on its way."""
        if self._other is None or self._transport.is_closing():
            return
        early, self._early = self._early, b""
        if early:
            self._count(len(early))
            self._other._transport.write(early)
        self._transport.resume_reading()

    def refuse(self, why: Refusal) -> None:
        """Say why this connection ends, and end it. Where bytes pass already there is nothing to say it with."""
        if self._other is None:
            self._transport.write(encode(error_of(why)))
            self._transport.close()
        else:
            self._transport.abort()

    # standing still

    def _watch(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """End what nobody comes to, or on which nothing moves."""
        if self._other is None and not self._transport.is_closing():
            self.refuse(refuse(NO_SUCH_REQUEST) if not self.named else refuse(NO_ANSWER, owner="The other one"))
        elif self._other is not None and (self._moved or self._other._moved):
            self._moved = False
            self._watch(RELAY_IDLE_SECONDS)
        else:
            self._transport.abort()
