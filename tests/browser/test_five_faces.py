"""One server, five faces: console, menu chat, netcat, web page and window share a room and its files."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from salon.ground.tasks import Tasks
from tests.browser.people import messages, people_at, said, write
from tests.browser.windows import Window, desktop
from tests.classic.programs import Program as Menu
from tests.classic.programs import running
from tests.support.chats import PipedChat, chatting
from tests.support.eventually import eventually
from tests.support.filing import some_bytes
from tests.support.servers import PATIENCE, Program, free_port, program

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("Xvfb")), reason="needs Debian's chromium and xvfb"
    ),
]
# What looks like protocol somewhere, and must be text everywhere.
ODD = ["x", '{"type":"exit"}', "want download", "$name", "ann: forged", "ünï ☕"]
PICTURE = some_bytes(1_000_003)


class Netcat:
    """Plain lines over a bare connection."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._tasks = Tasks()

    async def come(self, port: int) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        self._tasks.start(self._listen())

    async def _listen(self) -> None:
        while line := await self._reader.readline():
            self.heard.append(line.decode().removesuffix("\n"))

    async def type(self, line: str) -> None:
        self._writer.write(f"{line}\n".encode())
        await self._writer.drain()

    async def until(self, text: str) -> None:
        await eventually(lambda: any(text in line for line in self.heard), PATIENCE)

    async def leave(self) -> None:
        self._writer.close()
        await self._tasks.close()


class Room:
    """The five in the lobby: ann at a console, bob at the menu, cat with netcat, dan at the page, eve at the window."""

    def __init__(self, server: Program, folder: Path, browser: Browser) -> None:
        self.server = server
        self.folder = folder
        self.browser = browser
        self.ann: PipedChat
        self.bob: Menu
        self.cat = Netcat()
        self.dan: Page
        self.eve: Window

    async def say(self, who: str, text: str) -> None:
        if who == "ann":
            await self.ann.say(text)
        elif who == "bob":
            self.bob.type("m", text)
        elif who == "cat":
            await self.cat.type(text)
        elif who == "dan":
            await write(self.dan, text)
        else:
            await self.eve.say(text)

    async def all_see(self, who: str, text: str) -> None:
        """Each shows it once, in its own form; netcat and the menu not to its sender."""
        line = f"{who}: {text}"
        await eventually(lambda: self.ann.heard.count(line) == 1, PATIENCE)
        if who != "bob":
            await eventually(lambda: self.bob.out.splitlines().count(line) == 1, PATIENCE)
        if who != "cat":
            await eventually(lambda: self.cat.heard.count(line) == 1, PATIENCE)
        await said(self.dan, text).last.wait_for()
        await self.eve.sees(line)


@pytest.fixture
async def room(anyio_backend: str, tmp_path: Path, browser: Browser) -> AsyncIterator[Room]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(program(tmp_path / "server"))
        room = Room(server, tmp_path, browser)
        for name in ("ann", "bob"):
            (tmp_path / name).mkdir()
        room.ann = await stack.enter_async_context(chatting("ann", server.address, tmp_path / "ann"))
        await room.ann.say("first")
        await room.ann.until_heard(1)
        menu = ("menu/ChatClient.py", "-l", free_port(), "-p", server.port)
        room.bob = await stack.enter_async_context(running(*menu, cwd=tmp_path / "bob"))
        room.bob.type("bob")
        await room.bob.until(lambda: "e(X)it" in room.bob.out)
        await room.cat.come(server.port)
        stack.push_async_callback(room.cat.leave)
        await room.cat.type("ann")  # somebody is called so
        await room.cat.until('Name "ann" is taken. Try another.')
        await room.cat.type("cat")
        await room.cat.until("Welcome")
        people = await stack.enter_async_context(people_at(browser, f"http://{server.address}"))
        room.dan = await people.come_in("dan")
        playwright = await stack.enter_async_context(async_playwright())
        desk = await stack.enter_async_context(desktop(playwright, tmp_path))
        room.eve = await desk.client("eve")
        await _logs_in(room.eve, server.address)
        yield room


async def _logs_in(eve: Window, address: str) -> None:
    """A name that is in use is told, and another one is taken at once."""
    await eve.fill("name", "bob")
    await eve.fill("address", address)
    await eve.press("Login")
    await eve.sees('Name "bob" is taken. Try another.')
    await eve.login("eve", address)


async def test_they_share_a_room_and_its_files(room: Room) -> None:
    for number, who in enumerate(("ann", "bob", "cat", "dan", "eve")):
        for odd in ODD:
            text = f"{odd} {number}" if odd != "x" else f"x{number}"
            await room.say(who, text)
            await room.all_see(who, text)
    lines = await room.eve.lines()
    for number, who in enumerate(("ann", "bob", "cat", "dan", "eve")):
        assert lines.count(f"{who}: x{number}") == 1

    # To one: only that person, in whichever face they are.
    await room.eve.say("for ann alone", "ann")
    await eventually(lambda: any("for ann alone" in line for line in room.ann.heard), PATIENCE)
    await room.ann.say("/to eve for eve alone")
    await room.eve.sees("ann: for eve alone")
    for heard in (room.cat.heard, room.bob.out.splitlines(), [await messages(room.dan).inner_text()]):
        assert not any("alone" in line for line in heard)

    await _share_files(room)


async def _share_files(room: Room) -> None:
    """A file that one face shelved can be had in all others that have files."""
    (room.folder / "ann" / "from-ann.png").write_bytes(PICTURE)
    await room.ann.say(f"upload: {room.folder / 'ann' / 'from-ann.png'}")
    card = room.dan.get_by_role("article", name="File from-ann.png").first
    async with room.dan.expect_download() as coming:
        await card.get_by_role("button", name="Get from-ann.png").click()
    assert Path(await (await coming.value).path()).read_bytes() == PICTURE

    await room.eve.press("show server file")
    await room.eve.sees("server files: from-ann.png")
    await room.eve.choose("server files", "from-ann.png")
    await room.eve.fill("save file as", "mine.png")
    await room.eve.press("Download")
    await room.eve.sees_button("Proceed")
    await room.eve.press("Proceed")
    await room.eve.sees("downloaded 100% out of file.")
    assert (room.eve.folder / "mine.png").read_bytes() == PICTURE
    await eventually(lambda: any("from-ann.png" in line for line in room.cat.heard), PATIENCE)


async def test_a_killed_server_is_told_of_and_what_is_said_meanwhile_arrives_once(room: Room) -> None:
    await room.say("ann", "before")
    await room.all_see("ann", "before")
    await room.server.kill()
    await room.eve.sees(f"The connection to {room.server.address} is lost. This window looks for it.")
    await room.say("eve", "said by the window meanwhile")
    await room.say("dan", "said by the page meanwhile")
    await room.server.start()
    for text, who in (("said by the window meanwhile", "eve"), ("said by the page meanwhile", "dan")):
        line = f"{who}: {text}"
        await eventually(lambda line=line: room.ann.heard.count(line) == 1, PATIENCE)  # type: ignore[misc]
        await room.eve.sees(line)
        await said(room.dan, text).last.wait_for()
    await room.eve.sees(f"Connected to {room.server.address} again")
    lines = await room.eve.lines()
    assert lines.count("eve: said by the window meanwhile") == 1
    assert lines.count("ann: before") == 1
