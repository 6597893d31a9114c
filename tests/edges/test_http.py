"""HTTP behind the door, over a real port: pages, health, metrics, WebSockets, and who is sent away."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSCloseCode, WSMsgType, WSServerHandshakeError

from salon.core.limits import CHUNK_BYTES, HIGH_WATER, UNSETTLED_COMMANDS
from salon.edges.documents import DocumentsConnection
from salon.edges.door import Door
from salon.edges.http import Http
from salon.errors import DISK_FULL, SalonError, refuse
from salon.ground.clock import now_ms
from salon.hall.hall import Hall
from salon.hall.receiving import Policy
from salon.hall.shelving import Shelving
from salon.stores.folder import FolderBlobs
from salon.stores.memory import MemoryStore
from salon.wire.handshake import Language
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio


@dataclass
class Clock:
    """A clock that the test moves."""

    now: float = field(default_factory=time.monotonic)

    def __call__(self) -> float:
        return self.now


@dataclass
class Place:
    """A server of the test's own."""

    hall: Hall
    door: Door
    clock: Clock
    port: int
    http: ClientSession

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def socket(self, name: str, **payload: Any) -> AsyncIterator[Talker]:
        """A full client on a WebSocket, joined."""
        async with self.http.ws_connect(f"{self.url}/ws", max_msg_size=0) as ws:
            talker = Talker(ws)
            await talker.say("connect", version=1, name=name, room="lobby", **payload)
            await talker.until("connect_ack")
            yield talker


@dataclass
class Talker:
    ws: ClientWebSocketResponse

    async def say(self, kind: str, **payload: Any) -> None:
        await self.ws.send_str(json.dumps({"type": kind, "payload": payload}))

    async def until(self, type_: str, **fields: Any) -> dict[str, Any]:
        """The first document of this type with these fields; those before it are passed over."""
        while True:
            message = await asyncio.wait_for(self.ws.receive(), 10)
            assert message.type is WSMsgType.TEXT, message
            document = json.loads(message.data)
            payload: dict[str, Any] = document["payload"]
            if document["type"] == type_ and fields.items() <= payload.items():
                return payload


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    hall = Hall(MemoryStore(), now_ms)
    shelving = Shelving(hall, FolderBlobs(tmp_path), Policy())
    web = Http(hall, shelving, {"salon.lan"})
    await web.start()
    clock = Clock()
    door = Door({Language.DOCUMENTS: lambda: DocumentsConnection(hall), Language.HTTP: web.connection}, clock)
    port = await door.open("127.0.0.1", 0)
    async with ClientSession() as session:
        yield Place(hall, door, clock, port, session)
    door.close()
    await hall.close("The server is closing.")
    await web.close()
    await shelving.blobs.close()


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/ws", "/nothing"])
@pytest.mark.parametrize("header", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}])
async def test_a_page_of_another_origin_gets_403_everywhere(place: Place, path: str, header: dict[str, str]) -> None:
    async with place.http.get(place.url + path, headers=header) as answer:
        assert answer.status == 403
        assert "only under its own address" in await answer.text()


async def test_a_websocket_of_another_origin_is_not_opened(place: Place) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await place.http.ws_connect(f"{place.url}/ws", origin="http://evil.example")
    assert refused.value.status == 403
    async with place.http.ws_connect(f"{place.url}/ws", origin=place.url) as ws:
        assert not ws.closed


async def test_a_page_that_is_not_there_is_404_with_the_same_headers(place: Place) -> None:
    async with place.http.get(f"{place.url}/nothing") as answer:
        assert answer.status == 404
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with place.http.get(f"{place.url}/ws") as answer:
        assert answer.status == 400


