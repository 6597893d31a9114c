"""An agent of a window in this process, and a page that talks to it as a page does."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType

from salon.faces.window.agent import Agent, Wishes
from salon.ground.tasks import Tasks
from tests.support.servers import PATIENCE

SECRET = "a9e27" * 6 + "00"
Fields = dict[str, Any]


class Page:
    """A page that was let in. `news` is all that the agent has told it."""

    def __init__(self, session: ClientSession, base: str, ws: ClientWebSocketResponse, tasks: Tasks) -> None:
        self.session = session
        self.base = base
        self.ws = ws
        self.news: list[tuple[str, Fields]] = []
        self._ids = itertools.count(1)
        self._came = asyncio.Event()
        tasks.start(self._listen())

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": self.base}

    async def _listen(self) -> None:
        async for message in self.ws:
            if message.type is WSMsgType.TEXT:
                document = json.loads(message.data)
                self.news.append((document["type"], document["payload"]))
                self._came.set()

    async def until(self, wanted: Callable[[str, Fields], object]) -> Fields:
        """The first news that is so, told already or yet to come."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for kind, fields in self.news:
                    if wanted(kind, fields):
                        return fields
                self._came.clear()
                await self._came.wait()

    async def ask(self, kind: str, **fields: Any) -> tuple[str, Fields]:
        """An errand's answer: `done` or `refused`, and its fields."""
        number = str(next(self._ids))
        await self.ws.send_json({"type": kind, "payload": {**fields, "id": number}})
        answer = await self.until(lambda _, news: news.get("id") == number)
        return next(kind for kind, news in self.news if news is answer), answer

    async def done(self, kind: str, **fields: Any) -> Fields:
        what, answer = await self.ask(kind, **fields)
        assert what == "done", answer
        return answer

    async def refused(self, kind: str, **fields: Any) -> str:
        """The code of why it was not done."""
        what, answer = await self.ask(kind, **fields)
        assert what == "refused", answer
        return str(answer["code"])

    async def moved(self, number: int, state: str) -> Fields:
        """A transfer once it is in this state."""
        return await self.until(
            lambda kind, news: kind == "moved" and (news["number"], news["state"]) == (number, state)
        )

    async def sign_in(self, address: object, name: str = "ann", secret: str = SECRET) -> None:
        """Reach the server and say who one is, as a page does once the server has let it in."""
        await self.done("reach", address=str(address))
        await self.done("session", name=name, secret=secret)


@asynccontextmanager
async def agent(folder: Path, *, kept: Path | None = None, halt_at: float = 0, **wishes: str) -> AsyncIterator[Agent]:
    """An agent whose downloads go into this folder."""
    one = Agent(
        Wishes(wishes.get("server", ""), wishes.get("name", ""), folder, kept, halt_at=halt_at), lambda _pages: None
    )
    await one.open()
    try:
        yield one
    finally:
        await one.close()


@asynccontextmanager
async def paging(one: Agent) -> AsyncIterator[Page]:
    """A page that came by the agent's link."""
    tasks = Tasks()
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        async with session.get(one.gate.link) as response:
            assert response.status == 200, await response.text()
        async with session.ws_connect(f"{one.gate.address}/agent", headers={"Origin": one.gate.address}) as ws:
            page = Page(session, one.gate.address, ws, tasks)
            yield page
    await tasks.close()


@asynccontextmanager
async def loaded_again(page: Page) -> AsyncIterator[Page]:
    """A second page in the same browser."""
    tasks = Tasks()
    async with page.session.ws_connect(f"{page.base}/agent", headers=page.origin) as ws:
        yield Page(page.session, page.base, ws, tasks)
    await tasks.close()
