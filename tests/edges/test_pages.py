"""The web page at `/`: which files are served, to whom, and under which policy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from salon.edges import pages
from salon.ground.web import POLICY, WebBuild

pytestmark = pytest.mark.anyio


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[str]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Salon</title>", "utf-8")
    (tmp_path / "console.html").write_text("for the operator", "utf-8")
    (tmp_path / "assets" / "app-1.js").write_bytes(b"plain")
    (tmp_path / "assets" / "app-1.js.gz").write_bytes(b"\x1f\x8b not unpacked here")
    async for url in _serving(WebBuild(tmp_path)):
        yield url


async def _serving(build: WebBuild) -> AsyncIterator[str]:
    app = web.Application()
    pages.add_routes(app, build)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_the_app_comes_under_the_strict_policy_and_is_asked_for_again(served: str) -> None:
    async with ClientSession() as http, http.get(served) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "<title>Salon</title>" in await answer.text()
        tag = answer.headers["ETag"]
    async with ClientSession() as http, http.get(served, headers={"If-None-Match": tag}) as again:
        assert again.status == 304
        assert await again.read() == b""


async def test_its_files_come_compressed_and_for_ever(served: str) -> None:
    async with ClientSession(auto_decompress=False) as http:
        async with http.get(f"{served}/assets/app-1.js", headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert "immutable" in answer.headers["Cache-Control"]
            assert await answer.read() == b"\x1f\x8b not unpacked here"
        async with http.head(f"{served}/assets/app-1.js", headers={"Accept-Encoding": "identity"}) as answer:
            assert answer.status == 200
            assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/console.html", "/index.html", "/assets/app-1.js.gz", "/assets/../index.html", "/x"])
async def test_nothing_else_is_there(served: str, path: str) -> None:
    async with ClientSession() as http, http.get(served + path) as answer:
        assert answer.status == 404


async def test_a_tree_without_a_build_says_how_to_make_it(tmp_path: Path) -> None:
    async for url in _serving(WebBuild(tmp_path / "nowhere")):
        async with ClientSession() as http, http.get(url) as answer:
            assert answer.status == 503
            assert "make web" in await answer.text()
