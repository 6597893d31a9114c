"""The classic window chat as its description has it, line by line: real windows, a real server with its own."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.browser.windows import Desktop, Window, a_port, desktop
from tests.support.filing import some_bytes

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("Xvfb")), reason="needs Debian's chromium and xvfb"
    ),
]
SIZE = 3_000_001
FILES = {"cat.png": some_bytes(SIZE), "one.bin": b"?", "none.bin": b""}


@pytest.fixture
async def desk(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    async with async_playwright() as playwright, desktop(playwright, tmp_path) as desk:
        yield desk


class House:
    """A server with files and its window, and clients."""

    def __init__(self, desk: Desktop, server: Window, port: int) -> None:
        self.desk = desk
        self.server = server
        self.address = f"127.0.0.1:{port}"

    async def client(self, name: str) -> Window:
        """A client that is logged in under this name."""
        window = await self.desk.client(name)
        await window.login(name, self.address)
        return window

    async def shows(self, line: str) -> None:
        """A line of the server's window."""
        await self.server.page.get_by_text(line, exact=True).first.wait_for(timeout=20_000)


@pytest.fixture
async def house(desk: Desktop, tmp_path: Path) -> House:
    folder = tmp_path / "server"
    folder.mkdir()
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    (folder / ".hidden").write_text("x", "utf-8")
    (folder / "folder").mkdir()
    port = a_port()
    return House(desk, await desk.server("server", port), port)


async def test_coming_and_going(house: House) -> None:
    leah = await house.desk.client("Leah")
    await _stands_in_order(leah)
    assert await leah.lines() == []  # screens start empty
    assert await leah.page.get_by_role("status").inner_text() == "Not connected"

    await _corrects_the_address(leah, house.address)
    await leah.sees("Leah connected to the server")  # the newcomer too
    await house.shows("Leah connected to the server")
    assert await leah.page.get_by_role("status").inner_text() == f"Connected to {house.address} as Leah"
    assert not await leah.page.get_by_role("button", name="Login", exact=True).count()

    shlomo = await house.client("Shlomo")
    await leah.sees("Shlomo connected to the server")
    await shlomo.sees("Shlomo connected to the server")
    assert await shlomo.lines() == ["Shlomo connected to the server", *_private_warning()]
    dina = await house.client("Dina")
    await leah.sees("Dina connected to the server")

    dina.kill()  # a client that is killed says goodbye to nobody
    await leah.sees("Dina has left the chat")
    await house.shows("Dina has left the chat")
    await dina.page.get_by_role("log").get_by_text("has ended").wait_for()  # and its window says so

    await shlomo.press_last("Logout")
    assert await shlomo.ended() == 0  # logout closes the window
    await leah.sees("Shlomo has left the chat")
    await house.shows("Shlomo has left the chat")

    await house.server.page.close()  # closing the server's window ends the server
    assert await house.server.ended() == 0
    await leah.sees(f"The connection to {house.address} is lost. This window looks for it.")
    await leah.page.get_by_role("status").get_by_text("Not connected").wait_for()
    await leah.page.close()  # closing the window ends the client
    assert await leah.ended() == 0


async def _corrects_the_address(leah: Window, address: str) -> None:
    """Log in at a wrong one, where nobody answers, and then at this one."""
    wrong = f"127.0.0.1:{a_port()}"
    await leah.fill("name", "Leah")
    await leah.fill("address", wrong)
    await leah.press("Login")
    await leah.sees(f"Failed to connect to {wrong}: connection refused", seconds=5)
    await leah.sees_button("Login")  # it can be corrected
    await leah.login("Leah", address)


def _private_warning() -> list[str]:
    """What a server that shows private words to its operator tells everybody who comes."""
    return ["The operator of this server is shown what people say in private."]


async def _stands_in_order(window: Window) -> None:
    """From top to bottom, by the words that are seen and heard."""
    page = window.page
    parts = [
        page.get_by_label("name", exact=True),
        page.get_by_label("address", exact=True),
        page.get_by_role("button", name="Login", exact=True),
        page.get_by_role("button", name="online_list", exact=True),
        page.get_by_role("button", name="show server file", exact=True),
        page.get_by_role("log"),
        page.get_by_role("status"),
        page.get_by_label("To", exact=True),
        page.get_by_label("message", exact=True),
        page.get_by_role("button", name="send", exact=True),
        page.get_by_label("server files", exact=True),
        page.get_by_label("save file as", exact=True),
        page.get_by_role("button", name="Download", exact=True),
        page.get_by_role("progressbar"),
    ]
    places = []
    for part in parts:
        box = await part.bounding_box()
        assert box is not None
        places.append((round((box["y"] + box["height"] / 2) / 40), box["x"]))
    assert places == sorted(places)


