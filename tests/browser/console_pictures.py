"""Draws the operator's console into `docs/screens`: `python -m tests.browser.console_pictures`.

The pictures are the same each time: all happens in one minute of a Friday, on a machine that does not change.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute, async_playwright

from tests.browser.console import busy_house, line, open_console, same_each_time
from tests.browser.people import People
from tests.browser.pictures import FOLDER, LOOKS, MOMENT, PORT
from tests.browser.views import PHONE
from tests.support.servers import Program

VIEWS = {
    "console-light": {**LOOKS["light"], "viewport": {"width": 1440, "height": 860}},
    "console-dark": {**LOOKS["dark"], "viewport": {"width": 1440, "height": 860}},
    "console-phone": LOOKS["phone"],
    "console-phone-people": {**PHONE, "color_scheme": "dark"},
    "console-ask": LOOKS["light"],
}


class Operators(People):
    """People whose browsers stand in that minute."""

    async def profile(self, **options: Any) -> BrowserContext:
        profile = await super().profile(timezone_id="Europe/London", **options)
        await profile.clock.set_fixed_time(MOMENT)
        await profile.route_web_socket("**/console/feed*", _settle)
        return profile


def _settle(page: WebSocketRoute) -> None:
    server = page.connect_to_server()
    server.on_message(lambda text: page.send(same_each_time(str(text), MOMENT)))


async def _arrange(page: Page, name: str) -> None:
    """Bring the page to what the picture is to show."""
    await line(page, "send to all - Leah: I can.").wait_for()
    await page.get_by_text("does not read").first.wait_for(state="attached")
    if name == "console-phone-people":
        await page.get_by_role("navigation").get_by_role("button", name="People").click()
    if name == "console-ask":
        await page.get_by_role("button", name="Send Boris out").click()
        await page.get_by_role("dialog").wait_for()


async def draw(browser: Browser, name: str) -> None:
    """One picture, with a server and people of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Program(Path(folder))
        server.port = PORT
        await server.start()
        operators = Operators(browser, f"http://{server.address}")
        try:
            async with busy_house(server):
                page = await open_console(operators, server, **VIEWS[name])
                await _arrange(page, name)
                await page.screenshot(path=FOLDER / f"{name}.png", animations="disabled", caret="hide")
        finally:
            await operators.leave()
            await server.stop()


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    path = shutil.which("chromium")
    if path is None:
        sys.exit("Needs Debian's chromium.")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        for name in VIEWS:
            await draw(browser, name)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
