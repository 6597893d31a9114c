"""The transport under a session: what every host on TCP does alike."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from salon.core.limits import DOCUMENT_BYTES, HIGH_WATER
from salon.edges.address import address_of
from salon.edges.carrying import Cargo
from salon.edges.talk import Talk
from salon.errors import Refusal
from salon.hall.hall import Hall
from salon.hall.places import Reader
from salon.hall.session import Session
from salon.hall.shelving import Opened
from salon.hall.transfers import Transfer
from salon.wire.files import Parcel


class Connection(asyncio.Protocol):
    """A connection with a session and a conversation. Whoever inherits reads the bytes."""

    __slots__ = ("_cargo", "_full", "_goodbye", "_hall", "_session", "_talk", "_transport")

    def __init__(self, hall: Hall, session: Session, talk: Talk[Any]) -> None:
        self._hall = hall
        self._session = session
        self._talk = talk
        self._goodbye = False  # the other side has said that it ends
        self._full = False  # the transport holds more than its high-water mark
        self._cargo: Cargo | None = None  # a file that is being sent

    @property
    def named(self) -> bool:
        """Whether the client has said who it is."""
        return self._talk.connected or self._talk.visiting

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
        self._full = True
        if self._cargo is not None:
            self._cargo.full()
        self._session.park()

    def resume_writing(self) -> None:
        self._full = False
        if self._cargo is not None:
            self._cargo.proceed()
        self._session.unpark()

    def connection_lost(self, error: Exception | None) -> None:
        if self._cargo is not None:
            self._cargo.sink()
        self._hall.end(self._session, broken=not self._talk.ending)
        self._talk.gone()

    # what the session and the door call

    def write(self, data: bytes) -> None:
        if self._cargo is not None:
            self._cargo.aside.append(data)
        else:
            self._transport.write(data)

    @property
    def address(self) -> str:
        return address_of(self._transport)

    @property
    def buffered(self) -> int:
        return self._transport.get_write_buffer_size()

    def hold(self) -> None:
        self._transport.pause_reading()

    def release(self) -> None:
        self._transport.resume_reading()

    def close(self) -> None:
        """Send what was written, then close; the last replies are on their way at the end of this turn."""
        if self._cargo is not None:  # half a file is not worth waiting for
            self._cargo.sink()
        asyncio.get_running_loop().call_soon(self._transport.close)

    def abort(self) -> None:
        """End it now."""
        self._transport.abort()

    def finish(self) -> None:
        """Close once all that is due was sent, however slowly it is taken."""
        self.close()

    def refuse(self, why: Refusal) -> None:
        """Say why this connection ends, and end it."""
        self._hall.happenings.refused(self._session.person.name or self.address, why.code, why.message)
        self._session.reply(self._session.dialect.refused(why))
        self._session.closed_for_input()
        self.close()

    # files

    async def carry(self, parcel: Parcel, opened: Opened, transfer: Transfer) -> bool:
        """Send a file, with nothing between; whether all of it was sent. Else the connection is over."""
        cargo = self._cargo = Cargo()
        if self._full:
            cargo.full()
        whole = False
        self._session.park()  # who has something to say waits
        try:
            await self._lead(parcel.before)
            await cargo.send(self._transport, parcel, opened.file, transfer)
            whole = True
        except OSError:
            pass  # the other side has gone, or the file is not what it was
        finally:
            self._cargo = None
            if whole:
                self._follow(cargo.aside)
            else:
                self._transport.abort()
            self._session.unpark()
        return whole

    async def _lead(self, documents: bytes) -> None:
        """Send what comes before a file."""
        self._transport.write(documents)

    def _follow(self, aside: list[bytes]) -> None:
        """Go on with what had to wait for a file."""
        self._transport.writelines(aside)

    # documents that are larger than others

    @property
    def working(self) -> bool:
        return self._session.busy and not self._session.closed

    @property
    def taken_up(self) -> bool:
        return not self._session.closed and (self._session.busy or self._large)

    @property
    def _large(self) -> bool:
        """Whether a large document is half read."""
        return False

    def _fits(self, reader: Reader, size: int) -> bool:
        """Whether so many bytes more may be looked at; else the connection ends."""
        if reader.held + size <= DOCUMENT_BYTES or self._hall.shelving is None:
            return True
        now = asyncio.get_running_loop().time()
        why = self._hall.shelving.places.fits(self, reader, size, now)
        if why is not None:
            self.refuse(why)
        return why is None

    def _close_if_quiet(self) -> None:
        if self._talk.quiet:
            self._session.when_quiet = None
            self.finish()
