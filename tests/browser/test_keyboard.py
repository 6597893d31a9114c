"""The web page by the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import People, composer, said, say

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def go_to(page: Page, room: str) -> None:
    """By the switcher."""
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox", name="A room, or a person")).to_be_focused()
    await page.keyboard.type(room)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=room, exact=True)).to_be_visible()
    await expect(composer(page)).to_be_focused()


async def test_from_room_to_room(people: People) -> None:
    page = await people.come_in("Ann", "attic")
    await go_to(page, "barn")
    await go_to(page, "cellar")
    await expect(page.get_by_role("navigation", name="Rooms").get_by_role("link")).to_have_count(3)
    for key, room in [("ArrowUp", "barn"), ("ArrowUp", "attic"), ("ArrowUp", "cellar"), ("ArrowDown", "attic")]:
        await page.keyboard.press(f"Alt+{key}")
        await expect(page.get_by_role("heading", name=room, exact=True)).to_be_visible()
        await expect(composer(page)).to_be_focused()
    bob = await people.come_in("Bob", "cellar")
    await say(bob, "anybody?")
    await expect(page).to_have_title("(1) attic – Salon")
    await page.keyboard.press("Alt+Shift+ArrowDown")
    await expect(said(page, "anybody?")).to_be_visible()


async def test_the_list_of_rooms_is_one_stop_in_which_arrows_move(people: People) -> None:
    page = await people.come_in("Ann", "attic")
    await go_to(page, "barn")
    await page.get_by_role("button", name="Find or join").focus()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="barn")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("link", name="attic")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Settings of Ann")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="attic", exact=True)).to_be_visible()
    await expect(composer(page)).to_be_focused()


async def test_f6_goes_from_part_to_part(people: People) -> None:
    page = await people.come_in("Ann")
    await say(page, "hello")
    await composer(page).focus()
    for part in ["#panel", "#rooms", "#messages", "#writing"]:
        await page.keyboard.press("F6")
        assert await page.evaluate("(part) => document.activeElement.closest(part) !== null", part), part
    await expect(composer(page)).to_be_focused()


async def test_the_first_stops_skip_the_list_of_rooms(people: People) -> None:
    page = await people.come_in("Ann")
    await say(page, "hello")
    await page.get_by_role("button", name="Find or join").focus()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Skip to the messages")).to_be_focused()
    await expect(page.get_by_role("button", name="Skip to the messages")).to_be_in_viewport()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_be_focused()


async def test_a_dialog_gives_the_keyboard_back(people: People) -> None:
    page = await people.come_in("Ann")
    settings = page.get_by_role("button", name="Settings of Ann")
    await settings.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(settings).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(composer(page)).to_be_focused()


async def test_colours_are_chosen_by_arrows_and_kept(people: People) -> None:
    page = await people.come_in("Ann")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = await page.evaluate(ground)
    await page.get_by_role("button", name="Settings of Ann").click()
    await page.get_by_role("radio", name="System").focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    dark = await page.evaluate(ground)
    assert dark != light
    await page.reload()
    await composer(page).wait_for()
    assert await page.evaluate(ground) == dark
