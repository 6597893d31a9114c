"""What comes over one QUIC connection: a ticket, and the fetches that it allows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from salon.core.limits import FIRST_WORDS_SECONDS, KIB, OPENING_STREAMS
from salon.errors import BAD_TICKET, NO_SUCH_FILE, Refusal, SalonError, refuse
from salon.ground.quic import Connection, Stream
from salon.ground.tasks import Tasks
from salon.hall.openings import Opening, Openings
from salon.hall.sending import Sending
from salon.hall.shelving import Opened, Shelving
from salon.wire.fetching import Fetch, FirstLine, Found, decode_fetch, encode, missing, span

_PIECE = 256 * KIB  # more than that only costs memory


class Visit:
    """One connection, from its first fetch to its end."""

    def __init__(self, openings: Openings, shelving: Shelving, sending: Sending) -> None:
        self._openings = openings
        self._shelving = shelving
        self._sending = sending
        self._ticket = ""
        self._opening: Opening | None = None
        self._tasks = Tasks()
        self._streams = asyncio.Semaphore(OPENING_STREAMS)

    async def run(self, connection: Connection, stream: Stream) -> None:
        """Answer the fetches that come, until the connection is closed."""
        try:
            while True:
                await self._streams.acquire()
                self._tasks.start(self._serve(stream))
                stream = await connection.accept()
        except ConnectionError:
            pass
        finally:
            await self._tasks.close()
            self._end()

    def _end(self) -> None:
        """Give back what was opened."""
        if self._opening is not None:
            self._sending.leave(self._opening)
            self._openings.end(self._opening)

    async def _serve(self, stream: Stream) -> None:
        try:
            async with asyncio.timeout(FIRST_WORDS_SECONDS):
                line = await _first_line(stream)
            found = await self._find(line)
            if isinstance(found, Refusal):
                await stream.write(encode(missing(found)))
                await _part(stream)
            else:
                with found[2].file:
                    await self._send(stream, *found)
        except (ConnectionError, TimeoutError):
            pass
        finally:
            self._streams.release()
            await stream.drop()

    async def _find(self, line: bytes | Refusal) -> tuple[Fetch, Opening, Opened] | Refusal:
        """What is asked for, opened for whoever may have it."""
        fetch = decode_fetch(line) if isinstance(line, bytes) else line
        if isinstance(fetch, Refusal):
            return fetch
        opening = self._admit(fetch.ticket)
        if isinstance(opening, Refusal):
            return opening
        try:
            opened = await self._open(opening, fetch)
        except SalonError as error:
            return error.refusal
        return opened if isinstance(opened, Refusal) else (fetch, opening, opened)

    def _admit(self, ticket: str) -> Opening | Refusal:
        """The first ticket that a connection shows is the only one that it may."""
        if self._opening is not None:
            return self._opening if ticket == self._ticket else refuse(BAD_TICKET)
        opening = self._openings.redeem(ticket)
        if not isinstance(opening, Refusal):
            self._opening, self._ticket = opening, ticket
        return opening

    async def _open(self, opening: Opening, fetch: Fetch) -> Opened | Refusal:
        if not fetch.name:
            return await self._shelving.open_blob(opening.person, fetch.room, fetch.sha256)
        opened = await self._shelving.open(opening.person, fetch.room, fetch.name)
        if isinstance(opened, Opened) and fetch.sha256 not in ("", opened.sha256):
            opened.file.close()  # the name means another file now
            return refuse(NO_SUCH_FILE, name=opened.name)
        return opened

    async def _send(self, stream: Stream, fetch: Fetch, opening: Opening, opened: Opened) -> None:
        """Answer, and send the bytes before the operator's eyes."""
        wanted = span(fetch, opened.size)
        await stream.write(encode(Found(opened.size, opened.sha256, wanted.start, len(wanted))))
        moved = self._sending.begin(opening, opened, wanted.start)
        last = await _write(stream, opened, wanted, moved)
        await _part(stream)
        if wanted.stop == opened.size:
            self._sending.finish(opening, opened)
            with suppress(SalonError):  # it was noted; the bytes have arrived all the same
                await self._shelving.fetched(opened)
        elif fetch.halts:
            self._sending.halt(opening, opened, wanted.stop, last)


async def _first_line(stream: Stream) -> bytes | Refusal:
    """The line that asks. Raises ConnectionError where the stream ends before."""
    reader = FirstLine()
    while data := await stream.read():
        try:
            line = reader.feed(data)
        except SalonError as error:
            return error.refusal
        if line is not None:
            return line
    raise ConnectionResetError


async def _part(stream: Stream) -> None:
    """Say that this was all, and wait until the other side says so too: then it has it. Raises ConnectionError."""
    await stream.end()
    while await stream.read():
        pass


def _read(file: BinaryIO, size: int) -> bytes:
    """The next bytes; none at the end, nor of a file that was closed meanwhile by whoever gave up twice."""
    try:
        return file.read(size)
    except ValueError:
        return b""


async def _write(stream: Stream, opened: Opened, wanted: range, moved: Callable[[int], None]) -> int | None:
    """Send these bytes, the next ones read while some are sent; the last one. Raises ConnectionError."""
    file, loop, sent, last = opened.file, asyncio.get_running_loop(), 0, None
    file.seek(wanted.start)
    ahead = loop.run_in_executor(None, _read, file, min(_PIECE, len(wanted)))
    try:
        while data := await ahead:
            sent += len(data)
            ahead = loop.run_in_executor(None, _read, file, min(_PIECE, len(wanted) - sent))
            await stream.write(data)
            moved(len(data))
            last = data[-1]
    finally:
        await asyncio.wait([ahead])  # else the file would be closed while it is read
    if sent < len(wanted):
        raise ConnectionResetError("the file is shorter now")
    return last
