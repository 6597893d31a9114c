"""A server with a window: the operator's console is shown in it, and the server ends with it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.serve import PATIENCE, ended, served, started

pytestmark = pytest.mark.anyio

# In the place of a browser: shows the link twice, and keeps what it is told of the console.
BROWSER = """
import asyncio, os, sys
from pathlib import Path
from aiohttp import ClientSession, CookieJar

async def main():
    link = next(arg for arg in sys.argv if arg.startswith("--app=")).removeprefix("--app=")
    base = link.partition("/console")[0]
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        first = (await session.get(link)).status
        second = (await session.get(link)).status
        async with session.ws_connect(base + "/console/feed", headers={"Origin": base}) as ws:
            await ws.receive()
            Path("seen.new").write_text(f"{link} {first} {second}", "utf-8")
            os.rename("seen.new", "seen")
            %s

asyncio.run(main())
"""


def browser(folder: Path, then: str) -> dict[str, str]:
    path = folder / "browser"
    path.write_text(f"#!{sys.executable}\n" + BROWSER % then, "utf-8")
    path.chmod(0o755)
    return {"SALON_BROWSER": str(path), "DISPLAY": ":99"}


async def test_who_closes_the_window_stops_the_server(tmp_path: Path) -> None:
    server = await started(tmp_path, "--memory", "--window", **browser(tmp_path, "pass"))
    await server.ready()
    operator = await server.until(r"Operator: (\S+)")
    await server.until("Closing")
    assert await server.process.wait() == 0
    link, first, second = (tmp_path / "seen").read_text("utf-8").split()
    assert (first, second) == ("200", "404")  # the window's key is good once, and is not the operator's
    assert link.partition("key=")[2] != operator[1].partition("key=")[2]


async def test_a_server_that_is_stopped_closes_its_window(tmp_path: Path) -> None:
    more = browser(tmp_path, "await asyncio.sleep(600)")
    async with served(tmp_path, "--memory", "--window", port="0", quiet=True, **more) as server:
        await eventually((tmp_path / "seen").exists, PATIENCE)
        assert await server.stop(signal.SIGTERM) == 0


async def test_without_a_browser_it_serves_all_the_same(tmp_path: Path) -> None:
    async with served(tmp_path, "--memory", "--window", DISPLAY="", WAYLAND_DISPLAY="", SALON_BROWSER="") as server:
        await server.until("open the operator's link")


async def test_several_addresses_share_a_port(tmp_path: Path) -> None:
    async with served(tmp_path, "--memory", "--host", "127.0.0.2,127.0.0.1") as server:
        again = await server.until(r"Salon is listening on http://127.0.0.1:(\d+)")
        assert int(again[1]) == server.port
        status, error = await ended(tmp_path, "--memory", "--host", "127.0.0.3,127.0.0.1", port=str(server.port))
        assert (status, len(error.splitlines())) == (2, 1)
