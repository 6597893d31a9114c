"""Files on a chat connection: what comes is put on a room's shelf, what is asked for is sent."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from salon.core.limits import KIB
from salon.errors import BAD_UPLOAD, INTERNAL, NO_FILES, UNKNOWN_UPLOAD, Refusal, SalonError, refuse
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.hall.shelving import Opened
from salon.hall.transfers import Transfer
from salon.hall.uploads import Upload
from salon.wire.files import Parcel

_AT_ONCE = 256 * KIB  # base64 that is decoded on the loop; more would hold it up

Answer = Callable[[Upload | Refusal], None]  # told once what became of an upload
Wrap = Callable[[Opened], Parcel | Refusal]


class Carrier(Protocol):
    """A connection that can carry a file."""

    async def carry(self, parcel: Parcel, opened: Opened, transfer: Transfer) -> bool:
        """Send the file, with nothing between, and note how far it is; whether all of it was sent."""


class Parcels:
    """The files of one connection: at most one is coming, and while one goes out nothing else does.

    sends_raw  whether a file has come as raw bytes
    """

    __slots__ = ("_answer", "_coming", "_hall", "_session", "sends_raw")

    def __init__(self, hall: Hall, session: Session) -> None:
        self.sends_raw = False
        self._hall = hall
        self._session = session
        self._coming: Upload | None = None
        self._answer: Answer = lambda _: None

    # what comes

    async def expect(self, room: str, name: str, size: int, answer: Answer) -> None:
        """So many raw bytes will come. Where they are refused, they are thrown away as they come."""
        self.sends_raw = True
        upload = await self._begin(room, name, size)
        if isinstance(upload, Upload) and upload.left:
            self._coming, self._answer = upload, answer
            if self._session.closed:  # the line broke meanwhile
                await self.give_up()
        else:
            answer(upload)

    async def take(self, data: bytes) -> None:
        """The next of the bytes that were announced."""
        upload = self._coming
        if upload is None:
            return
        outcome = await self._write(upload, data)
        if outcome is not None:
            self._coming = None
            self._answer(outcome)

    @property
    def expects(self) -> bool:
        """Whether the bytes that come are wanted."""
        return self._coming is not None

    async def unpack(self, room: str, name: str, content: str, answer: Answer) -> None:
        """A whole file in base64."""
        data = await _decoded(content)
        upload = data if isinstance(data, Refusal) else await self._begin(room, name, len(data))
        if isinstance(upload, Upload) and upload.left and isinstance(data, bytes):
            answer(await self._write(upload, data) or refuse(INTERNAL))
        else:
            answer(upload)

    async def _begin(self, room: str, name: str, size: int) -> Upload | Refusal:
        if self._hall.shelving is None:
            return refuse(NO_FILES)
        return await self._hall.shelving.receiving.begin(self._session.person, room, name, size, once=True)

    async def _write(self, upload: Upload, data: bytes) -> Upload | Refusal | None:
        """What became of the upload, once that is certain."""
        assert self._hall.shelving is not None  # noqa: S101 -- else there were no upload
        receiving = self._hall.shelving.receiving
        async with upload.lock:
            if upload.id not in receiving.uploads:
                return refuse(UNKNOWN_UPLOAD)
            try:
                await receiving.write(upload, data)
                if upload.left:
                    return None
                outcome = await receiving.complete(upload)
            except SalonError as error:
                outcome = error.refusal
            if isinstance(outcome, Refusal):
                await receiving.discard(upload)
                return outcome
        return upload

    async def give_up(self) -> None:
        """The line is cut: what came is of no use, and its space is free again."""
        upload, self._coming = self._coming, None
        if upload is not None and self._hall.shelving is not None:
            async with upload.lock:
                await self._hall.shelving.receiving.discard(upload)

    # what goes

    async def send(self, room: str, name: str, wrap: Wrap) -> Refusal | None:
        """Send a file of a room's; why that cannot be. Raises SalonError where the store cannot be read."""
        shelving = self._hall.shelving
        if shelving is None:
            return refuse(NO_FILES)
        opened = await shelving.open(self._session.person, room, name)
        if isinstance(opened, Refusal):
            return opened
        with opened.file:
            parcel = wrap(opened)
            if isinstance(parcel, Refusal):
                return parcel
            carrier: Carrier = self._session.outlet  # type: ignore[assignment]  # looked at by whoever asks
            if await self._carry(carrier, parcel, opened):
                with suppress(SalonError):  # it was noted; the bytes have arrived all the same
                    await shelving.fetched(opened)
        return None

    async def _carry(self, carrier: Carrier, parcel: Parcel, opened: Opened) -> bool:
        """Send it before the operator's eyes; whether all of it was sent."""
        transfers = self._hall.transfers
        transfer = transfers.begin(
            self._session.person.name, opened.name, place=opened.shown, size=opened.size, private=opened.private
        )
        try:
            return await carrier.carry(parcel, opened, transfer)
        finally:
            transfers.end(transfer)


async def _decoded(content: str) -> bytes | Refusal:
    try:
        if len(content) > _AT_ONCE:
            return await asyncio.to_thread(_decode, content)
        return _decode(content)
    except (binascii.Error, ValueError):
        return refuse(BAD_UPLOAD, why="its content is not base64")


def _decode(content: str) -> bytes:
    return base64.b64decode(content.encode("ascii").translate(None, b" \t\r\n"), validate=True)
