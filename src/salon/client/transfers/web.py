"""The server over HTTP, for what is sent there. The only module here that knows aiohttp; imported when that begins."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

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
from salon.client.reasons import reason
from salon.client.transfers.access import Access
from salon.client.transfers.files import File
from salon.client.transfers.plain import Plain
from salon.client.transfers.refusals import refused, strange
from salon.client.transfers.trouble import Cut
from salon.core.limits import KIB
from salon.errors import LOST_SERVER, NO_SERVER, Refusal, SalonError, refuse

CONNECT_SECONDS = 5.0
_ANSWER_BYTES = 64 * KIB  # where to send it, or a refusal


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
            headers={"Host": address.http_host, "Accept-Encoding": "identity", "User-Agent": "salon"},
            auto_decompress=False,
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
        """What to raise for this answer."""
        return refused(self.address, response.status, await self.body(response))

    async def files(self, room: str) -> list[File]:
        """See `Plain.files`."""
        return await Plain(self.address, self.access, self.silence).files(room)

    def strange(self) -> Refusal:
        """What answers is no Salon."""
        return strange(self.address)

    async def body(self, response: ClientResponse) -> bytes:
        """The whole of a small answer."""
        pieces, size = [], 0
        async for piece in response.content.iter_any():
            pieces.append(piece)
            size += len(piece)
            if size > _ANSWER_BYTES:
                raise SalonError(refuse(NO_SERVER, server=self.address, why="it says too much"))
        return b"".join(pieces)
