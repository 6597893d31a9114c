"""The screens of the web page, each with the way to it: for pictures, for axe, for looking at layouts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from playwright.async_api import Page, expect

from tests.browser import file_screens
from tests.browser.files import drop
from tests.browser.people import People, composer, messages, say, write


class Screen(NamedTuple):
    """`show` brings the page of a new person to it, whatever their screen is like."""

    name: str
    show: Callable[[People, dict[str, Any]], Awaitable[Page]]


async def door(people: People, options: dict[str, Any]) -> Page:
    """Signing in, by a link."""
    page = await people.arrive("garden", **options)
    await page.get_by_label("Your name").wait_for()
    return page


async def refused(people: People, options: dict[str, Any]) -> Page:
    """A name that cannot be had."""
    page = await people.arrive("garden", **options)
    await page.get_by_label("Your name").fill("a:b")
    await page.get_by_role("button", name="Come in").click()
    await page.locator("form").get_by_text("it has a colon").wait_for()
    return page


async def alone(people: People, options: dict[str, Any]) -> Page:
    """The first run: nobody else is here."""
    page = await people.come_in("Leah", "garden", **options)
    await page.get_by_text("Nobody else is here yet").wait_for()
    return page


async def talk(people: People, options: dict[str, Any]) -> Page:
    """A room in which people talk."""
    page = await people.come_in("Leah", "physics-lab", **options)
    others = [await people.come_in(name, "physics-lab") for name in ("Shlomo", "Ann")]
    await write(page, "Here are both series of Friday's experiment. The **second** looks better.")
    await messages(others[0]).get_by_text("Here are both").wait_for()
    await drop(page, "series 1 and 2.csv", text="time,value\n" * 400)
    await messages(others[0]).get_by_text("series 1 and 2.csv").first.wait_for()
    await say(others[0], "Which of them did you calibrate?")
    await write(others[0], "I get `0.62` for all of series 2:\n```\nmean 0.62\nsigma 0.04\n```")
    await messages(others[1]).get_by_text("sigma 0.04").wait_for()
    await write(
        others[1], "> Which of them did you calibrate?\n\nThe second. See https://en.wikipedia.org/wiki/Calibration"
    )
    await messages(page).get_by_text("The second.").wait_for()
    return page


async def rooms(people: People, options: dict[str, Any]) -> Page:
    """The list of rooms, with something unread: on a telephone a screen of its own."""
    page = await talk(people, options)
    bob = await people.come_in("Bob", "lobby")
    for text in ("Good morning", "Coffee at ten?"):
        await say(bob, text)
    await join(page, "lobby")
    await join(page, "חדר האורחים")
    await join(page, "a room whose name is so long that no list can show all of it")
    await say(bob, "Or at eleven?")
    await page.locator("#rooms, #messages").first.wait_for()
    if await page.get_by_role("button", name="Rooms").is_visible():
        await page.get_by_role("button", name="Rooms").click()
    await page.get_by_role("link", name="lobby").get_by_text("1 unread message").wait_for(state="attached")
    return page


async def join(page: Page, room: str) -> None:
    """By the switcher, as a person does."""
    if await page.get_by_role("button", name="Rooms").is_visible():
        await page.get_by_role("button", name="Rooms").click()
    await page.get_by_role("button", name="Find or join").click()
    field = page.get_by_role("combobox", name="A room, or a person")
    await field.fill(room)
    await field.press("Enter")
    await expect(page.get_by_role("heading", name=room, exact=True)).to_be_visible()


async def switcher(people: People, options: dict[str, Any]) -> Page:
    """Finding a room."""
    page = await rooms(people, options)
    await page.get_by_role("button", name="Find or join").click()
    await page.get_by_role("option", name="physics-lab").wait_for()
    return page


async def side(people: People, options: dict[str, Any]) -> Page:
    """Who is here."""
    page = await talk(people, options)
    tab = page.get_by_role("tab", name="People")
    await (tab if await tab.is_visible() else page.get_by_role("button", name="People, 3 here")).click()
    await page.get_by_role("button", name="Talk with Shlomo alone").wait_for()
    return page


async def direct(people: People, options: dict[str, Any]) -> Page:
    """Talking with one person alone."""
    page = await side(people, options)
    await page.get_by_role("button", name="Talk with Shlomo alone").click()
    await page.get_by_text("This is between you and Shlomo").wait_for()
    return page


async def about(people: People, options: dict[str, Any]) -> Page:
    """A room's topic, its link, the way out."""
    page = await talk(people, options)
    await page.get_by_role("heading", name="physics-lab", exact=True).get_by_role("button").click()
    await page.get_by_role("dialog", name="About this room").wait_for()
    return page


async def settings(people: People, options: dict[str, Any]) -> Page:
    """What one sets for oneself."""
    page = await talk(people, options)
    if await page.get_by_role("button", name="Rooms").is_visible():
        await page.get_by_role("button", name="Rooms").click()
    await page.get_by_role("button", name="Settings of Leah").click()
    await page.get_by_role("dialog", name="Settings").wait_for()
    return page


async def offline(people: People, options: dict[str, Any]) -> Page:
    """The line is gone, and a message waits."""
    page = await talk(people, options)
    await page.context.set_offline(True)
    await page.locator(".line").wait_for()
    await composer(page).fill("I send it again with the second series.")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.locator(".line").get_by_text("1 message waits").wait_for()
    return page


SCREENS = [
    Screen("door", door),
    Screen("refused", refused),
    Screen("alone", alone),
    Screen("talk", talk),
    Screen("rooms", rooms),
    Screen("switcher", switcher),
    Screen("people", side),
    Screen("direct", direct),
    Screen("about", about),
    Screen("settings", settings),
    Screen("offline", offline),
    Screen("shelf", file_screens.shelf),
    Screen("trouble", file_screens.trouble),
    Screen("question", file_screens.question),
    Screen("looking", file_screens.looking),
    Screen("looking-pdf", file_screens.looking_pdf),
    Screen("saving", file_screens.saving),
]
