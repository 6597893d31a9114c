"""HTTP of the page's that is meant for the server: files to look at, uploads. Passed on in pieces, never as a whole."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, hdrs, web
from yarl import URL

from salon.client.address import Address

PREFIXES = ("/rooms/{rest:.*}", "/uploads", "/uploads/{rest:.*}")

_CONNECT_SECONDS = 5.0
_SILENCE_SECONDS = 60.0
_PIECE_BYTES = 1 << 18
# What is between us and one neighbour alone (RFC 9110, section 7.6.1), and what is nobody's business but ours.
_OURS = frozenset(
    name.lower()
    for name in (
        hdrs.CONNECTION,
        hdrs.KEEP_ALIVE,
        hdrs.PROXY_AUTHENTICATE,
        hdrs.PROXY_AUTHORIZATION,
        hdrs.TE,
        hdrs.TRAILER,
        hdrs.TRANSFER_ENCODING,
        hdrs.UPGRADE,
        hdrs.HOST,
        hdrs.COOKIE,
        hdrs.SET_COOKIE,
        hdrs.ORIGIN,
        hdrs.REFERER,
    )
)


class Proxy:
    """Passes requests on to the server that the page has chosen. `server` tells which that is now, if any."""

    def __init__(self, server: Callable[[], Address | None]) -> None:
        self._server = server
        self._session = ClientSession(
            connector=TCPConnector(limit=0),
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS),
            auto_decompress=False,
            read_bufsize=_PIECE_BYTES,
            skip_auto_headers=(hdrs.USER_AGENT, hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE),
        )

    async def close(self) -> None:
        await self._session.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request and its answer. Raises HTTPBadGateway where the server cannot be reached."""
        server = self._server()
        if server is None:
            raise web.HTTPBadGateway
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
        headers["Host"] = server.http_host
        url = URL(f"http://{server}{request.raw_path}", encoded=True)
        body = request.content if request.body_exists else None
        response: web.StreamResponse | None = None
        try:
            async with self._session.request(
                request.method, url, headers=headers, data=body, allow_redirects=False
            ) as answer:
                response = web.StreamResponse(status=answer.status, reason=answer.reason)
                for name, value in answer.headers.items():
                    if name.lower() not in _OURS:
                        response.headers.add(name, value)
                await response.prepare(request)
                async for piece in answer.content.iter_chunked(_PIECE_BYTES):
                    await response.write(piece)
                await response.write_eof()
                return response
        except (ClientError, TimeoutError, ConnectionError) as error:
            if response is not None and response.prepared:
                # Half of an answer: the page must not take it for a whole one.
                if request.transport is not None:
                    request.transport.abort()
                return response
            raise web.HTTPBadGateway from error
