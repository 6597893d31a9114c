"""One file on its way up: tus 1.0, from where the server stands."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Mapping

import msgspec
from aiohttp import ClientResponse
from msgspec import Struct

from salon.client.transfers.ledger import Begun, Slip
from salon.client.transfers.source import Source
from salon.client.transfers.trouble import Cut
from salon.client.transfers.web import Web
from salon.errors import LOST_SERVER, UNKNOWN_UPLOAD, SalonError, refuse

_TUS = {"Tus-Resumable": "1.0.0"}
_BODY = "application/offset+octet-stream"
_BEGINNINGS = 3  # how often an upload that the server has lost is begun anew


class _Beginning(Struct, frozen=True):
    """What the server says of a new upload."""

    evicts: list[str] = []


class Upload:
    """Sends a source's bytes to a room's shelf. `run` may be broken off and called again.

    offset        bytes that went out, or that the server has
    acknowledged  bytes of which the server said that it has them
    evicts        what the file pushes off the shelf
    announced     called once the server has taken the file's name and size, before its first byte
    """

    saved = ""
    path = "TCP"
    detour = None
    last_byte = None

    def __init__(
        self, web: Web, source: Source, name: str, room: str, slip: Slip, announced: Callable[[], None]
    ) -> None:
        self.offset = 0
        self.acknowledged = 0
        self.evicts: tuple[str, ...] = ()
        self._web = web
        self._source = source
        self._name = name
        self._room = room
        self._slip = slip
        self._announced = announced
        begun = slip.read()
        self._place = begun.place if begun is not None and begun.mark == source.mark else ""
        self._inherited = bool(self._place)  # from a program before this one
        self._beginnings = 0

    @property
    def size(self) -> int:
        return self._source.size

    @property
    def sha256(self) -> str:
        return self._source.sha256

    async def run(self) -> None:
        """Send what is missing. Raises Cut where another attempt is worth it, else SalonError."""
        if self._place and not await self._stands():
            self._place = ""
        if not self._place:
            await self._begin()
        if self.acknowledged < self.size:
            await self._send()
        await asyncio.to_thread(self._slip.throw_away)

    async def _stands(self) -> bool:
        """Learn how far the server is; whether it knows of this upload."""
        async with self._web.request("HEAD", self._place, _TUS) as response:
            if response.status in (403, 404, 410):
                return False
            if response.status != 200:
                raise await self._web.refused(response)
            offset, size = _number(response, "Upload-Offset"), _number(response, "Upload-Length")
        if size != self.size or not 0 <= offset <= size:
            return False
        self.offset = self.acknowledged = offset
        if offset < size:
            self._inherited = False
        # One that was whole before we came may have left the shelf since; then it is to go there again.
        return not self._inherited or await self._is_listed()

    async def _is_listed(self) -> bool:
        await self._source.hash_up_to(self.size)
        listed = await self._web.files(self._room)
        return any((file.name, file.sha256) == (self._name, self.sha256) for file in listed)

    async def _begin(self) -> None:
        """Announce the file. One whose bytes were all read is offered by its hash: the server may have them."""
        if self._beginnings >= _BEGINNINGS:
            raise SalonError(refuse(UNKNOWN_UPLOAD))
        metadata = {"filename": self._name, "room": self._room, **self._web.access.metadata()}
        if self.sha256:
            metadata["sha256"] = self.sha256
        headers = {**_TUS, "Upload-Length": str(self.size), "Upload-Metadata": _encoded(metadata)}
        self.offset = self.acknowledged = 0
        async with self._web.request("POST", "/uploads", headers) as response:
            if response.status != 201:
                raise await self._web.refused(response)
            self._place = response.headers.get("Location", "")
            self._beginnings += 1
            offset = _number(response, "Upload-Offset")
            body = await self._web.body(response)
        if not self._place.startswith("/") or not 0 <= offset <= self.size:
            raise SalonError(self._web.strange())
        try:
            self.evicts = tuple(msgspec.json.decode(body, type=_Beginning).evicts)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self.evicts = ()
        self.offset = self.acknowledged = offset
        self._announced()
        if offset < self.size:
            await asyncio.to_thread(self._slip.write, Begun(self._place, self._source.mark))

    async def _send(self) -> None:
        """Send from where the server stands to the end, in one request."""
        offset = self.acknowledged
        await self._source.hash_up_to(offset)
        stream = _Stream(self._source, offset)
        headers = {
            **_TUS,
            "Upload-Offset": str(offset),
            "Content-Type": _BODY,
            "Content-Length": str(self.size - offset),
        }
        try:
            async with asyncio.timeout(self._web.silence) as limit:
                async with self._web.request("PATCH", self._place, headers, stream.pieces(self, limit)) as response:
                    await self._finished(response)
        except (Cut, TimeoutError) as error:
            if stream.error is not None:
                raise stream.error from error
            if isinstance(error, Cut):
                raise
            raise Cut(refuse(LOST_SERVER, server=self._web.address)) from error

    async def _finished(self, response: ClientResponse) -> None:
        if response.status in (404, 409):  # another word on where it stands is to be had by asking
            raise Cut(refuse(LOST_SERVER, server=self._web.address))
        if response.status != 204:
            raise await self._web.refused(response)
        self.acknowledged = self.offset = _number(response, "Upload-Offset")
        if self.offset != self.size:
            raise Cut(refuse(LOST_SERVER, server=self._web.address))

    async def discard(self) -> None:
        """Have the server forget it, where it can be told."""
        if self._place and self.acknowledged < self.size:
            try:
                async with asyncio.timeout(self._web.silence), self._web.request("DELETE", self._place, _TUS):
                    pass
            except (Cut, TimeoutError):
                pass  # it expires there by itself
        await asyncio.to_thread(self._slip.throw_away)
        await self.close()

    async def close(self) -> None:
        """Let go of the file. What the server has stays there for a day."""
        self._slip.close()
        await asyncio.to_thread(self._source.close)


class _Stream:
    """A request's body. `error` is why the file could not be read to its end."""

    def __init__(self, source: Source, offset: int) -> None:
        self.error: SalonError | None = None
        self._source = source
        self._offset = offset

    async def pieces(self, upload: Upload, limit: asyncio.Timeout) -> AsyncIterator[memoryview]:
        """The bytes; each that is taken from us is a sign of life of the line."""
        loop = asyncio.get_running_loop()
        silence = upload._web.silence
        try:
            async for piece in self._source.pieces(self._offset):
                yield piece
                self._offset += len(piece)
                upload.offset = self._offset
                limit.reschedule(loop.time() + silence)
        except SalonError as error:
            self.error = error
            raise


def _encoded(metadata: Mapping[str, str]) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())


def _number(response: ClientResponse, header: str) -> int:
    text = response.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() else -1
