"""A server with an operator's console on a real port, and pages that are open on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, DummyCookieJar, WSMsgType

from salon.edges.console import Console
from salon.edges.documents import DocumentsConnection
from salon.edges.door import Door
from salon.edges.http import Http
from salon.wire.handshake import Language
from tests.support.shelves import Shelves

KEY = "k" * 43
PATIENCE = 10.0


@dataclass
class Page:
    """An open console."""

    ws: ClientWebSocketResponse
    passed: list[dict[str, Any]] = field(default_factory=list)

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next document of this type; those of other types that came before it are heard later."""
        for document in self.passed:
            if document["type"] == kind:
                self.passed.remove(document)
                return dict(document["payload"])
        while True:
            document = await self.next()
            if document["type"] == kind:
                return dict(document["payload"])
            self.passed.append(document)

    async def next(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self.ws.receive(), PATIENCE)
        assert message.type is WSMsgType.TEXT, message
        document: dict[str, Any] = json.loads(message.data)
        return document

    async def state(self, part: str) -> Any:
        """The next state that has this part."""
        while True:
            state = await self.hear("state")
            if part in state:
                return state[part]

    async def until(self, line: str) -> list[dict[str, Any]]:
        """Lines of the log up to this one."""
        lines: list[dict[str, Any]] = []
        while not lines or lines[-1]["line"] != line:
            lines += (await self.hear("log"))["lines"]
        return lines

    async def do(self, kind: str, **payload: Any) -> dict[str, Any]:
        """Give an order; what is answered."""
        await self.ws.send_str(json.dumps({"type": kind, "payload": {"id": "1", **payload}}))
        while (document := await self.next())["type"] not in ("done", "error"):
            self.passed.append(document)
        return document


@dataclass
class Place:
    shelves: Shelves
    port: int
    http: ClientSession
    key: str
    end: Callable[[], Awaitable[None]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def status(self, path: str, **headers: str) -> int:
        async with self.http.get(self.url + path, headers=headers) as answer:
            return answer.status

    async def cookie(self) -> str:
        """What the link is exchanged for."""
        async with self.http.get(f"{self.url}/console?key={self.key}") as answer:
            assert answer.status == 200
            return answer.headers["Set-Cookie"].partition(";")[0]

    @asynccontextmanager
    async def console(self, query: str = "", cookie: str = "") -> AsyncIterator[Page]:
        headers = {"Cookie": cookie or await self.cookie(), "Origin": self.url}
        async with self.http.ws_connect(f"{self.url}/console/feed{query}", headers=headers, max_msg_size=0) as ws:
            yield Page(ws)


@asynccontextmanager
async def serving(key: str = KEY) -> AsyncIterator[Place]:
    shelves = Shelves()
    hall = shelves.hall
    web = Http(hall, shelves.shelving, {"salon.lan"}, console=Console(hall, key, lambda: (1, 2, 3)))
    await web.start()
    door = Door(
        {Language.DOCUMENTS: lambda: DocumentsConnection(hall), Language.HTTP: web.connection},
        asyncio.get_running_loop().time,
    )
    port = await door.open("127.0.0.1", 0)
    async with ClientSession(cookie_jar=DummyCookieJar()) as http:  # each request says which cookie it shows
        yield Place(shelves, port, http, key, web.close)
    door.close()
    await shelves.close()
    await web.close()
