"""One file on its way down: what its part lacks, over UDP where that is wanted and goes, else in ranges over HTTP."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from salon.client.transfers.part import Part, open_part
from salon.client.transfers.plain import Plain, path_of
from salon.client.transfers.refusals import strange
from salon.client.transfers.trouble import Another, Cut, Detour, Halt
from salon.core.filenames import SafeName
from salon.errors import BYTES_DIFFER, LOST_SERVER, Refusal, SalonError, refuse
from salon.wire.fetching import Fetch

if TYPE_CHECKING:
    from salon.client.transfers.udp import Udp

_TAG = re.compile(r'"([0-9a-f]{64})"')
_VERSIONS = 5  # how often a file may become another while we get it
_TRIES = 2  # to get the right bytes, the second time from zero


class Download:
    """Gets a room's file to `target`. `run` may be broken off and called again.

    saved     where it stands, in the end
    path      over what it goes, or went last
    detour    why it does not go over UDP, where it should
    halt_at   the share of the file, between 0 and 1, at which it stands still once
    """

    evicts = ()

    def __init__(
        self,
        server: Plain,
        name: SafeName,
        room: str,
        target: Path,
        path_changed: Callable[[], None],
        *,
        replace: bool,
        udp: Udp | None = None,
        halt_at: float = 0,
    ) -> None:
        self.size: int | None = None
        self.sha256 = ""
        self.saved = ""
        self.path = ""
        self.detour: Refusal | None = None
        self._path_changed = path_changed
        self._server = server
        self._udp = udp
        self._halt_at = halt_at
        self._name = name
        self._room = room
        self._url = path_of("rooms", room, "files", name)
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

    @property
    def last_byte(self) -> int | None:
        """The byte before the offset, where one came."""
        return self._part.last if self._part is not None else None

    async def run(self) -> None:
        """Get what is missing. Raises Cut where another attempt is worth it, Halt at `halt_at`, else SalonError."""
        while not self.saved:
            part = self._part or await self._look()
            if not self._whole:
                try:
                    await self._fetch(part)
                except Another:
                    await self._forget(part)
                    continue
                self._whole = True
            if await part.digest() == self.sha256:
                self.saved = str(await asyncio.to_thread(part.place, replace=self._replace))
            else:
                await self._begin_again(part)

    async def _look(self) -> Part:
        """Learn which bytes are meant, and what of them stands here already."""
        answer = await self._server.ask("HEAD", self._url)
        if answer.status != 200:
            await self._refuse()
        tag = _TAG.fullmatch(answer.headers.get("ETag", ""))
        size = answer.headers.get("Content-Length", "")
        if tag is None or not (size.isascii() and size.isdigit()):
            raise SalonError(strange(self._server.address))
        self.sha256, self.size = tag[1], int(size)
        self._part = part = await asyncio.to_thread(open_part, self._target, self.sha256, self.size)
        self._whole = part.offset == self.size > 0
        return part

    async def _refuse(self) -> None:
        """Raise what was answered. An answer to HEAD says it without words: ask again."""
        async with self._server.request("GET", self._url, {"Range": "bytes=0-0"}) as spoken:
            if spoken.status < 400:
                raise self._cut()
            raise await spoken.refused()

    async def _fetch(self, part: Part) -> None:
        """Receive what is missing. Raises Another where the file is another one now, Halt, Cut or SalonError."""
        size, end = self.size or 0, self._end(part)
        if self._udp is None or not await self._over_udp(self._udp, part, end):
            self._go_over("TCP")
            await self._over_http(part, end)
        if part.offset == end < size:
            self._halt_at = 0
            raise Halt
        if part.offset != size:
            raise self._cut()

    def _end(self, part: Part) -> int:
        """How far to go now: to the end, or to where it is to stand still."""
        size = self.size or 0
        halt = math.ceil(size * self._halt_at)  # so that half of it has come, and not a byte less
        return halt if part.offset < halt else size

    async def _over_udp(self, udp: Udp, part: Part, end: int) -> bool:
        """Receive over UDP; False, with a reason, where that does not go."""
        size = self.size or 0
        wanted = Fetch(room=self._room, name=self._name, sha256=self.sha256, halts=end < size)
        try:
            async with udp.line() as line:
                self.detour = None
                self._go_over("UDP")
                await line.pour(wanted, part, end, size)
        except Detour as detour:
            self.detour = detour.refusal
            return False
        return True

    async def _over_http(self, part: Part, end: int) -> None:
        """Receive over HTTP."""
        begin, size = part.offset, self.size or 0
        headers = {"If-Range": f'"{self.sha256}"'}
        if begin or end < size:
            headers["Range"] = f"bytes={begin}-{end - 1 if end < size else ''}"
        async with self._server.request("GET", self._url, headers) as response:
            if response.status not in (200, 206):
                raise await response.refused()
            if response.headers.get("ETag") != f'"{self.sha256}"':
                raise Another
            if response.status == 200:
                end = size
                if begin:
                    await part.empty()
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {begin}-"):
                raise SalonError(strange(self._server.address))
            await response.pour(part, end)

    def _go_over(self, path: str) -> None:
        if path != self.path:
            self.path = path
            self._path_changed()

    def _cut(self) -> Cut:
        return Cut(refuse(LOST_SERVER, server=self._server.address))

    async def _forget(self, part: Part) -> None:
        """The file is another one now: what stands here is nobody's any more."""
        await part.discard()
        self._part = None
        self._versions += 1
        if self._versions > _VERSIONS:
            raise self._cut()

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
