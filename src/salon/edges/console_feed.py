"""What one open console is told, and what it asks for.

Nothing waits for it and nothing is kept for it: it looks at the happenings from its cursor and at the state as it is,
each time it has taken what it was given before. A page that does not read misses some, and is told how many.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from salon import __version__
from salon.errors import INTERNAL, Refusal, SalonError, refuse
from salon.ground.tasks import Tasks
from salon.hall.hall import Hall
from salon.hall.overview import Overview
from salon.wire import console
from salon.wire.console import Announce, Done, Hello, Order, Ping, Problem, SendOut, State, Unshelve, encode, log_of

log = logging.getLogger("salon")

_STATE_SECONDS = 1.0  # between two looks at the state
_LOG_SECONDS = 0.1  # between two lots of happenings: a thousand a second come a hundred at a time
_FIRST_LINES = 1_000  # for a page that is opened: what happened before
_LINES = 500  # at a time: five times what is promised, and more than anybody reads; the rest is counted


class Feed:
    """One open console, from `async with` on."""

    def __init__(self, hall: Hall, overview: Overview, ws: web.WebSocketResponse, since: int | None) -> None:
        self._hall = hall
        self._overview = overview
        self._ws = ws
        self._watcher = hall.happenings.watch(since)
        self._tasks = Tasks()
        self._shown = State()
        self._most = _FIRST_LINES

    async def __aenter__(self) -> Feed:
        hall = self._hall
        now = hall.clock()
        await self._send(encode(Hello(__version__, hall.began, hall.began, now, hall.happenings.private)))
        self._tasks.start(self._until_gone(self._tell_state))
        self._tasks.start(self._until_gone(self._tell_log))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watcher.close()
        await self._tasks.close()

    # what it is told

    async def _until_gone(self, tell: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Tell again and again, until the page is gone."""
        try:
            while not self._ws.closed:
                await tell()
        except ConnectionError:
            pass

    async def _tell_state(self) -> None:
        try:
            state = await self._overview.look()
        except SalonError as error:
            log.error("The operator's console has no view: %s", error)
        else:
            changed = _changes(self._shown, state)
            self._shown = state
            if changed is not None:
                await self._send(encode(changed))
        await asyncio.sleep(_STATE_SECONDS)

    async def _tell_log(self) -> None:
        await self._watcher.news()
        taken = self._watcher.take(self._most)
        self._most = _LINES
        await self._send(encode(log_of(self._watcher.cursor, taken.missed, taken.happenings)))
        await asyncio.sleep(_LOG_SECONDS)

    async def _send(self, document: bytes) -> None:
        """Send it, and wait while the page has not taken what came before."""
        await self._ws.send_frame(document, WSMsgType.TEXT)

    # what it asks

    async def obey(self, data: bytes) -> None:
        """Do what the page asks, and answer."""
        order = console.order_of(data)
        if isinstance(order, Ping):
            await self._send(console.PONG)
            return
        order_id, refusal = "", order if isinstance(order, Refusal) else None
        if not isinstance(order, Refusal):
            order_id = order.id
            try:
                refusal = await self._do(order)
            except SalonError as error:
                refusal = error.refusal
            except Exception:
                log.exception("The operator's order could not be carried out.")
                refusal = refuse(INTERNAL)
        await self._send(encode(Problem(order_id, refusal.code, refusal.message) if refusal else Done(order_id)))

    async def _do(self, order: Order) -> Refusal | None:
        operating = self._hall.operating
        match order:
            case SendOut(name):
                return operating.send_out(name)
            case Unshelve(room, name):
                return await operating.unshelve(room, name)
            case Announce(text):
                return operating.announce(text)
            case _:
                return None


def _changes(before: State, now: State) -> State | None:
    """What of the state is otherwise than it was; None where nothing is."""
    changed = {
        name: value
        for name, value in msgspec.structs.asdict(now).items()
        if value is not None and value != getattr(before, name)
    }
    return State(**changed) if changed else None
