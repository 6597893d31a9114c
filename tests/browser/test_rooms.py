"""Rooms on the web page: finding, making, leaving them, what is unread in them, talking with one person alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import People, composer, said, say
from tests.browser.views import PHONE

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


def rooms(page: Page) -> Locator:
    """The links of the list."""
    return page.get_by_role("navigation", name="Rooms").get_by_role("link")


async def test_make_a_room_by_typing_its_name(people: People) -> None:
    page = await people.come_in("Ann")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="A room, or a person")).to_be_focused()
    await page.keyboard.type("music")
    await expect(page.get_by_role("dialog").get_by_role("option", selected=True)).to_have_text("Make the room music")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="music")).to_be_visible()
    await expect(composer(page)).to_be_focused()
    await expect(rooms(page)).to_have_text(["lobby", "music"])


async def test_find_a_room_that_others_are_in(people: People) -> None:
    bob = await people.come_in("Bob", "kitchen")
    await say(bob, "soup")
    ann = await people.come_in("Ann")
    await ann.get_by_role("button", name="Find or join").click()
    await expect(ann.get_by_role("option", name="kitchen")).to_contain_text("1 here")
    await ann.keyboard.type("kit")
    await ann.keyboard.press("Enter")
    await expect(said(ann, "soup")).to_be_visible()


async def test_a_name_that_no_room_can_have_is_refused_in_a_sentence(people: People) -> None:
    page = await people.come_in("Ann")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("a/b")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").get_by_text("This cannot be a room's name")).to_be_visible()
    await page.get_by_role("alert").get_by_role("button", name="Close").click()
    await expect(page.get_by_text("This cannot be a room's name")).to_have_count(0)


async def test_unread_messages_are_counted_in_the_list_the_title_and_the_icon(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await ann.keyboard.press("Control+k")
    await ann.keyboard.type("kitchen")
    await ann.keyboard.press("Enter")
    await expect(ann.get_by_role("heading", name="kitchen")).to_be_visible()
    bob = await people.come_in("Bob", "garden")
    for text in ("one", "two", "three"):
        await say(bob, text)
    garden = rooms(ann).filter(has_text="garden")
    await expect(garden).to_contain_text("3 unread messages")
    await expect(ann).to_have_title("(3) kitchen – Salon")
    await expect(ann.locator('link[rel="icon"]')).to_have_attribute("href", "/icon-unread.svg")
    await garden.click()
    await expect(said(ann, "three")).to_be_visible()
    await expect(ann).to_have_title("garden – Salon")
    await expect(ann.locator('link[rel="icon"]')).to_have_attribute("href", "/icon.svg")


async def test_leave_a_room_and_go_back_into_it(people: People) -> None:
    page = await people.come_in("Ann", "garden")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("kitchen")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="kitchen").get_by_role("button").click()
    await page.get_by_role("button", name="Leave the room").click()
    await expect(rooms(page)).to_have_text(["garden"])
    await expect(page.get_by_role("heading", name="garden")).to_be_visible()
    await page.evaluate("location.hash = '#/kitchen'")
    await expect(page.get_by_text("You are not in kitchen.")).to_be_visible()
    await page.get_by_role("button", name="Go in").click()
    await expect(composer(page)).to_be_visible()
    await expect(rooms(page)).to_have_text(["garden", "kitchen"])


async def test_talk_with_one_person_alone(people: People) -> None:
    ann = await people.come_in("Ann")
    bob = await people.come_in("Bob", **PHONE)
    await ann.get_by_role("tab", name="People").click()
    await ann.get_by_role("button", name="Talk with Bob alone").click()
    await expect(ann.get_by_text("This is between you and Bob")).to_be_visible()
    await say(ann, "psst")
    await bob.get_by_role("button", name="Rooms").tap()
    direct = rooms(bob).filter(has_text="Ann")
    await expect(direct).to_contain_text("1 unread message")
    await direct.tap()
    await expect(said(bob, "psst")).to_be_visible()
    await expect(bob.get_by_text("Between you and Ann").first).to_be_attached()


async def test_a_topic_is_seen_by_all(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    bob = await people.come_in("Bob", "garden")
    await ann.get_by_role("button", name="Add a topic").click()
    await expect(ann.get_by_role("textbox", name="Topic")).to_be_focused()
    await ann.keyboard.type("tomatoes")
    await ann.keyboard.press("Enter")
    await expect(bob.get_by_role("button", name="tomatoes")).to_be_visible()
    await expect(ann.get_by_role("button", name="tomatoes")).to_be_visible()


async def test_who_is_writing(people: People) -> None:
    ann = await people.come_in("Ann")
    bob = await people.come_in("Bob")
    await composer(bob).press_sequentially("wait")
    await expect(ann.get_by_text("Bob is writing …")).to_be_visible()
    await composer(bob).press("Enter")
    await expect(said(ann, "wait")).to_be_visible()
    await expect(ann.get_by_text("Bob is writing …")).to_have_count(0)


async def test_alone_one_finds_the_link_to_share(people: People) -> None:
    page = await people.come_in("Ann", "garden")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await expect(page.get_by_text("Nobody else is here yet")).to_be_visible()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = await page.evaluate("navigator.clipboard.readText()")
    assert link == f"{people.origin}/#/garden"
    await people.come_in("Bob", "garden")
    await expect(page.get_by_text("Nothing has been said here yet")).to_be_visible()
