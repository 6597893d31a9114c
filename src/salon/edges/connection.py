"""The transport under a session: what every host on TCP does alike."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from salon.core.limits import HIGH_WATER
from salon.edges.talk import Talk
from salon.errors import Refusal
from salon.hall.hall import Hall
from salon.hall.session import Session


class Connection(asyncio.Protocol):
    """A connection with a session and a conversation. Whoever inherits reads the bytes."""

    __slots__ = ("_goodbye", "_hall", "_session", "_talk", "_transport")

    def __init__(self, hall: Hall, session: Session, talk: Talk[Any]) -> None:
        self._hall = hall
        self._session = session
        self._talk = talk
        self._goodbye = False  # the other side has said that it ends

    @property
    def named(self) -> bool:
        """Whether the client has said who it is."""
        return self._talk.connected

    # what the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)

    def eof_received(self) -> bool:
        """The other side will say no more: what it said is settled before its connection is closed."""
        self._goodbye = True
        if self._talk.ending:  # it is closed once the goodbye is answered
            return True
        self._session.when_quiet = self._close_if_quiet
        asyncio.get_running_loop().call_soon(self._close_if_quiet)
        return True

    def pause_writing(self) -> None:
        self._session.park()

    def resume_writing(self) -> None:
        self._session.unpark()

    def connection_lost(self, error: Exception | None) -> None:
        said_goodbye = self._talk.ending or (self._goodbye and error is None)
        self._hall.end(self._session, broken=not said_goodbye)

    # what the session and the door call

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def hold(self) -> None:
        self._transport.pause_reading()

    def release(self) -> None:
        self._transport.resume_reading()

    def close(self) -> None:
        """Send what was written, then close; the last replies are on their way at the end of this turn."""
        asyncio.get_running_loop().call_soon(self._transport.close)

    def finish(self) -> None:
        """Close once all that is due was sent, however slowly it is taken."""
        self.close()

    def refuse(self, why: Refusal) -> None:
        """Say why this connection ends, and end it."""
        self._session.reply(self._session.dialect.refused(why))
        self._session.closed_for_input()
        self.close()

    def _close_if_quiet(self) -> None:
        if self._talk.quiet:
            self._session.when_quiet = None
            self.finish()
