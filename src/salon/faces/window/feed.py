"""The line between a page and its agent: errands from the page, news to all pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import msgspec
from aiohttp import WSMsgType, web

from salon.errors import BAD_DOCUMENT, SalonError, refuse
from salon.faces.window.words import MOST_BYTES, Done, Errand, News, decode, encode, refused
from salon.ground.tasks import Tasks

_PULSE_SECONDS = 20.0  # a page that does not answer this long is gone, and so is what it was not told


class Feed:
    """Every page that is open. A page is one WebSocket; it may be loaded again at any time.

    run      does an errand; what it raises as SalonError is told to the page
    first    what a new page is told
    changed  is called with the number of pages whenever that is another
    """

    def __init__(
        self,
        run: Callable[[Errand], Awaitable[Done]],
        first: Callable[[], Iterable[News]],
        changed: Callable[[int], None],
    ) -> None:
        self._run = run
        self._first = first
        self._changed = changed
        self._pages: dict[web.WebSocketResponse, asyncio.Queue[News]] = {}
        self._tasks = Tasks()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One page, until it goes."""
        ws = web.WebSocketResponse(heartbeat=_PULSE_SECONDS, max_msg_size=MOST_BYTES, compress=False)
        await ws.prepare(request)
        news = self._pages[ws] = asyncio.Queue()
        writing = self._tasks.start(_write(ws, news))
        self._changed(len(self._pages))
        try:
            for one in self._first():
                news.put_nowait(one)
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    news.put_nowait(await self._answer(message.data.encode()))
        finally:
            writing.cancel()
            del self._pages[ws]
            self._changed(len(self._pages))
        return ws

    async def _answer(self, data: bytes) -> News:
        try:
            errand = decode(data)
        except (msgspec.MsgspecError, KeyError, UnicodeDecodeError) as error:
            return refused("", refuse(BAD_DOCUMENT, why=error))
        try:
            return await self._run(errand)
        except SalonError as error:
            return refused(errand.id, error.refusal)

    def tell(self, news: News) -> None:
        """Tell every page."""
        for queue in self._pages.values():
            queue.put_nowait(news)

    async def close(self) -> None:
        """End every page's line."""
        for ws in list(self._pages):
            await ws.close()
        await self._tasks.close()


async def _write(ws: web.WebSocketResponse, news: asyncio.Queue[News]) -> None:
    try:
        while True:
            await ws.send_str(encode(await news.get()))
    except ConnectionError:
        return  # it has gone; `serve` notices that too
