"""Nobody but the window that was opened with its key talks to the agent."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, WSServerHandshakeError

from salon.faces.window.agent import Agent
from tests.support.windows import agent, paging

pytestmark = pytest.mark.anyio

PATHS = ("/", "/index.html", "/agent", "/ws", "/rooms/lobby/files", "/uploads", "/uploads/x", "/nowhere")


async def _status(one: Agent, path: str, *, method: str = "GET", session: ClientSession, **headers: str) -> int:
    async with session.request(method, one.gate.address + path, headers=headers, allow_redirects=False) as response:
        return response.status


async def test_without_the_key_nothing_is_there(tmp_path: Path) -> None:
    async with agent(tmp_path) as one, ClientSession() as session:
        for path in PATHS:
            for method in ("GET", "POST", "PATCH", "DELETE", "OPTIONS"):
                assert await _status(one, path, method=method, session=session) == 403, (method, path)
        assert await _status(one, "/?key=wrong", session=session) == 403
        assert await _status(one, "/?key=", session=session) == 403
        for path in ("/agent", "/ws"):
            with pytest.raises(WSServerHandshakeError, match="403"):
                await session.ws_connect(one.gate.address + path, headers={"Origin": one.gate.address})
        assert not one.gate.used


async def test_the_key_is_good_once(tmp_path: Path) -> None:
    async with agent(tmp_path) as one:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as first:
            async with first.get(one.gate.link, allow_redirects=False) as response:
                assert (response.status, response.headers["Refresh"]) == (200, "0; url=/")
                cookie = response.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
            assert one.gate.used
            assert await _status(one, "/nowhere", session=first) == 404
            assert await _status(one, one.gate.link.removeprefix(one.gate.address), session=first) == 403
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as second:
            assert await _status(one, one.gate.link.removeprefix(one.gate.address), session=second) == 403


async def test_other_pages_of_this_machine_stay_outside_cookie_or_not(tmp_path: Path) -> None:
    async with agent(tmp_path) as one, paging(one) as page:
        session = page.session
        assert await _status(one, "/nowhere", session=session) == 404
        for name, value in (
            ("Host", "evil.example"),
            ("Host", one.gate.address.removeprefix("http://").replace("127.0.0.1", "localhost")),
            ("Origin", "http://127.0.0.1:1"),
            ("Origin", "null"),
            ("Sec-Fetch-Site", "same-site"),
            ("Sec-Fetch-Site", "cross-site"),
        ):
            assert await _status(one, "/nowhere", session=session, **{name: value}) == 403, (name, value)
        # What may change something names its origin, and so does every WebSocket.
        assert await _status(one, "/uploads", method="POST", session=session) == 403
        for path in ("/agent", "/ws"):
            with pytest.raises(WSServerHandshakeError, match="403"):
                await session.ws_connect(one.gate.address + path)


async def test_the_cookie_of_one_window_opens_no_other(tmp_path: Path) -> None:
    async with agent(tmp_path) as one, agent(tmp_path) as other, paging(one) as page:
        assert await _status(other, "/nowhere", session=page.session) == 403
        async with paging(other) as second:  # both in one browser
            assert await _status(other, "/nowhere", session=second.session) == 404


async def test_every_answer_carries_the_policy(tmp_path: Path) -> None:
    async with agent(tmp_path) as one, paging(one) as page:
        for path in ("/", "/nowhere", "/?key=wrong"):
            async with page.session.get(page.base + path) as response:
                assert "default-src 'none'" in response.headers["Content-Security-Policy"], path
                assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