async def test_talking(house: House) -> None:
    leah, shlomo, dina = [await house.client(name) for name in ("Leah", "Shlomo", "Dina")]
    await leah.sees("Dina connected to the server")
    choices = await leah.page.get_by_label("To", exact=True).locator("option").all_inner_texts()
    assert choices == ["All", "Leah", "Shlomo", "Dina"]  # oneself included

    await leah.say("hello everybody")
    for window in (leah, shlomo, dina):  # everyone, the sender too
        await window.sees("Leah: hello everybody")
    await house.shows("send to all - Leah: hello everybody")
    assert await leah.page.get_by_label("message", exact=True).input_value() == ""

    await leah.say("hi", "Shlomo")
    await shlomo.sees("Leah: hi")
    await house.shows("send to Shlomo - Leah: hi")
    await leah.say("note to myself", "Leah")
    await leah.sees("Leah: note to myself")
    await leah.say('  blanks at both ends and $name {"type":"exit"}  ')
    for window in (leah, shlomo, dina):
        await window.sees(re.compile(r"Leah: +blanks at both ends"))
        lines = await window.lines()
        assert lines.count("Leah: hello everybody") == 1
        assert ("Leah: hi" in lines) == (window is shlomo)  # to one: only that person
        assert ("Leah: note to myself" in lines) == (window is leah)

    await leah.press("online_list")
    await leah.sees("online_list: Leah, Shlomo, Dina")
    await leah.press("show server file")
    await leah.sees("server files: cat.png, none.bin, one.bin")  # regular files, not hidden
    await dina.press_last("Logout")
    await leah.sees("Dina has left the chat")
    choices = await leah.page.get_by_label("To", exact=True).locator("option").all_inner_texts()
    assert choices == ["All", "Leah", "Shlomo"]  # kept up to date


async def test_a_download_halts_half_way(house: House) -> None:
    leah = await house.client("Leah")
    await leah.choose("server files", "cat.png")
    await _names_that_cannot_be(leah)
    assert list(leah.folder.iterdir()) == []  # nothing was downloaded

    await leah.fill("save file as", "copy.png")  # it can be mended and retried
    await leah.press("Download")
    half = SIZE // 2 + 1
    halted = f"user Leah downloaded 50.00% out of file. last byte is: 0x{FILES['cat.png'][half - 1]:02x}"
    await leah.sees("got a download connection")
    await leah.sees(halted)
    await leah.sees_button("Proceed")
    await leah.page.get_by_text("50.00%", exact=True).wait_for()
    await house.shows("Leah - want to download cat.png")
    await house.shows(f"send to Leah - {halted}")
    assert not (leah.folder / "copy.png").exists()

    await leah.press("Proceed")
    await leah.sees("user Leah confirm proceeding")
    await leah.sees("downloaded 100% out of file.")
    await leah.page.get_by_text("100%", exact=True).wait_for()
    await house.shows("send to Leah - user Leah confirm proceeding.")
    await house.shows("user Leah downloaded 100% out of file.")
    assert (leah.folder / "copy.png").read_bytes() == FILES["cat.png"]
    digest = hashlib.sha256(FILES["cat.png"]).hexdigest()
    await leah.sees(f"Saved {leah.folder / 'copy.png'} (SHA-256 {digest})")

    for name in ("one.bin", "none.bin"):  # straight to 100 %, and then the next file
        await leah.choose("server files", name)
        await leah.fill("save file as", name)
        await leah.press("Download")
        await leah.sees(re.compile(f"Saved .*/{name} "))
        assert (leah.folder / name).read_bytes() == FILES[name]
    assert sum("downloaded 50" in line for line in await leah.lines()) == 1


async def _names_that_cannot_be(leah: Window) -> None:
    """Each is answered with its reason, in a dialog."""
    for saved_as, why in (
        ("", "Give the file a name to save it as, such as cat.png."),
        ("copy", "copy has no type. The file is a .png file: call it copy.png."),
        ("copy.jpg", "copy.jpg would be a .jpg file. The file is a .png file: give it a name that ends so."),
    ):
        await leah.fill("save file as", saved_as)
        await leah.press("Download")
        dialog = leah.page.get_by_role("dialog")
        await dialog.get_by_text(why, exact=True).wait_for()
        await leah.press("OK")
        await dialog.wait_for(state="detached")


async def test_several_download_at_once_and_who_halts_costs_nothing(house: House) -> None:
    people = [await house.client(name) for name in ("Leah", "Shlomo", "Dina")]

    async def begin(window: Window) -> None:
        await window.choose("server files", "cat.png")
        await window.fill("save file as", "cat.png")
        await window.press("Download")
        await window.sees_button("Proceed")

    await asyncio.gather(*map(begin, people))
    for window in people[1:]:
        await window.press("Proceed")
        await window.sees("downloaded 100% out of file.")
    await people[0].press("Proceed")  # she was in no hurry
    await people[0].sees("downloaded 100% out of file.")
    for window in people:
        assert (window.folder / "cat.png").read_bytes() == FILES["cat.png"]
