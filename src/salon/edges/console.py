"""The operator's console: its page and its feed, which are there for whoever has the operator's key, and nobody else.

The link with the key is exchanged for a cookie, so that the key stands in no address bar. Without the cookie every path
is answered as one that does not exist. `Host` and `Origin` were looked at before anything here is asked (`http`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from salon.core.limits import CONSOLES, KIB
from salon.edges.answering import refusal_response
from salon.edges.console_feed import Feed
from salon.edges.pages import page_answer
from salon.errors import CONSOLES_FULL, WRONG_KEY, refuse
from salon.ground.web import NO_BUILD, WebBuild, WebFile
from salon.hall.hall import Hall
from salon.hall.overview import Gauges, Overview
from salon.wire.console import since_of
from salon.wire.operator import KEY_BYTES, PATH, cookie_name, cookie_of, opens, same_key

_PAGE = "/console.html"  # of the build
_ORDER_BYTES = 64 * KIB
_HEARTBEAT_SECONDS = 30.0  # a page whose machine fell asleep is let go of
# A page of ours that goes on to the console: a redirect that began at another site would not carry the cookie.
_ONWARDS: Final = f'<!doctype html><meta charset="utf-8"><title>Salon</title><p><a href="{PATH}">Console</a></p>\n'


class Console:
    """Its routes. `gauges` asks the machine for memory and disk."""

    def __init__(self, hall: Hall, key: str, gauges: Callable[[], Gauges]) -> None:
        self._hall = hall
        self._key = key
        self._cookie = cookie_name(key)
        self._file: WebFile | None = None
        self._overview = Overview(hall, gauges)
        self._open: set[web.WebSocketResponse] = set()
        self._passes: set[str] = set()

    def pass_once(self) -> str:
        """A key that is good once, for a window that this program opens: others may read a browser's command line."""
        key = secrets.token_urlsafe(KEY_BYTES)
        self._passes.add(key)
        return key

    def add_routes(self, app: web.Application, build: WebBuild) -> None:
        """The console's paths."""
        self._file = build.find(_PAGE)
        app.router.add_get(PATH, self._page)
        app.router.add_get(f"{PATH}/feed", self._feed)
        app.on_shutdown.append(self._close)

    def _admits(self, request: web.Request) -> bool:
        return opens(self._key, request.cookies.get(self._cookie, ""), self._hall.clock())

    async def _page(self, request: web.Request) -> web.Response:
        shown = request.query.get("key")
        if shown is not None:
            return self._exchange(request, shown)
        if not self._admits(request):
            raise web.HTTPNotFound
        if self._file is None:
            return web.Response(status=503, text=NO_BUILD)
        return await page_answer(request, self._file, **{"Cache-Control": "private, no-cache"})

    def _exchange(self, request: web.Request, shown: str) -> web.Response:
        """The key for a cookie."""
        once = next((key for key in self._passes if same_key(key, shown)), "")
        self._passes.discard(once)
        if not once and not same_key(self._key, shown):
            refusal = refuse(WRONG_KEY)
            self._hall.happenings.refused(request.remote or "", refusal.code, refusal.message)
            raise web.HTTPNotFound
        headers = {"Refresh": f"0; url={PATH}", "Cache-Control": "no-store"}
        response = web.Response(text=_ONWARDS, content_type="text/html", headers=headers)
        cookie = cookie_of(self._key, self._hall.clock())
        response.set_cookie(self._cookie, cookie, path=PATH, httponly=True, samesite="Strict")
        return response

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        if not self._admits(request):
            raise web.HTTPNotFound
        if len(self._open) >= CONSOLES:
            return refusal_response(refuse(CONSOLES_FULL, limit=CONSOLES), 503)
        ws = web.WebSocketResponse(compress=False, max_msg_size=_ORDER_BYTES, heartbeat=_HEARTBEAT_SECONDS)
        await ws.prepare(request)
        since = since_of(request.query.get("run", ""), request.query.get("since", ""), self._hall.began)
        self._open.add(ws)
        try:
            await self._serve(ws, since)
        finally:
            self._open.discard(ws)
        return ws

    async def _serve(self, ws: web.WebSocketResponse, since: int | None) -> None:
        """Tell the page what happens and do what it asks, until either side ends it."""
        async with Feed(self._hall, self._overview, ws, since) as feed:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    await feed.obey(message.data.encode())

    async def _close(self, _app: web.Application) -> None:
        for ws in list(self._open):
            await ws.close(code=WSCloseCode.GOING_AWAY)
