"""The page as a program of the system: it can be installed, and tells what comes while it is not in front."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.files import drop
from tests.browser.people import People, say
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

# Headless browsers show no notices: what the page asks for is kept, and the page is never in front.
_KEEP_NOTICES = """() => {
    document.hasFocus = () => false;
    const permission = { permission: "granted", requestPermission: () => Promise.resolve("granted") };
    window.Notification = Object.assign(function (title, { body, tag }) {
        window.noticed(`${tag} | ${title} | ${body}`);
        this.close = () => {};
        window.last = this;
    }, permission);
}"""


async def test_browsers_find_nothing_wrong_with_the_manifest(people: People) -> None:
    page = await people.arrive()
    session = await page.context.new_cdp_session(page)
    manifest = await session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{people.origin}/salon.webmanifest"
    for icon in ("/icon-192.png", "/icon-512.png", "/icon-maskable.png", "/apple-touch-icon.png", "/icon.svg"):
        size = await page.evaluate(
            "async (url) => { const image = new Image(); image.src = url; await image.decode(); return image.width }",
            icon,
        )
        assert size > 0


async def noticing(page: Page) -> list[str]:
    """What the page asks the system to show from now on."""
    seen: list[str] = []

    def noticed(notice: str) -> None:
        seen.append(notice)

    await page.expose_function("noticed", noticed)
    await page.evaluate(_KEEP_NOTICES)
    return seen


async def turn_on(page: Page) -> None:
    await page.get_by_role("button", name="Settings of").click()
    await page.get_by_role("checkbox", name="Tell me when somebody writes").check()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_notices_come_once_they_are_wanted(people: People) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    seen = await noticing(ann)
    await say(bob, "nobody is told yet")
    await expect(ann.get_by_text("nobody is told yet")).to_be_visible()
    await turn_on(ann)
    await say(ann, "my own words are no news")
    await say(bob, "the kettle is on")
    await drop(bob, "plan.txt", text="tea")
    await eventually(lambda: len(seen) == 2)
    assert seen == [
        "garden | Bob – garden | the kettle is on",
        "garden | Bob – garden | \u2068Bob\u2069 put \u2068plan.txt\u2069 on the shelf.",
    ]


async def test_a_notice_leads_to_its_room(people: People) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    seen = await noticing(ann)
    await turn_on(ann)
    await ann.evaluate("location.hash = '#/kitchen'")
    await expect(ann.get_by_role("heading", name="kitchen", exact=True)).to_be_visible()
    await say(bob, "where are you?")
    await eventually(lambda: len(seen) == 1)
    await ann.evaluate("window.last.onclick()")
    await expect(ann.get_by_role("heading", name="garden")).to_be_visible()
