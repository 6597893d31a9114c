"""A server with shelves on a real port, and what asks it: an HTTP client, tus by hand, bare sockets."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import ClientResponse, ClientSession, TCPConnector
from yarl import URL

from salon.edges.documents import DocumentsConnection
from salon.edges.door import Door
from salon.edges.http import Http
from salon.hall.receiving import Policy
from salon.hall.session import Session
from salon.hall.uploads import Upload
from salon.wire.dialect import DOCUMENTS
from salon.wire.handshake import Language
from tests.support.shelves import BOB, Shelves

BODY = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}
PATIENCE = 10.0
MAX = 10_000_000  # bytes that a file may have where `place` is served
DATA = bytes(range(256)) * 40
LONG = bytes(range(256)) * 800  # comes in more pieces than one


@dataclass
class Answer:
    """A response, read to its end."""

    status: int
    headers: Any
    body: bytes

    @property
    def offset(self) -> int:
        return int(self.headers["Upload-Offset"])


@dataclass
class Place:
    shelves: Shelves
    port: int
    http: ClientSession
    lines: list[Line] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ask(self, method: str, path: str, data: Any = None, **headers: str) -> Answer:
        """`path` as it goes over the wire. `Upload_Offset` in the headers is `Upload-Offset`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = URL(self.url + path, encoded=True)
        async with self.http.request(method, url, data=data, headers=named) as response:
            return await _read(response)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, **headers)

    async def create(
        self, filename: str, size: int, data: bytes | None = None, room: str = "r1", **more: str
    ) -> Answer:
        """Begin an upload, perhaps with its first bytes."""
        headers = {**TUS, "Upload_Length": str(size), "Upload_Metadata": metadata(filename=filename, room=room, **more)}
        if data is not None:
            headers["Content_Type"] = BODY
        return await self.ask("POST", "/uploads", data, **headers)

    async def began(self, name: str, size: int, **more: str) -> str:
        """The address of an upload that has begun."""
        answer = await self.create(name, size, None, **more)
        assert answer.status == 201, answer.body
        return str(answer.headers["Location"])

    async def patch(self, path: str, offset: int, data: bytes, **headers: str) -> Answer:
        headers = {**TUS, "Content_Type": BODY, "Upload_Offset": str(offset), **headers}
        return await self.ask("PATCH", path, data, **headers)

    async def head(self, path: str) -> Answer:
        return await self.ask("HEAD", path, **TUS)

    async def shelve(self, name: str, data: bytes, room: str = "r1") -> str:
        """A file on the shelf; its path."""
        answer = await self.create(name, len(data), data or None, room=room)
        assert answer.status == 201, answer.body
        assert answer.offset == len(data)
        return file_path(name, room)

    async def line(self) -> Line:
        line = Line(*await asyncio.open_connection("127.0.0.1", self.port))
        self.lines.append(line)
        return line

    async def hanging_patch(self, path: str, offset: int, announced: int, data: bytes) -> Line:
        """A PATCH of which only the beginning comes."""
        line = await self.line()
        line.send(
            f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
            f"Upload-Offset: {offset}\r\nContent-Length: {announced}\r\n\r\n".encode()
            + data
        )
        return line


@dataclass
class Line:
    """A bare connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def end(self) -> bytes:
        """All that comes until the server ends the connection."""
        heard = b""
        async with asyncio.timeout(PATIENCE):
            try:
                while data := await self.reader.read(1 << 16):
                    heard += data
            except ConnectionError:
                pass
        return heard

    def cut(self) -> None:
        self.writer.transport.abort()


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def file_path(name: str, room: str = "r1") -> str:
    return f"/rooms/{quote(room, safe='')}/files/{quote(name, safe='')}"


async def _read(response: ClientResponse) -> Answer:
    return Answer(response.status, response.headers, await response.read())


@asynccontextmanager
async def opened(
    data: Path | None = None, policy: Policy | None = None, library: Path | None = None
) -> AsyncIterator[Place]:
    """A server in this process; with a folder its blobs lie there, else in memory."""
    shelves = Shelves(data, policy=policy, library=library)
    web = Http(shelves.hall, shelves.shelving, ())
    await web.start()
    hosts: dict[Language, Any] = {
        Language.DOCUMENTS: lambda: DocumentsConnection(shelves.hall),
        Language.HTTP: web.connection,
    }
    door = Door(hosts, time.monotonic)
    port = await door.open("127.0.0.1", 0)
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        place = Place(shelves, port, session)
        try:
            yield place
        finally:
            for line in place.lines:
                line.cut()
            door.close()
            await shelves.hall.close("The server is closing.")
    await web.close()
    await shelves.blobs.close()


async def listed(place: Place, room: str = "r1", **headers: str) -> list[dict[str, object]]:
    """A room's files, as HTTP tells of them."""
    answer = await place.get(f"/rooms/{quote(room, safe='')}/files", **headers)
    assert answer.status == 200
    found: list[dict[str, object]] = json.loads(answer.body)
    return found


async def ticket(place: Place, name: str) -> str:
    """The ticket of somebody who is here; `bob` is the bob of the private room."""

    class Nothing:
        address = ""
        buffered = 0

        def write(self, data: bytes) -> None: ...
        def hold(self) -> None: ...
        def release(self) -> None: ...
        def abort(self) -> None: ...
        def close(self) -> None: ...

    session = Session(Nothing(), DOCUMENTS)
    assert await place.shelves.hall.enter(session, name, "") is None
    if name == "bob":
        session.person = BOB
    return place.shelves.hall.entrance.ticket_of(session)


def upload_of(place: Place, path: str) -> Upload:
    """An upload that has not come to its end, by its address."""
    return place.shelves.receiving.uploads[path.rpartition("/")[2]]


async def shelved(place: Place, name: str, room: str = "r1") -> bytes | None:
    """The bytes of a file on the shelf; None: it is not there."""
    answer = await place.get(file_path(name, room))
    return answer.body if answer.status == 200 else None


def code_of(answer: Answer) -> str:
    return str(json.loads(answer.body)["code"])
