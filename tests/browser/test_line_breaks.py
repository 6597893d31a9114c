"""A server that dies and comes back: what was said meanwhile arrives once, in order, whatever becomes of the page."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import People, messages, said, say, write
from tests.support.servers import Program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def words(page: Page, beginning: str) -> list[str]:
    return await messages(page).get_by_text(beginning).all_inner_texts()


async def test_what_is_said_meanwhile_arrives_once_and_in_order(people: People, server: Program) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    await say(ann, "before")
    await server.kill()
    for number in range(3):
        await write(ann, f"meanwhile {number}")
    await write(bob, "Bob too")
    await server.start()
    for page in (ann, bob):
        await expect(said(page, "meanwhile 2")).to_be_visible()
        await expect(said(page, "Bob too")).to_be_visible()
        assert await words(page, "meanwhile") == [f"meanwhile {number}" for number in range(3)]
        await expect(page.get_by_text("Waits for the connection")).to_have_count(0)


async def test_what_waits_outlives_the_page(people: People, server: Program) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    await server.kill()
    await write(ann, "said to nobody")
    await expect(ann.get_by_text("Waits for the connection")).to_be_visible()
    profile = ann.context
    await ann.close()
    await server.start()
    ann = await profile.new_page()
    await ann.goto(f"{people.origin}/#/garden")
    for page in (ann, bob):
        await expect(said(page, "said to nobody")).to_be_visible()
        assert len(await words(page, "said to nobody")) == 1