async def test_health_follows_the_store(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async with place.http.get(f"{place.url}/healthz") as answer:
        assert answer.status == 200
        assert (await answer.json())["status"] == "ok"

    def load(_room: str) -> asyncio.Future[None]:
        failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        failed.set_exception(SalonError(refuse(DISK_FULL)))
        return failed

    monkeypatch.setattr(place.hall.store, "load", load)
    async with place.http.get(f"{place.url}/healthz") as answer:
        assert answer.status == 503
        assert "disk is full" in (await answer.json())["message"]


async def test_metrics_count_what_happens(place: Place) -> None:
    async with place.socket("ann") as ann:
        await ann.say("message", text="hi", room="lobby", id="1")
        await ann.until("ack", id="1")
        async with place.http.get(f"{place.url}/metrics") as answer:
            assert answer.content_type == "text/plain"
            lines = (await answer.text()).splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert values["salon_sessions"] == values["salon_people"] == values["salon_entries_total"] == "1"
    named = {line.split()[2] for line in lines if line.startswith("# HELP")}
    assert {name.partition("{")[0] for name in values} == named


async def test_people_on_websockets_and_on_tcp_are_in_one_room(place: Place) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    async with place.socket("ann") as ann, place.socket("bob") as bob:
        writer.write(b'{"type":"connect","payload":{"version":1,"name":"carl","room":"lobby"}}')
        while b"connect_ack" not in await asyncio.wait_for(reader.readline(), 10):
            pass
        await ann.say("message", text="über\n{}", room="lobby", id="1")
        assert (await ann.until("ack"))["seq"] == 1
        assert (await ann.until("message"))["text"] == "über\n{}"
        assert (await bob.until("message"))["sender"] == "ann"
        line = b""
        while b'"type":"message"' not in line:
            line = await asyncio.wait_for(reader.readline(), 10)
        assert json.loads(line)["payload"]["text"] == "über\n{}"
        await bob.say("exit", id="x")
        assert (await bob.until("exit_ack"))["id"] == "x"
        assert (await bob.ws.receive()).type is WSMsgType.CLOSE
        assert "bob" in (await ann.until("notification", left=["bob"]))["left"]
    writer.close()
    await writer.wait_closed()


async def test_a_document_that_is_none_is_an_error_and_the_connection_stays(place: Place) -> None:
    async with place.socket("ann") as ann:
        for text in ("{", "[]", "{}", '{"type":"message","payload":{"text":"\\ud800"}}', "[" * 10_000):
            await ann.ws.send_str(text)
            assert (await ann.until("error"))["code"] in ("bad_document", "unknown_type"), text
        await ann.ws.send_bytes(b'{"type":"ping","payload":{"id":"b"}}')
        assert (await ann.until("pong"))["id"] == "b"
        await ann.ws.ping()
        await ann.say("ping", id="c")
        assert (await ann.until("pong"))["id"] == "c"


async def test_a_message_larger_than_a_document_may_be_ends_the_connection(place: Place) -> None:
    async with place.socket("ann") as ann, place.socket("bob") as bob:
        with suppress(ConnectionError):
            await ann.ws.send_bytes(b"x" * (9 << 20))
        while (message := await asyncio.wait_for(ann.ws.receive(), 10)).type is not WSMsgType.CLOSE:
            assert message.type is WSMsgType.TEXT
        assert message.data == WSCloseCode.MESSAGE_TOO_BIG
        await bob.say("ping", id="1")
        assert (await bob.until("pong"))["id"] == "1"


async def test_a_websocket_that_stops_reading_parks_and_catches_up(place: Place) -> None:
    """Its followers stand still at a bounded cost; when it reads again it gets everything, in order."""
    text = "x" * 1_000
    count = 12_000  # more than sockets, transport and ring hold together
    async with place.socket("slow") as slow, place.socket("ann") as ann:
        slow_session = next(s for s in place.hall.sessions if s.person.name == "slow")
        for n in range(count):
            await ann.say("message", text=text, room="lobby", id=str(n))
        await ann.until("ack", id=str(count - 1))
        assert slow_session.parked
        transport = slow_session.outlet._transport  # type: ignore[attr-defined]
        assert transport.get_write_buffer_size() <= HIGH_WATER + 2 * CHUNK_BYTES
        for seq in range(1, count + 1):
            assert (await slow.until("message"))["seq"] == seq


async def test_what_a_websocket_says_is_bounded_while_the_store_is_busy(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = place.hall.store.append
    waiting: list[tuple[asyncio.Future[Any], Any]] = []

    def slow_append(*arguments: Any) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        waiting.append((future, arguments))
        return future

    async with place.socket("ann") as ann:
        monkeypatch.setattr(place.hall.store, "append", slow_append)
        session = next(iter(place.hall.sessions))
        for n in range(5 * UNSETTLED_COMMANDS):
            await ann.say("message", text="x", room="lobby", id=str(n))
        await ann.ws.ping()
        await eventually(lambda: session.unsettled > UNSETTLED_COMMANDS)
        assert session.unsettled == UNSETTLED_COMMANDS + 1
        monkeypatch.undo()
        while waiting:
            future, arguments = waiting.pop()
            append(*arguments).add_done_callback(lambda done, future=future: future.set_result(done.result()))  # type: ignore[misc]
        await ann.until("ack", id=str(5 * UNSETTLED_COMMANDS - 1))


async def test_a_line_that_breaks_is_not_a_goodbye(place: Place) -> None:
    async with place.socket("ann") as ann:
        async with place.socket("bob", client="b" * 32) as bob:
            assert bob.ws._response.connection is not None
            transport = bob.ws._response.connection.transport
            assert transport is not None
            transport.abort()
            await eventually(lambda: len(place.hall.sessions) == 1)
        assert "bob" in place.hall.rooms["lobby"].names  # for the grace of a broken line
        async with place.socket("carl"):
            pass
        assert (await ann.until("notification", left=["carl"]))["left"] == ["carl"]
        assert "bob" in place.hall.rooms["lobby"].names


async def test_closing_tells_people_on_websockets(place: Place) -> None:
    async with place.socket("ann") as ann:
        place.door.close()
        await place.hall.close("The server is closing.")
        assert (await ann.until("notification", kind="closing"))["message"] == "The server is closing."
        message = await asyncio.wait_for(ann.ws.receive(), 10)
        assert message.type is WSMsgType.CLOSE
        assert message.data == WSCloseCode.GOING_AWAY


@pytest.mark.slow
async def test_half_a_request_has_30_seconds(place: Place) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
    await writer.drain()
    await eventually(lambda: place.door.begun)
    place.clock.now += 31
    answer = await asyncio.wait_for(reader.read(), 10)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"Nothing whole arrived within 30 s." in answer
    writer.close()
    await writer.wait_closed()


@pytest.mark.slow
async def test_a_whole_request_is_off_the_clock(place: Place) -> None:
    async with place.socket("ann") as ann:
        place.clock.now += 31
        await eventually(lambda: not place.door.begun)
        await ann.say("ping", id="1")
        assert (await ann.until("pong"))["id"] == "1"


async def test_files_in_documents_on_a_websocket(place: Place) -> None:
    """What holds documents alone carries no raw bytes: for those there is HTTP beside it."""
    async with place.socket("ann") as ann:
        await ann.say("upload", file_name="a.txt", content="aGk=", id="u1")
        await ann.until("ack", id="u1")
        for kind, more in (("upload", {"file_size": 2}), ("download", {})):
            await ann.say(kind, file_name="a.txt", id=kind, **more)
            refusal = await ann.until("error", id=kind)
            assert refusal["code"] == "no_raw_bytes"
