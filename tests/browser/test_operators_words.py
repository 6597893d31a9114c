"""What the operator tells everybody is seen in the page: what they say, and that they are shown private words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.console import open_console
from tests.browser.people import people_at
from tests.support.servers import Program, program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
LOGGED = "The operator of this server is shown what people say in private."


@pytest.fixture
async def open_server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Program]:
    async with program(tmp_path, "--log-private") as server:
        yield server


async def test_it_stays_until_it_is_put_away(open_server: Program, browser: Browser) -> None:
    async with people_at(browser, f"http://{open_server.address}") as people:
        page = await people.come_in("Ann")
        told = page.get_by_role("status").get_by_text(LOGGED)
        await expect(told).to_be_visible()
        await page.get_by_role("button", name="Close").first.click()
        await expect(told).to_have_count(0)

        console = await open_console(people, open_server)
        await console.get_by_role("button", name="Say something to everybody").click()
        await console.get_by_label("What they should know").fill("The server restarts at ten.")
        await console.get_by_role("button", name="Say it").click()
        await expect(page.get_by_role("status").get_by_text("The server restarts at ten.")).to_be_visible()
        await open_server.kill()
        await open_server.start()
        await expect(page.get_by_text("The connection is lost.")).to_have_count(0, timeout=20_000)
        await expect(told).to_have_count(0)  # it was said once
