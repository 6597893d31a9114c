"""One file on its way down: ranges over HTTP, from what stands in its part."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from aiohttp import ClientResponse

from salon.client.transfers.part import Part, open_part
from salon.client.transfers.trouble import Cut
from salon.client.transfers.web import Web
from salon.core.filenames import SafeName
from salon.errors import BYTES_DIFFER, LOST_SERVER, SalonError, refuse

_TAG = re.compile(r'"([0-9a-f]{64})"')
_VERSIONS = 5  # how often a file may become another while we get it
_TRIES = 2  # to get the right bytes, the second time from zero


class Download:
    """Gets a room's file to `target`. `run` may be broken off and called again.

    saved  where it stands, in the end
    """

    evicts = ()
    path = "TCP"

    def __init__(self, web: Web, name: SafeName, room: str, target: Path, *, replace: bool) -> None:
        self.size: int | None = None
        self.sha256 = ""
        self.saved = ""
        self._web = web
        self._name = name
        self._path = web.url("rooms", room, "files", name)
        self._target = target
        self._replace = replace
        self._part: Part | None = None
        self._versions = 0
        self._tries = 0
        self._whole = False

    @property
    def offset(self) -> int:
        """Bytes that are there."""
        return self._part.offset if self._part is not None else 0

    acknowledged = offset

    async def run(self) -> None:
        """Get what is missing. Raises Cut where another attempt is worth it, else SalonError."""
        while not self.saved:
            part = self._part or await self._look()
            if not self._whole:
                if not await self._fetch(part):
                    await self._forget(part)
                    continue
                self._whole = True
            if await part.digest() == self.sha256:
                self.saved = str(await asyncio.to_thread(part.place, replace=self._replace))
            else:
                await self._begin_again(part)

    async def _look(self) -> Part:
        """Learn which bytes are meant, and what of them stands here already."""
        async with self._web.request("HEAD", self._path) as response:
            if response.status != 200:
                await self._refuse(response)
            tag = _TAG.fullmatch(response.headers.get("ETag", ""))
            size = response.headers.get("Content-Length", "")
        if tag is None or not (size.isascii() and size.isdigit()):
            raise SalonError(self._web.strange())
        self.sha256, self.size = tag[1], int(size)
        self._part = part = await asyncio.to_thread(open_part, self._target, self.sha256, self.size)
        self._whole = part.offset == self.size > 0
        return part

    async def _refuse(self, response: ClientResponse) -> None:
        """Raise what this answer says. One to HEAD says it without words: ask again."""
        async with self._web.request("GET", self._path, {"Range": "bytes=0-0"}) as spoken:
            if spoken.status < 400:
                raise Cut(refuse(LOST_SERVER, server=self._web.address))
            raise await self._web.refused(spoken)

    async def _fetch(self, part: Part) -> bool:
        """Receive what is missing; False where the file is another one now."""
        begin = part.offset
        headers = {"Range": f"bytes={begin}-", "If-Range": f'"{self.sha256}"'} if begin else {}
        async with self._web.request("GET", self._path, headers) as response:
            if response.status not in (200, 206):
                raise await self._web.refused(response)
            if response.headers.get("ETag") != f'"{self.sha256}"':
                return False
            if response.status == 200 and begin:
                await part.empty()
            elif response.status == 206 and not response.headers.get("Content-Range", "").startswith(f"bytes {begin}-"):
                raise SalonError(self._web.strange())
            await self._receive(part, response, self.size or 0)
        if part.offset != self.size:
            raise Cut(refuse(LOST_SERVER, server=self._web.address))
        return True

    async def _receive(self, part: Part, response: ClientResponse, size: int) -> None:
        while data := await response.content.readany():
            if part.offset + len(data) > size:
                raise SalonError(self._web.strange())
            part.take(data)
            await part.room()

    async def _forget(self, part: Part) -> None:
        """The file is another one now: what stands here is nobody's any more."""
        await part.discard()
        self._part = None
        self._versions += 1
        if self._versions > _VERSIONS:
            raise Cut(refuse(LOST_SERVER, server=self._web.address))

    async def _begin_again(self, part: Part) -> None:
        self._tries += 1
        if self._tries >= _TRIES:
            raise SalonError(refuse(BYTES_DIFFER, name=self._name))
        await part.empty()
        self._whole = False

    async def discard(self) -> None:
        """Throw away what stands here."""
        if self._part is not None:
            await self._part.discard()

    async def close(self) -> None:
        """Leave what stands here to be gone on with."""
        if self._part is not None:
            await self._part.close()
