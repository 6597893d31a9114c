"""HTTP behind the door, by aiohttp: the first page, health, metrics, and the way to the WebSocket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import cast

from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from salon import __version__
from salon.core.limits import HIGH_WATER
from salon.core.names import LOBBY
from salon.edges import files, pages, passes, quic, uploads
from salon.edges.answering import HALL, OPENER, SHELVING
from salon.edges.console import Console
from salon.edges.metrics import metrics_text
from salon.edges.websocket import converse
from salon.errors import FOREIGN_PAGE, Refusal, SalonError, refuse
from salon.ground.web import SAFETY, WebBuild
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.hall.shelving import Shelving
from salon.wire.origin import admits


def _own_mistake(record: logging.LogRecord) -> bool:
    """Whether this is worth a line: what a client sends that is not HTTP is answered with 400, and no more."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_log = logging.getLogger("salon.http")
_log.addFilter(_own_mistake)

_KEEPALIVE_SECONDS = 75.0
# What every answer carries. What people put on a shelf must not run as if it were ours, so only our own pages (`pages`)
# are given the policy under which scripts run.
_HEADERS = {
    **SAFETY,
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class HttpConnection(asyncio.Protocol):
    """A connection that aiohttp serves: everything is passed on, and what concerns a WebSocket's session is tapped.

    `session` is set while the connection is a WebSocket: then the transport's pauses are the session's.
    """

    __slots__ = ("_handler", "_transport", "named", "session")

    def __init__(self, handler: asyncio.Protocol) -> None:
        self._handler = handler
        self.named = False  # a whole request has come
        self.session: Session | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        self._handler.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._handler.data_received(data)

    def eof_received(self) -> bool | None:
        return self._handler.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self._handler.connection_lost(error)

    def pause_writing(self) -> None:
        self._handler.pause_writing()
        if self.session is not None:
            self.session.park()

    def resume_writing(self) -> None:
        self._handler.resume_writing()
        if self.session is not None:
            self.session.unpark()

    def refuse(self, why: Refusal) -> None:
        """The request took too long to come."""
        body = f"{why.message}\n".encode()
        head = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self._transport.close()


class Http:
    """aiohttp's side of the server: started once, then asked for a protocol per connection."""

    def __init__(
        self,
        hall: Hall,
        shelving: Shelving,
        names: Collection[str],
        opener: quic.Opener | None = None,
        console: Console | None = None,
    ) -> None:
        app = web.Application(middlewares=[_guard(frozenset(name.lower() for name in names))])
        app[HALL] = hall
        app[SHELVING] = shelving
        app[OPENER] = opener
        build = WebBuild()
        pages.add_routes(app, build)
        app.router.add_get("/ws", _websocket)
        app.router.add_get("/healthz", _healthz)
        app.router.add_get("/metrics", _metrics)
        files.add_routes(app)
        passes.add_routes(app)
        uploads.add_routes(app)
        quic.add_routes(app)
        if console is not None:
            console.add_routes(app, build)
        self._runner = web.AppRunner(
            app, access_log=None, logger=_log, keepalive_timeout=_KEEPALIVE_SECONDS, shutdown_timeout=1.0
        )

    async def start(self) -> None:
        await self._runner.setup()

    def connection(self) -> HttpConnection:
        """The protocol for a new connection."""
        server = self._runner.server
        assert server is not None  # noqa: S101 -- `start` was awaited
        return HttpConnection(server())

    async def close(self) -> None:
        await self._runner.cleanup()


def _guard(names: Collection[str]) -> Middleware:
    """`Host` and `Origin` are looked at before anything else, on everything."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        connection = _connection(request)
        if connection is not None:
            connection.named = True
        if not admits(request.headers.get("Host"), request.headers.get("Origin"), names):
            refusal = refuse(FOREIGN_PAGE)
            _note(request, refusal)
            return web.Response(status=403, text=refusal.message + "\n", headers=_HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(_HEADERS)
            raise
        except (ConnectionError, HttpProcessingError):  # no mistake of ours: whoever asked is gone, or sends no HTTP
            return web.Response(status=400, headers=_HEADERS)
        _note(request, getattr(response, "refusal", None))
        if not response.prepared:
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return guard


def _note(request: web.Request, refusal: Refusal | None) -> None:
    """The operator hears of what is refused."""
    if refusal is not None:
        request.app[HALL].happenings.refused(request.remote or "", refusal.code, refusal.message)


def _connection(request: web.Request) -> HttpConnection | None:
    transport = request.transport
    protocol = transport.get_protocol() if transport is not None else None
    return protocol if isinstance(protocol, HttpConnection) else None


async def _websocket(request: web.Request) -> web.StreamResponse:
    connection = _connection(request)
    if connection is None:
        raise web.HTTPServiceUnavailable
    return await converse(request.app[HALL], request, connection)


async def _healthz(request: web.Request) -> web.Response:
    """200 while the store answers."""
    try:
        await request.app[HALL].store.load(LOBBY)
    except SalonError as error:
        return web.json_response({"status": "failed", "message": error.refusal.message}, status=503)
    return web.json_response({"status": "ok", "version": __version__}, headers={"Cache-Control": "no-store"})


async def _metrics(request: web.Request) -> web.Response:
    text = metrics_text(request.app[HALL])
    return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
