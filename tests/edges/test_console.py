"""The operator's console over a real port: closed to everybody without the key, and a window on the server with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSCloseCode, WSMsgType, WSServerHandshakeError

from salon.core.limits import CONSOLES, HAPPENINGS
from salon.wire.operator import COOKIE_SECONDS
from tests.edges.consoleside import KEY, PATIENCE, Place, serving
from tests.support.eventually import eventually
from tests.support.talker import talking

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]

ROUTES = ("/console", "/console/", "/console/feed", "/console.html", "/console/index.html")


@pytest.fixture
async def place(anyio_backend: str) -> AsyncIterator[Place]:
    async with serving() as place:
        yield place


# who may not


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("query", ["", "?key=", "?key=wrong", f"?key={'x' * 43}", f"?key={KEY[:-1]}"])
async def test_without_the_key_nothing_is_there(place: Place, path: str, query: str) -> None:
    nothing = await place.status("/nothing")
    assert await place.status(path + query) == nothing == 404


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
async def test_with_a_foreign_host_or_origin_not_even_the_key_helps(
    place: Place, path: str, headers: dict[str, str]
) -> None:
    cookie = await place.cookie()
    assert await place.status(f"{path}?key={KEY}", **headers) == 403
    assert await place.status(path, Cookie=cookie, **headers) == 403


async def test_the_cookie_of_another_server_opens_nothing(place: Place) -> None:
    async with serving("o" * 43) as other:
        theirs = await other.cookie()
        assert await other.status("/console", Cookie=theirs) != 404
    name = (await place.cookie()).partition("=")[0]
    for cookie in (theirs, f"{name}={theirs.partition('=')[2]}", f"{name}=", f"{name}={KEY}"):
        for path in ("/console", "/console/feed"):
            assert await place.status(path, Cookie=cookie) == 404


async def test_a_cookie_that_is_over_opens_nothing(place: Place) -> None:
    cookie = await place.cookie()
    place.shelves.clock.ahead += COOKIE_SECONDS * 1000
    assert await place.status("/console", Cookie=cookie) == 404
    with pytest.raises(WSServerHandshakeError):
        async with place.console(cookie=cookie):
            pass


async def test_no_method_but_get_is_there(place: Place) -> None:
    cookie = await place.cookie()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/console", "/console/feed"):
            async with place.http.request(method, place.url + path, headers={"Cookie": cookie}) as answer:
                assert answer.status == 405


async def test_a_wrong_key_is_told_to_the_operator(place: Place) -> None:
    await place.status("/console?key=wrong")
    (_, happening), *_ = place.shelves.hall.happenings.watch().take().happenings
    assert (happening.kind, happening.who, happening.code) == ("refused", "127.0.0.1", "wrong_key")


# who may


async def test_the_link_is_exchanged_for_a_cookie_that_scripts_and_other_sites_cannot_use(place: Place) -> None:
    async with place.http.get(f"{place.url}/console?key={KEY}") as answer:
        flags = [part.strip().lower() for part in answer.headers["Set-Cookie"].split(";")[1:]]
        assert {"httponly", "samesite=strict", "path=/console"} <= set(flags)
        assert answer.headers["Refresh"] == "0; url=/console"
        assert answer.headers["Cache-Control"] == "no-store"
        assert KEY not in await answer.text()
    assert await place.status("/console", Cookie=await place.cookie()) in (200, 503)  # 503 where no page is built


@pytest.mark.slow
async def test_the_state_first_and_then_what_changes(place: Place) -> None:
    async with place.console() as page:
        hello = await page.hear("hello")
        assert hello["private"] is False
        assert hello["run"] == place.shelves.hall.began
        first = await page.hear("state")
        assert set(first) == {"people", "rooms", "shelves", "transfers", "machine"}
        assert (first["machine"]["memory"], first["machine"]["disk_free"], first["machine"]["disk_size"]) == (1, 2, 3)
        async with talking(place.port, "Leah") as leah:
            people = await page.state("people")
            assert (people["total"], people["rows"][0]["name"]) == (1, "Leah")
            assert people["rows"][0]["address"].startswith("127.0.0.1:")
            await leah.ask("message", text="hi")
            lines = await page.until("send to all - Leah: hi")
            assert [line["line"] for line in lines[:2]] == ["Leah connected to the server", "Leah joined lobby"]
            assert [line["n"] for line in lines] == [1, 2, 3]
            assert lines[2]["what"]["room"] == "lobby"


async def test_what_happened_before_is_shown_and_a_page_that_comes_back_goes_on(place: Place) -> None:
    async with talking(place.port, "Leah") as leah:
        await leah.ask("message", text="one")
        async with place.console() as page:
            run = (await page.hear("hello"))["run"]
            tip = (await page.until("send to all - Leah: one"))[-1]["n"]
        await leah.ask("message", text="two")
        async with place.console(f"?run={run}&since={tip}") as page:
            assert [line["n"] for line in await page.until("send to all - Leah: two")] == [tip + 1]
        async with place.console(f"?run={run - 1}&since={tip}") as page:
            assert (await page.until("send to all - Leah: two"))[0]["n"] == 1


@pytest.mark.slow
async def test_who_does_not_read_misses_some_and_is_told_how_many(place: Place) -> None:
    happenings = place.shelves.hall.happenings

    def tell(count: int) -> None:
        for _ in range(count):
            happenings.tell("said", who="Leah", room="lobby", text="x" * 500)

    async with place.console() as page:
        await page.hear("hello")
        (watcher,) = happenings._watchers
        page.ws._conn.transport.pause_reading()  # type: ignore[union-attr]

        async def until_full() -> None:
            while True:
                tell(HAPPENINGS // 2)
                await eventually(lambda: watcher.cursor == happenings.tip, seconds=1)

        with pytest.raises(TimeoutError):
            await until_full()
        tell(2 * HAPPENINGS)
        page.ws._conn.transport.resume_reading()  # type: ignore[union-attr]
        seen = missed = 0
        while seen + missed < happenings.tip:
            log = await page.hear("log")
            seen += len(log["lines"])
            missed += log["missed"]
        assert seen + missed == happenings.tip
        assert missed >= HAPPENINGS


async def test_a_server_that_closes_says_so(anyio_backend: str) -> None:
    async with ClientSession() as outlasting, serving() as place:
        ws = await outlasting.ws_connect(f"{place.url}/console/feed", headers={"Cookie": await place.cookie()})
        hello = await ws.receive()
        assert hello.type is WSMsgType.TEXT
        listening = asyncio.get_running_loop().create_task(_close_code(ws))
        await place.end()
        assert await asyncio.wait_for(listening, PATIENCE) == WSCloseCode.GOING_AWAY


async def _close_code(ws: ClientWebSocketResponse) -> int | None:
    async for _ in ws:
        pass
    return ws.close_code


async def test_what_the_operator_does(place: Place) -> None:
    await place.shelves.send("a.txt", b"abc")
    async with place.console() as page, talking(place.port, "Leah") as leah:
        shelves = await page.state("shelves")
        assert [row["name"] for row in shelves["rows"]] == ["a.txt"]
        assert await page.do("unshelve", room="lobby", name="a.txt") == {"type": "done", "payload": {"id": "1"}}
        assert (await page.do("unshelve", room="lobby", name="a.txt"))["payload"]["code"] == "no_such_file"
        assert (await page.do("announce", text="Tea"))["type"] == "done"
        assert (await leah.hear("notification", kind="operator"))["message"] == "The operator: Tea"
        assert (await page.do("send_out", name="leah"))["type"] == "done"
        assert ("error", "sent_out") in [(kind, payload.get("code")) for kind, payload in await leah.rest()]
        assert (await page.do("send_out", name="leah"))["payload"]["code"] == "not_here"
        assert (await page.do("shut_down"))["payload"]["code"] == "bad_document"
        await page.ws.send_str('{"type":"ping"}')
        await page.hear("pong")


async def test_a_mistake_of_ours_is_answered_and_the_page_stays(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def announce(_text: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(place.shelves.hall.operating, "announce", announce)
    async with place.console() as page:
        assert (await page.do("announce", text="x"))["payload"]["code"] == "internal"
        assert (await page.do("send_out", name="x"))["payload"]["code"] == "not_here"
    assert "order could not be carried out" in caplog.text
    caplog.clear()


async def test_there_are_only_so_many(place: Place) -> None:
    cookie = await place.cookie()
    pages = [place.console(cookie=cookie) for _ in range(CONSOLES)]
    for page in pages:
        await page.__aenter__()
    with pytest.raises(WSServerHandshakeError) as refused:
        async with place.console(cookie=cookie):
            pass
    assert refused.value.status == 503
    for page in pages:
        await page.__aexit__(None, None, None)
