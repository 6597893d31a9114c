"""Draws every screen of the web page into `docs/screens`: `python -m tests.browser.pictures [SCREEN …]`.

The pictures are the same each time: the server has one address, and all happens in one minute of a Friday.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, WebSocketRoute, async_playwright

from tests.browser.people import People
from tests.browser.screens import SCREENS, Screen
from tests.browser.views import PHONE
from tests.support.servers import Program

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
PORT = 12345  # as people meet it
MOMENT = 1_795_168_920_000  # Friday 20 November 2026, 10:02 in London
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1180, "height": 720}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1180, "height": 720}, "color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
}
_TIME = re.compile(r'"time":\d+')


class Sitters(People):
    """People whose browsers stand in that minute."""

    async def profile(self, **options: Any) -> BrowserContext:
        profile = await super().profile(timezone_id="Europe/London", **options)
        await profile.clock.set_fixed_time(MOMENT / 1000)
        await profile.route_web_socket("**/ws", _stop_the_clock)
        return profile


def _stop_the_clock(page: WebSocketRoute) -> None:
    server = page.connect_to_server()
    server.on_message(lambda text: page.send(_TIME.sub(f'"time":{MOMENT}', str(text))))


async def draw(browser: Browser, screen: Screen, look: str) -> None:
    """One picture, with a server and people of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Program(Path(folder))
        server.port = PORT
        await server.start()
        sitters = Sitters(browser, f"http://{server.address}")
        try:
            page = await screen.show(sitters, LOOKS[look])
            await page.screenshot(path=FOLDER / f"{screen.name}-{look}.png", animations="disabled", caret="hide")
        finally:
            await sitters.leave()
            await server.stop()


async def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    path = shutil.which("chromium")
    if path is None:
        sys.exit("Needs Debian's chromium.")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        for screen in SCREENS:
            if wanted and screen.name not in wanted:
                continue
            for look in LOOKS:
                await draw(browser, screen, look)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
