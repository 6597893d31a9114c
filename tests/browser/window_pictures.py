"""Draws the windows into `docs/screens`: `python -m tests.browser.window_pictures`.

Real windows of real programs, on a screen that nobody sees. What would be another each time is written over.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, async_playwright

from tests.browser.pictures import FOLDER, PORT
from tests.browser.windows import CLASSIC, Desktop, Window, desktop
from tests.support.servers import Program

_SAME_EACH_TIME = """(changes) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        for (const [before, after] of changes) node.data = node.data.replace(new RegExp(before, "g"), after);
    }
}"""


async def draw(page: Page, name: str, theme: Literal["light", "dark"], **changes: str) -> None:
    """A picture of this window as it stands."""
    await page.emulate_media(color_scheme=theme)
    await page.evaluate(_SAME_EACH_TIME, [[r"\b\d\d:\d\d\b", "10:02"], *map(list, changes.items())])
    await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")


async def plain(desk: Desktop, folder: Path) -> None:
    """The classic chat: a wrong address, a talk, a download that has halted, and what is explained."""
    shutil.copytree(CLASSIC / "server", folder / "server", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    await desk.server("server", PORT)
    leah = await desk.client("Leah")
    await leah.fill("name", "Leah")
    await leah.fill("address", "127.0.0.1:9")
    await leah.press("Login")
    await leah.sees("Failed to connect to 127.0.0.1:9: connection refused")
    await leah.login("Leah", f"127.0.0.1:{PORT}")
    shlomo = await desk.client("Shlomo")
    await shlomo.login("Shlomo", f"127.0.0.1:{PORT}")
    await shlomo.say("Is the picture there already?")
    await leah.sees("Shlomo: Is the picture there already?")
    await leah.say("It is. I am getting it now.")
    await leah.press("show server file")
    await leah.sees("server files: salon.png, welcome.txt")
    await leah.choose("server files", "salon.png")
    await leah.fill("save file as", "our salon.png")
    await leah.press("Download")
    await leah.sees_button("Proceed")
    for theme in ("light", "dark"):
        await draw(leah.page, f"window-plain-{theme}", theme)
    await _explain(shlomo)


async def _explain(shlomo: Window) -> None:
    await shlomo.choose("server files", "welcome.txt")
    await shlomo.fill("save file as", "welcome.png")
    await shlomo.press("Download")
    await shlomo.page.get_by_role("dialog").wait_for()
    await draw(shlomo.page, "window-plain-explained", "light")


async def app(desk: Desktop, folder: Path) -> None:
    """The app in its window: its door, and a download that lies in its folder."""
    library = folder / "library"
    library.mkdir()
    shutil.copy(CLASSIC / "server" / "salon.png", library / "salon.png")
    server = Program(folder / "data", "--library", str(library))
    server.port = PORT + 1
    await server.start()
    try:
        dina = await desk.app("Dina", server.address)
        await dina.page.get_by_label("Server").wait_for()
        await draw(dina.page, "window-door", "light")
        await dina.fill("Your name", "Dina")
        await dina.press("Come in")
        writing = dina.page.get_by_role("textbox", name="Message").first
        await writing.fill("The picture lies in my downloads now, and it is whole.")
        await writing.press("Enter")
        card = dina.page.get_by_role("article", name="File salon.png")
        await card.get_by_role("button", name="Get salon.png").click()
        await card.get_by_text("Checked, and saved as").wait_for()
        places = {str(dina.folder): "/home/dina/Downloads"}
        for theme in ("light", "dark"):
            await draw(dina.page, f"window-app-{theme}", theme, **places)
    finally:
        await server.stop()


async def main() -> None:
    if not (shutil.which("chromium") and shutil.which("Xvfb")):
        sys.exit("Needs Debian's chromium and xvfb.")
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        for scene in (plain, app):
            with tempfile.TemporaryDirectory() as folder:
                async with desktop(playwright, Path(folder)) as desk:
                    await scene(desk, Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
