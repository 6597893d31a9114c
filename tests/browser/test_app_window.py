"""`salon window`: the app in a window, with an agent behind it that does what a page cannot."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, async_playwright

from tests.browser.windows import Desktop, Window, a_port, desktop
from tests.support.filing import some_bytes, sparse
from tests.support.servers import Program, program

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("Xvfb")), reason="needs Debian's chromium and xvfb"
    ),
]
PICTURE = some_bytes(2_000_003)
FILM = 300_000_000  # of zeroes: long enough on its way to be paused


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Program]:
    library = tmp_path / "library"
    library.mkdir()
    (library / "cat.png").write_bytes(PICTURE)
    sparse(library / "film.bin", FILM)
    async with program(tmp_path / "data", "--library", str(library)) as server:
        yield server


@pytest.fixture
async def desk(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    async with async_playwright() as playwright, desktop(playwright, tmp_path) as desk:
        yield desk


async def come_in(window: Window, name: str) -> None:
    """Say who one is, to the server that the command named."""
    await window.fill("Your name", name)
    await window.press("Come in")
    await field(window).wait_for()


def field(window: Window) -> Locator:
    return window.page.get_by_role("textbox", name="Message").first


async def say(window: Window, text: str) -> None:
    await field(window).fill(text)
    await field(window).press("Enter")


async def reads(window: Window, text: str | re.Pattern[str]) -> None:
    await window.page.get_by_text(text).first.wait_for()


async def test_the_door_asks_for_the_server_and_a_wrong_one_is_mended_at_once(desk: Desktop, server: Program) -> None:
    leah = await desk.app("Leah")
    wrong = f"127.0.0.1:{a_port()}"
    await leah.fill("Server", wrong)
    await leah.fill("Your name", "Leah")
    await leah.press("Come in")
    await reads(leah, f"No Salon answers at {wrong}: connection refused.")
    await leah.fill("Server", server.address)
    await leah.press("Come in")
    await field(leah).wait_for()
    await reads(leah, server.address)  # the server's, not the agent's

    await leah.page.get_by_role("button", name=re.compile("^Settings")).click()
    await leah.page.get_by_role("radio", name="Dark").check()
    await leah.page.keyboard.press("Escape")
    await leah.page.close()
    assert await leah.ended() == 0
    again = await desk.app("Leah")  # who was in is in at once, as the same person
    await field(again).wait_for()
    assert await again.page.locator("html").get_attribute("data-theme") == "dark"  # as she left it
    await say(again, "back again")
    await reads(again, "back again")


async def test_a_download_goes_straight_into_the_folder(desk: Desktop, server: Program) -> None:
    leah = await desk.app("Leah", server.address)
    await come_in(leah, "Leah")
    card = leah.page.get_by_role("article", name="File cat.png")
    await card.get_by_role("button", name="Get cat.png").click()
    place = leah.folder / "cat.png"
    await card.get_by_text(f"Checked, and saved as {place}").wait_for()
    assert place.read_bytes() == PICTURE


async def test_a_paused_download_goes_on_in_the_next_window(desk: Desktop, server: Program) -> None:
    leah = await desk.app("Leah", server.address)
    await come_in(leah, "Leah")
    card = leah.page.get_by_role("article", name="File film.bin")
    await card.get_by_role("button", name="Get film.bin").click()
    await card.get_by_text(re.compile(r"Getting, [1-9]")).wait_for()
    await card.get_by_role("button", name="Pause film.bin").click()
    await card.get_by_text(re.compile(r"Paused at \d+ %")).wait_for()
    leah.kill()
    assert await leah.ended() < 0
    (part,) = leah.folder.glob("film.bin.*.part")
    there = part.stat().st_size

    again = await desk.app("Leah", server.address)
    card = again.page.get_by_role("article", name="File film.bin")
    await card.get_by_text(re.compile(r"Paused at \d+ %")).wait_for()
    assert part.stat().st_size == there  # it waits until somebody has it go on
    await card.get_by_role("button", name="Proceed with film.bin").click()
    await card.get_by_text("Checked, and saved as").wait_for()
    assert (leah.folder / "film.bin").stat().st_size == FILM


async def test_people_share_folders_and_ask_each_other(desk: Desktop, server: Program) -> None:
    leah, shlomo = [await desk.app(name, server.address) for name in ("Leah", "Shlomo")]
    for window, name in ((leah, "Leah"), (shlomo, "Shlomo")):
        await come_in(window, name)
    (leah.folder / "scan.png").write_bytes(PICTURE)
    await leah.fill("Folder to share", str(leah.folder / "nowhere"))
    await leah.press("Share")
    await reads(leah, "is no folder")
    await leah.fill("Folder to share", str(leah.folder))
    await leah.press("Share")
    await reads(leah, f"Others can get the files of {leah.folder}.")
    await shlomo.choose("Person", "Leah")
    await shlomo.fill("Name of the file", "scan.png")
    await shlomo.press("Ask")
    await reads(shlomo, f"Checked, and saved as {shlomo.folder / 'scan.png'}")
    assert (shlomo.folder / "scan.png").read_bytes() == PICTURE


async def test_what_is_lost_is_said_and_signing_out_closes_the_window(desk: Desktop, server: Program) -> None:
    leah, shlomo = [await desk.app(name, server.address) for name in ("Leah", "Shlomo")]
    for window, name in ((leah, "Leah"), (shlomo, "Shlomo")):
        await come_in(window, name)
    await say(leah, "hello")
    await reads(shlomo, "hello")
    await server.kill()
    await reads(leah, "The connection is lost.")
    await say(leah, "said while it was away")
    await server.start()
    await reads(shlomo, "said while it was away")

    shlomo.kill()
    await reads(shlomo, "The program behind this window has ended.")
    await leah.page.get_by_role("button", name=re.compile("^Settings")).click()
    await leah.press_last("Sign out")
    assert await leah.ended() == 0
