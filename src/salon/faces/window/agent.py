"""The agent behind a window: it serves the page on 127.0.0.1, passes on what is the server's, and does the rest."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec import Struct

from salon.client.address import Address, parse_address
from salon.errors import NO_SPACE, SalonError, refuse
from salon.faces.window.feed import Feed
from salon.faces.window.gate import Gate
from salon.faces.window.keeping import Kept
from salon.faces.window.natives import Natives
from salon.faces.window.passing import pass_on
from salon.faces.window.proxy import PREFIXES, Proxy
from salon.faces.window.reaching import reach
from salon.faces.window.words import (
    Cancel,
    Done,
    End,
    Errand,
    Get,
    Hello,
    Keep,
    News,
    Pause,
    Proceed,
    Reach,
    Request,
    Session,
    Share,
    Told,
)
from salon.ground.web import NO_BUILD, SAFETY, WebBuild

_MARK = '<meta name="salon-agent" content="1" />'  # by which a page knows that an agent serves it
_MANIFEST = re.compile(r"<link rel=\"manifest\"[^>]*>")  # asked for without a cookie; a window is installed already
_GOODBYE_SECONDS = 1.0


class Wishes(Struct, frozen=True):
    """How a window begins.

    server   the address that is offered first
    name     who the person is
    folder   where downloads go
    kept     where the page's memory is kept; nowhere where it is None
    page     the page of the build
    halt_at  the share of each download at which it stands still until somebody has it proceed; 0 for none
    """

    server: str
    name: str
    folder: Path
    kept: Path | None
    page: str = "/index.html"
    halt_at: float = 0


class Agent:
    """Serves one window. `ended` is set when its person has logged out; `pages` tells how many pages look at it."""

    def __init__(self, wishes: Wishes, pages: Callable[[int], None]) -> None:
        self.gate = Gate()
        self.ended = asyncio.Event()
        self._wishes = wishes
        self._server: Address | None = None
        self._build = WebBuild()
        self._kept = Kept(wishes.kept)
        self._feed = Feed(self._run, self._first, pages)
        self._natives = Natives(wishes.folder, self._feed.tell, wishes.halt_at)
        self._proxy = Proxy(lambda: self._server)
        self._lines = 0  # connections of the page's to the server
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=_GOODBYE_SECONDS)
        self._errands: dict[type[Errand], Callable[[Any], Awaitable[Done]]] = {
            Reach: self._reach,
            Session: self._session,
            Get: self._get,
            Request: self._request,
            Pause: self._pause,
            Proceed: self._proceed,
            Cancel: self._cancel,
            Share: self._share,
            Keep: self._keep,
            End: self._end,
        }

    # coming and going

    async def open(self) -> None:
        """Listen, at any free port."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.gate.open(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Stop everything where it is. What is not done can be gone on with."""
        await self._feed.close()
        await self._natives.close()
        await self._kept.write()
        await self._proxy.close()
        await self._runner.cleanup()

    # what a browser asks

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self.gate.middleware()])
        app.on_response_prepare.append(_make_safe)
        app.router.add_get("/ws", self._pass_on)
        app.router.add_get("/agent", self._feed.serve)
        for prefix in PREFIXES:
            app.router.add_route("*", prefix, self._proxy.handle)
        app.router.add_get("/{path:.*}", self._page)
        return app

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if self._server is None:
            raise web.HTTPBadGateway
        self._lines += 1
        self._quiet.clear()
        try:
            return await pass_on(request, self._server)
        finally:
            self._lines -= 1
            if not self._lines:
                self._quiet.set()

    async def _page(self, request: web.Request) -> web.Response:
        if request.path == "/":
            return self._first_page()
        file = self._build.find(request.path)
        if file is None:
            raise web.HTTPNotFound
        answer = file.answer(request.headers.get("Accept-Encoding"), request.headers.get("If-None-Match"))
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    def _first_page(self) -> web.Response:
        file = self._build.find(self._wishes.page)
        if file is None:
            raise web.HTTPNotFound(text=NO_BUILD)
        html = _MANIFEST.sub("", file.body.decode()).replace("</head>", f"{_MARK}</head>", 1)
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})

    # what the page asks

    def _first(self) -> Iterator[News]:
        wishes = self._wishes
        server = wishes.server or self._kept.last_server()
        yield Hello(server, wishes.name, str(wishes.folder), str(Path.home()), self._natives.shared)
        yield from self._natives.all()

    async def _run(self, errand: Errand) -> Done:
        return await self._errands[type(errand)](errand)

    async def _reach(self, errand: Reach) -> Done:
        server = parse_address(errand.address)
        await reach(server)
        await self._natives.reach(server)
        self._server = server
        return Done(errand.id, address=str(server), kept=await self._kept.open(server))

    async def _session(self, errand: Session) -> Done:
        await self._natives.session(errand)
        return Done(errand.id)

    async def _get(self, errand: Get) -> Done:
        return Done(errand.id, number=await self._natives.get(errand))

    async def _request(self, errand: Request) -> Done:
        return Done(errand.id, number=await self._natives.request(errand))

    async def _share(self, errand: Share) -> Done:
        flaw = await self._natives.share(errand.folder)
        if flaw is not None:
            self._feed.tell(Told(flaw.message, flaw.code))
        return Done(errand.id, folder=self._natives.shared)

    async def _pause(self, errand: Pause) -> Done:
        self._natives.job(errand.number).pause()
        return Done(errand.id)

    async def _proceed(self, errand: Proceed) -> Done:
        self._natives.job(errand.number).proceed()
        return Done(errand.id)

    async def _cancel(self, errand: Cancel) -> Done:
        self._natives.job(errand.number).cancel()
        return Done(errand.id)

    async def _keep(self, errand: Keep) -> Done:
        if not self._kept.put(errand.key, errand.value):
            raise SalonError(refuse(NO_SPACE, name=errand.key, size=len(errand.value or "")))
        await self._kept.write()
        return Done(errand.id)

    async def _end(self, errand: End) -> Done:
        """What the page said last to the server, its goodbye, goes out before the window is closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self._quiet.wait()
        self.ended.set()
        return Done(errand.id)


async def _make_safe(_request: web.Request, response: web.StreamResponse) -> None:
    """What the server said of its own files stands; all else is the page's."""
    for name, value in SAFETY.items():
        response.headers.setdefault(name, value)
