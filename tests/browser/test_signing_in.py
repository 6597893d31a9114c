"""The door of the web page."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.people import People, composer, said, say
from tests.browser.views import PHONE

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_follow_a_link_and_talk(people: People) -> None:
    """A name, Enter, and one writes: in the room that the link names, with the keyboard in the field."""
    page = await people.arrive("garden")
    await expect(page.get_by_text("You are invited to garden.")).to_be_visible()
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.keyboard.type("Ann")
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("hello")
    await page.keyboard.press("Enter")
    await expect(said(page, "hello")).to_be_visible()
    await expect(page).to_have_title("garden – Salon")


async def test_a_name_that_is_taken_is_asked_again(people: People) -> None:
    await people.come_in("Ann")
    page = await people.arrive()
    field = page.get_by_label("Your name")
    await field.fill("ann")
    await page.get_by_role("button", name="Come in").click()
    await expect(page.locator("form").get_by_text('Name "ann" is taken. Try another.')).to_be_visible()
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await page.keyboard.type("Anna")  # the refused name is selected
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_be_focused()


@pytest.mark.parametrize(("name", "why"), [("", "Type a name first."), ("a:b", "it has a colon"), ("All", "everybody")])
async def test_what_is_no_name(people: People, name: str, why: str) -> None:
    page = await people.arrive()
    await page.get_by_label("Your name").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.locator("form").get_by_text(why)).to_be_visible()
    await expect(page.get_by_label("Your name")).to_be_focused()


async def test_a_link_brings_a_name(people: People) -> None:
    page = await people.arrive("garden?name=Ann%20Lee", **PHONE)
    await expect(page.get_by_label("Your name")).to_have_value("Ann Lee")
    await page.get_by_role("button", name="Come in").tap()
    await expect(page.get_by_role("heading", name="garden")).to_be_visible()


async def test_who_comes_back_is_in_at_once_where_they_were(people: People) -> None:
    page = await people.come_in("Ann", "garden")
    await say(page, "I was here")
    await page.goto(people.origin)
    await expect(said(page, "I was here")).to_be_visible()
    await expect(page).to_have_url(f"{people.origin}/#/garden")


async def test_a_link_takes_somebody_who_is_in_already(people: People) -> None:
    page = await people.come_in("Ann", "garden")
    await page.goto("about:blank")
    await page.goto(f"{people.origin}/#/kitchen")
    await expect(page.get_by_role("heading", name="kitchen", exact=True)).to_be_visible()
    await say(page, "soup")
    await expect(page.get_by_role("navigation", name="Rooms").get_by_role("link")).to_have_count(2)


async def test_whoever_signs_out_is_forgotten(people: People) -> None:
    page = await people.come_in("Ann")
    await page.get_by_role("button", name="Settings of Ann").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Your name")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Your name")).to_be_visible()
    assert await page.evaluate("Object.keys(localStorage).filter((key) => localStorage[key].includes('Ann'))") == []
