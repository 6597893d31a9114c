"""The window's program from its start to its end: `salon window` and the classic client."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from tests.support.servers import PATIENCE, environment, salon

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

CLIENT = Path(__file__).resolve().parents[3] / "classic" / "window" / "client" / "client.py"
# In the place of a browser: comes by the link, opens the page's line to the agent, and keeps what it hears first.
VISITOR = """
import asyncio, re, sys
from pathlib import Path
from aiohttp import ClientSession, CookieJar

async def main():
    link = next(arg for arg in sys.argv if arg.startswith("--app=")).removeprefix("--app=")
    base = link.partition("/?")[0]
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        await session.get(link)
        async with session.ws_connect(base + "/agent", headers={"Origin": base}) as ws:
            word = (await ws.receive()).data
            Path("seen").write_text(word, "utf-8")
            %s

asyncio.run(main())
"""


@asynccontextmanager
async def started(folder: Path, *command: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    env = {**environment(folder), "DISPLAY": "", "WAYLAND_DISPLAY": "", "XDG_DOWNLOAD_DIR": str(folder), **more}
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=folder
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    async with asyncio.timeout(PATIENCE):
        _, error = await process.communicate()
    return process.returncode, error.decode()


async def _link(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return (await process.stdout.readline()).decode().strip()


def _visitor(folder: Path, then: str) -> dict[str, str]:
    path = folder / "browser"
    path.write_text(f"#!{sys.executable}\n" + VISITOR % then, "utf-8")
    path.chmod(0o755)
    return {"SALON_BROWSER": str(path), "DISPLAY": ":99"}


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_it_prints_the_link_and_ends_when_told(tmp_path: Path, number: int, status: int) -> None:
    async with started(tmp_path, *salon("window", "127.0.0.1:1", "--print")) as process:
        link = await _link(process)
        assert link.startswith("http://127.0.0.1:")
        assert "/?key=" in link
        process.send_signal(number)
        assert await _ended(process) == (status, "")


async def test_it_ends_when_the_last_page_has_gone(tmp_path: Path) -> None:
    async with started(tmp_path, sys.executable, str(CLIENT), "--print") as process:
        link = await _link(process)
        base = link.partition("/?")[0]
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            await session.get(link)
            for _ in range(2):  # the second time as a page that is loaded again
                async with session.ws_connect(f"{base}/agent", headers={"Origin": base}) as ws:
                    await ws.receive()
        assert await _ended(process) == (0, "")


async def test_it_ends_with_its_window(tmp_path: Path) -> None:
    async with started(tmp_path, *salon("window", "--name", "Leah"), **_visitor(tmp_path, "pass")) as process:
        assert await _ended(process) == (0, "")
    assert '"name":"Leah"' in (tmp_path / "seen").read_text("utf-8")


async def test_logging_out_closes_the_window(tmp_path: Path) -> None:
    then = 'await ws.send_json({"type": "end", "payload": {"id": "1"}}); await asyncio.sleep(600)'
    async with started(tmp_path, sys.executable, str(CLIENT), **_visitor(tmp_path, then)) as process:
        assert await _ended(process) == (0, "")


async def test_a_browser_that_cannot_start_leaves_the_link(tmp_path: Path) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    broken.chmod(0o755)
    more = {"SALON_BROWSER": str(broken), "DISPLAY": ":99", "BROWSER": "false", "PATH": str(tmp_path)}
    async with started(tmp_path, *salon("window"), **more) as process:
        assert (await _link(process)).startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        status, error = await _ended(process)
        assert status == 0
        assert "Open this link" in error


async def test_without_a_screen_the_link_is_printed(tmp_path: Path) -> None:
    async with started(tmp_path, *salon("window")) as process:
        assert (await _link(process)).startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        status, error = await _ended(process)
        assert (status, len(error.splitlines())) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [(["no server:x"], 2, "HOST:PORT"), (["--folder", "/no/such/folder"], 1, "no folder")],
)
async def test_what_cannot_be_is_one_line(tmp_path: Path, arguments: list[str], status: int, word: str) -> None:
    async with started(tmp_path, *salon("window", *arguments)) as process:
        ended, error = await _ended(process)
        assert ended == status
        assert word in error
        assert len(error.splitlines()) == 1
