"""Documents one at a time, for clients that take one read for one document."""

from __future__ import annotations

import asyncio
from collections import deque

from salon.core.limits import READ_SECONDS
from salon.hall.session import Session


class Pacer:
    """Sends each document in a segment of its own, `READ_SECONDS` apart.

    While it has something to send its session is parked, so that it never holds more than was written at once: an
    entry or a small page, and the replies before it.
    """

    def __init__(self, session: Session, transport: asyncio.Transport) -> None:
        self._session = session
        self._transport = transport
        self._waiting: deque[bytes] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._parked = False
        self._full = False  # the transport still has the last document
        self._ending = False  # the connection is closed behind the last document
        self._hurried = False  # it is closed now: what is left goes out at once
        self._rested: asyncio.Future[None] | None = None  # somebody waits until all is sent

    def write(self, data: bytes) -> None:
        """Send these documents, one a line; the lines' ends are not sent."""
        documents = [document for document in data.split(b"\n") if document]
        if self._hurried:
            self._transport.writelines(documents)
            return
        self._waiting.extend(documents)
        if self._waiting and not self._parked:
            self._parked = True
            self._session.park()
        if self._timer is None:
            self._next()

    def pause(self) -> None:
        """The transport could not send all of a document."""
        self._full = True

    def resume(self) -> None:
        self._full = False
        if self._timer is None:
            self._next()

    async def rest(self) -> None:
        """Wait until all is sent, and the pause behind it over."""
        while self._waiting or self._timer is not None or self._full:
            self._rested = asyncio.get_running_loop().create_future()
            await self._rested

    def breathe(self) -> None:
        """Leave a pause behind what somebody else has sent."""
        self._timer = asyncio.get_running_loop().call_later(READ_SECONDS, self._next)

    def end(self) -> None:
        """Close once everything is sent, at that pace."""
        self._ending = True
        if self._timer is None:
            self._next()

    def hurry(self) -> None:
        """Send what is left in one piece, then close."""
        self.stop()
        self._hurried = True
        self._transport.writelines(self._waiting)
        self._waiting.clear()
        self._unpark()
        self._transport.close()

    def stop(self) -> None:
        """The connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _next(self) -> None:
        self._timer = None
        if self._full:
            return
        if not self._waiting:
            self._unpark()  # which may bring more at once
        if self._waiting and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(READ_SECONDS, self._next)
            self._transport.write(self._waiting.popleft())
        elif self._timer is None:
            self._note_rest()

    def _note_rest(self) -> None:
        if self._ending:
            self._transport.close()
        elif self._rested is not None and not self._rested.done():
            self._rested.set_result(None)

    def _unpark(self) -> None:
        if self._parked:
            self._parked = False
            self._session.unpark()
