"""The server over HTTP. The only module of transfers that knows aiohttp; imported when a transfer begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import (
    ClientError,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from salon.client.address import Address
from salon.client.connection import reason
from salon.client.link import refusal_of
from salon.client.transfers.access import Access
from salon.client.transfers.files import File
from salon.client.transfers.trouble import Cut
from salon.core.limits import MIB
from salon.errors import (
    BAD_TICKET,
    CLOSING,
    INTERNAL,
    LOST_SERVER,
    NO_SERVER,
    STORAGE_FAILED,
    TOO_MANY_UPLOADS,
    Refusal,
    SalonError,
    refuse,
)
from salon.wire.answers import Error

CONNECT_SECONDS = 5.0
READ_AHEAD_BYTES = 1 * MIB  # that a connection holds for us; with less, receiving stops and starts all the time
_ANSWER_BYTES = 64 * MIB  # a list of a hundred thousand files
# What passes by itself, so that asking again helps without anybody doing anything.
_PASSING = {problem.code for problem in (BAD_TICKET, CLOSING, INTERNAL, STORAGE_FAILED, TOO_MANY_UPLOADS)}


class Web:
    """One server's HTTP side, for one person.

    silence  seconds without a byte after which a line is given up
    reached  whether it has ever answered
    """

    def __init__(self, address: Address, access: Access, silence: float) -> None:
        self.address = address
        self.access = access
        self.silence = silence
        self.reached = False
        self._base = URL(f"http://{address}", encoded=True)
        self._session = ClientSession(
            connector=TCPConnector(limit=0),
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence),
            headers={"Accept-Encoding": "identity", "User-Agent": "salon"},
            auto_decompress=False,
            read_bufsize=READ_AHEAD_BYTES,
        )

    async def close(self) -> None:
        await self._session.close()

    def url(self, *parts: str) -> str:
        """The path of these parts; whatever they hold, each stays one."""
        return "".join(f"/{quote(part, safe='')}" for part in parts)

    @asynccontextmanager
    async def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, data: Any = None
    ) -> AsyncIterator[ClientResponse]:
        """The answer to a request. Raises Cut where the line breaks, here or while the answer is read."""
        url = self._base.join(URL(path, encoded=True))
        try:
            async with self._session.request(
                method, url, headers={**self.access.headers(), **(headers or {})}, data=data, allow_redirects=False
            ) as response:
                self.reached = True
                yield response
        except ClientResponseError as error:  # no HTTP, or none that can be understood
            raise SalonError(self.strange()) from error
        except (ClientError, TimeoutError, OSError) as error:
            raise self._cut(error) from error

    def _cut(self, error: Exception) -> Cut:
        if self.reached:
            return Cut(refuse(LOST_SERVER, server=self.address))
        return Cut(refuse(NO_SERVER, server=self.address, why=reason(getattr(error, "os_error", error))))

    async def refused(self, response: ClientResponse) -> SalonError | Cut:
        """What to raise for this answer: a Cut where it passes by itself."""
        refusal = await self._refusal(response)
        if refusal is None:
            why = f"something else than Salon answers there (HTTP {response.status})"
            refusal = refuse(NO_SERVER, server=self.address, why=why)
            passing = response.status >= 500  # a proxy whose server is away
        else:
            passing = refusal.code in _PASSING
        return Cut(refusal) if passing else SalonError(refusal)

    async def _refusal(self, response: ClientResponse) -> Refusal | None:
        try:
            return refusal_of(msgspec.json.decode(await self.body(response), type=Error))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None

    async def files(self, room: str) -> list[File]:
        """A room's files, newest first, then the operator's library. Raises Cut or SalonError."""
        async with self.request("GET", self.url("rooms", room, "files")) as response:
            if response.status != 200:
                raise await self.refused(response)
            body = await self.body(response)
        try:
            return msgspec.json.decode(body, type=list[File])
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise SalonError(self.strange()) from error

    def strange(self) -> Refusal:
        """What answers is no Salon."""
        return refuse(NO_SERVER, server=self.address, why="something else than Salon answers there")

    async def body(self, response: ClientResponse) -> bytes:
        """The whole of a small answer."""
        pieces, size = [], 0
        async for piece in response.content.iter_any():
            pieces.append(piece)
            size += len(piece)
            if size > _ANSWER_BYTES:
                raise SalonError(refuse(NO_SERVER, server=self.address, why="it says too much"))
        return b"".join(pieces)
