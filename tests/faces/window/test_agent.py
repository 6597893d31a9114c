"""The agent between a page and a server: what it passes on, and what it does itself."""

from __future__ import annotations

import asyncio
import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientPayloadError, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from salon.errors import NOT_CONNECTED
from salon.faces.window.keeping import Kept
from tests.support.eventually import eventually
from tests.support.filing import MILLION, filing, some_bytes
from tests.support.proxies import proxy
from tests.support.servers import free_port
from tests.support.windows import SECRET, Page, agent, paging

pytestmark = pytest.mark.anyio

ROOM = "lobby"


async def _hear(ws: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The payload of the next document of this type."""
    async with asyncio.timeout(10):
        while True:
            message = await ws.receive()
            assert message.type is WSMsgType.TEXT, message
            document = json.loads(message.data)
            if document["type"] == kind:
                return dict(document["payload"])


async def _come_in(page: Page, name: str = "ann") -> ClientWebSocketResponse:
    ws = await page.session.ws_connect(f"{page.base}/ws", headers=page.origin)
    await ws.send_json(
        {"type": "connect", "payload": {"version": 1, "name": name, "client": SECRET, "rooms": {ROOM: 0}}}
    )
    return ws


async def test_the_first_word_tells_how_it_begins(tmp_path: Path) -> None:
    async with agent(tmp_path, server="10.0.0.1:5000", name="Leah") as one, paging(one) as page:
        hello = await page.until(lambda kind, _: kind == "hello")
        assert (hello["server"], hello["name"], hello["folder"]) == ("10.0.0.1:5000", "Leah", str(tmp_path))


async def test_documents_pass_as_they_are_both_ways(tmp_path: Path) -> None:
    async with filing(tmp_path / "server") as server, agent(tmp_path) as one, paging(one) as page:
        await page.done("reach", address=str(server.address))
        ws = await _come_in(page)
        assert (await _hear(ws, "connect_ack"))["name"] == "ann"
        texts = [f"{n} " + "ä" * 300_000 for n in range(4)] + ['{"type":"exit"}', "a\nb", " x "]
        for text in texts:
            await ws.send_json({"type": "message", "payload": {"text": text, "room": ROOM}})
        assert [(await _hear(ws, "message"))["text"] for _ in texts] == texts
        await ws.send_str("no document")
        assert (await _hear(ws, "error"))["code"] == "bad_document"
        await ws.close()
        await eventually(lambda: not server.shelves.hall.sessions)


async def test_a_server_that_goes_ends_the_pages_line(tmp_path: Path) -> None:
    async with agent(tmp_path) as one, paging(one) as page:
        async with filing(tmp_path / "server") as server:
            await page.done("reach", address=str(server.address))
            ws = await _come_in(page)
            await _hear(ws, "connect_ack")
        while (message := await ws.receive()).type is WSMsgType.TEXT:
            pass
        assert message.type is WSMsgType.CLOSE
        with pytest.raises(WSServerHandshakeError, match="502"):
            await _come_in(page)


async def test_before_a_server_was_reached_nothing_is_passed_on(tmp_path: Path) -> None:
    async with agent(tmp_path) as one, paging(one) as page:
        with pytest.raises(WSServerHandshakeError, match="502"):
            await _come_in(page)
        async with page.session.get(f"{page.base}/rooms/lobby/files") as response:
            assert response.status == 502
        assert await page.refused("get", name="a", room=ROOM) == NOT_CONNECTED.code


async def test_a_wrong_address_is_told_with_its_reason(tmp_path: Path) -> None:
    async with filing(tmp_path / "server") as server, agent(tmp_path) as one, paging(one) as page:
        kind, answer = await page.ask("reach", address=f"127.0.0.1:{free_port()}")
        assert (kind, answer["code"], answer["fields"]["why"]) == ("refused", "no_server", "connection refused")
        assert await page.refused("reach", address="one two") == "bad_server"
        stranger = await asyncio.start_server(_say_hello, "127.0.0.1", 0)
        async with stranger:
            port = stranger.sockets[0].getsockname()[1]
            kind, answer = await page.ask("reach", address=f"127.0.0.1:{port}")
            assert (kind, answer["fields"]["why"]) == ("refused", "something else than Salon answers there")
        assert (await page.done("reach", address=f"http://{server.address}"))["address"] == str(server.address)


async def _say_hello(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


async def test_a_silent_address_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salon.faces.window.reaching.CONNECT_SECONDS", 0.05)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with silent, agent(tmp_path) as one, paging(one) as page:
        port = silent.sockets[0].getsockname()[1]
        kind, answer = await page.ask("reach", address=f"127.0.0.1:{port}")
        assert (kind, answer["fields"]["why"]) == ("refused", "it does not answer")


async def test_what_is_no_errand_is_refused_and_the_line_stays(tmp_path: Path) -> None:
    async with agent(tmp_path) as one, paging(one) as page:
        for text in ("no document", '{"type":"dance","payload":{}}', '{"type":"get","payload":{"name":1}}', "{}"):
            page.news.clear()
            await page.ws.send_str(text)
            assert (await page.until(lambda kind, _: kind == "refused"))["code"] == "bad_document"
        for errand in ("pause", "proceed", "cancel"):
            assert await page.refused(errand, number=7) == "no_such_transfer"


async def test_http_is_passed_on_in_pieces(tmp_path: Path) -> None:
    data = some_bytes(3 * MILLION)
    async with filing(tmp_path / "server") as server, agent(tmp_path) as one, paging(one) as page:
        await page.done("reach", address=str(server.address))
        headers = {
            **page.origin,
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(data)),
            "Upload-Metadata": "filename YS5iaW4=,room bG9iYnk=",
        }
        async with page.session.post(f"{page.base}/uploads", headers=headers) as response:
            assert response.status == 201
            assert "Set-Cookie" not in response.headers
            place = response.headers["Location"]
        more = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        async with page.session.patch(
            page.base + place, headers={**page.origin, **more}, data=BytesIO(data)
        ) as response:
            assert (response.status, response.headers["Upload-Offset"]) == (204, str(len(data)))
        path = f"{page.base}/rooms/lobby/files/a.bin"
        async with page.session.get(path) as response:
            assert await response.read() == data
            assert response.headers["ETag"] == f'"{hashlib.sha256(data).hexdigest()}"'
        async with page.session.get(path, headers={"Range": "bytes=5-9"}) as response:
            assert (response.status, await response.read()) == (206, data[5:10])
        async with page.session.head(path) as response:
            assert response.headers["Content-Length"] == str(len(data))
        async with page.session.get(f"{page.base}/rooms/lobby/files/no%2Fsuch") as response:
            assert response.status == 400


async def test_half_an_answer_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    async with filing(tmp_path / "server") as server, agent(tmp_path) as one, paging(one) as page:
        await server.put("a.bin", some_bytes(5 * MILLION), ROOM)
        lifetimes = iter([None, MILLION])
        async with proxy(server.port, lifetime=lambda: next(lifetimes, 1)) as line:
            await page.done("reach", address=line.address)
            with pytest.raises(ClientPayloadError):
                async with page.session.get(f"{page.base}/rooms/lobby/files/a.bin") as response:
                    await response.read()
            async with page.session.get(f"{page.base}/rooms/lobby/files") as response:
                assert response.status == 502


async def test_what_the_page_keeps_is_there_the_next_time(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    async with filing(tmp_path / "server") as server, filing(tmp_path / "other") as elsewhere:
        async with agent(tmp_path, kept=kept) as one, paging(one) as page:
            assert (await page.done("reach", address=str(server.address))).get("kept", {}) == {}
            await page.done("keep", key="salon/name", value="Leah")
            await page.done("keep", key="salon/draft", value="x")
            await page.done("keep", key="salon/draft", value=None)
            assert (await page.done("reach", address=str(elsewhere.address))).get("kept", {}) == {}
            await page.done("reach", address=str(server.address))
        async with agent(tmp_path, kept=kept) as one, paging(one) as page:
            hello = await page.until(lambda kind, _: kind == "hello")
            assert hello["server"] == str(server.address)
            assert (await page.done("reach", address=str(server.address)))["kept"] == {"salon/name": "Leah"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept.rglob("*"))


async def test_what_cannot_be_kept_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    async with (
        filing(tmp_path / "server") as server,
        agent(tmp_path, kept=tmp_path / "file") as one,
        paging(one) as page,
    ):
        await page.done("reach", address=str(server.address))
        await page.done("keep", key="a", value="b")
        monkeypatch.setattr("salon.faces.window.keeping._MOST_BYTES", 3)
        await page.done("keep", key="a", value="bcd")
        assert await page.refused("keep", key="b", value="c") == "no_space"
        await page.done("keep", key="a", value="b")
        await page.done("keep", key="b", value="cd")
    assert Kept(None).last_server() == Kept(tmp_path / "nowhere").last_server() == ""


async def test_logging_out_ends_it_behind_the_pages_last_word(tmp_path: Path) -> None:
    async with filing(tmp_path / "server") as server, agent(tmp_path) as one, paging(one) as page:
        await page.done("reach", address=str(server.address))
        ws = await _come_in(page)
        await _hear(ws, "connect_ack")
        assert not one.ended.is_set()
        asking = asyncio.ensure_future(page.done("end"))
        await ws.send_json({"type": "exit", "payload": {}})
        await _hear(ws, "exit_ack")
        await ws.close()
        await asking
        assert one.ended.is_set()
        await eventually(lambda: not server.shelves.hall.sessions)
