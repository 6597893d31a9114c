"""What the web page says when the line or the server fails, and that it goes on by itself."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import People, composer, said, say, write
from tests.browser.views import PHONE
from tests.support.servers import Program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


def bar(page: Page) -> Locator:
    """The quiet bar above the room."""
    return page.locator(".line")


async def test_a_lost_line_is_said_with_what_works_and_what_waits(people: People, server: Program) -> None:
    page = await people.come_in("Ann")
    await say(page, "before")
    await expect(bar(page)).to_have_count(0)
    await server.kill()
    await expect(bar(page)).to_contain_text("The connection is lost. You can read and write on")
    await write(page, "meanwhile")
    await expect(bar(page)).to_contain_text("1 message waits and goes out by itself.")
    await server.start()
    await expect(bar(page)).to_have_count(0)
    await expect(said(page, "meanwhile")).to_be_visible()
    await expect(page.get_by_role("status").get_by_text("The connection is back.")).to_be_attached()


async def test_who_does_not_want_to_wait_tries_now(people: People, server: Program) -> None:
    page = await people.come_in("Ann", **PHONE)
    await server.kill()
    again = bar(page).get_by_role("button", name="Try now")
    # Each failed try makes the pause before the next one longer: so long that it cannot be the page's own doing.
    await expect(bar(page)).to_be_visible()
    for _ in range(5):
        await expect(again).to_be_enabled()
        await again.tap()
    await server.start()
    await expect(again).to_be_enabled()
    await again.tap()
    await expect(bar(page)).to_have_count(0)
    await say(page, "here again")


async def test_a_server_that_is_closed_says_so(people: People, server: Program) -> None:
    page = await people.come_in("Ann")
    await server.stop()
    await expect(bar(page)).to_contain_text("The server was closed.")
    await server.start()
    await expect(bar(page)).to_have_count(0)


async def test_a_page_that_is_loaded_again_while_the_server_is_away_keeps_what_waits(
    people: People, server: Program
) -> None:
    page = await people.come_in("Ann")
    await say(page, "before")
    # The page itself comes from the server too: what is asked here is only what the line is told.
    await page.context.route("**/ws", lambda route: route.abort())
    await page.context.set_offline(True)
    await expect(bar(page)).to_contain_text("This device has no network.")
    await write(page, "from a tunnel")
    await expect(page.get_by_role("navigation", name="Rooms")).to_contain_text("1 waits")
    await page.context.set_offline(False)
    await expect(bar(page)).to_have_count(0)
    await expect(said(page, "from a tunnel")).to_be_visible()


async def test_at_the_door_one_is_told_that_nobody_answers(people: People, server: Program) -> None:
    page = await people.arrive()
    await server.kill()
    await page.get_by_label("Your name").fill("Ann")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("The server does not answer. This page goes on trying.")).to_be_visible()
    await server.start()
    await expect(composer(page)).to_be_focused()
