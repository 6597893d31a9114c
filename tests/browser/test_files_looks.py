"""Looking at files in the page: pictures, text, sound; and that nothing in a file runs."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.files import drop, log_card
from tests.browser.people import PATIENCE_MS, People

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

DRAWING = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30' onload='top.ran=1'>"
    "<script>top.ran = 1; alert(1)</script><rect width='40' height='30' fill='green'/></svg>"
)
PAGE = "<!doctype html><script>top.ran = 1; alert(1)</script><p>hello"
PAPER = "%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>"


async def test_a_drawing_is_a_picture_and_runs_nothing(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    ann.on("dialog", lambda dialog: people.guard.mistakes.append(f"a dialog: {dialog.message}"))
    await drop(ann, "plan.svg", text=DRAWING)
    picture = log_card(ann, "plan.svg").get_by_role("img", name="Picture plan.svg")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") == 40
    await log_card(ann, "plan.svg").get_by_role("button", name="Look at plan.svg").last.click()
    await expect(ann.get_by_role("dialog", name="plan.svg").get_by_role("img")).to_be_visible()
    await ann.keyboard.press("Escape")
    await expect(ann.get_by_role("dialog")).to_have_count(0)
    assert await ann.evaluate("window.ran") is None


@pytest.mark.parametrize(("name", "text"), [("page.html", PAGE), ("plan.svg", DRAWING), ("paper.pdf", PAPER)])
async def test_what_holds_a_script_is_saved_when_it_is_opened_by_its_address(
    people: People, name: str, text: str
) -> None:
    ann = await people.come_in("Ann", "garden")
    ann.context.on("dialog", lambda dialog: people.guard.mistakes.append(f"a dialog: {dialog.message}"))
    await drop(ann, name, text=text)
    await log_card(ann, name).get_by_role("button", name=f"Get {name}").wait_for()
    async with ann.expect_download() as download:
        await ann.evaluate("(name) => { location.href = `/rooms/garden/files/${name}` }", name)
    assert (await download.value).suggested_filename == name
    assert await ann.evaluate("window.ran") is None


async def test_text_is_shown_as_letters_whatever_it_says(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "page.html", text=PAGE)
    await log_card(ann, "page.html").get_by_role("button", name="Look at page.html").click()
    dialog = ann.get_by_role("dialog", name="page.html")
    await expect(dialog.locator("pre")).to_have_text(PAGE)
    assert await ann.evaluate("window.ran") is None


async def test_of_a_long_text_its_beginning(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "long.log", text="ä" * 400_000)
    await log_card(ann, "long.log").get_by_role("button", name="Look at long.log").click()
    await expect(ann.get_by_role("dialog")).to_contain_text("This is the beginning of 781 KiB.")
    assert await ann.get_by_role("dialog").locator("pre").evaluate("(pre) => new Set(pre.textContent).size") == 1


async def test_a_picture_in_a_private_room_is_seen_by_the_two(people: People) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob")
    await ann.get_by_role("tab", name="People").click()
    await ann.get_by_role("button", name="Talk with Bob alone").click()
    await ann.get_by_text("This is between you and Bob").wait_for()
    await drop(ann, "plan.svg", text=DRAWING)
    await bob.evaluate("location.hash = '#/@ann:bob'")
    picture = log_card(bob, "plan.svg").get_by_role("img", name="Picture plan.svg")
    await expect(picture).to_be_visible()
    address = await picture.get_attribute("src")
    assert address is not None
    assert "pass=" in address
    assert await picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") == 40
    assert await ann.evaluate("(address) => fetch(address.split('?')[0]).then((one) => one.status)", address) == 404
    people.guard.mistakes[:] = [one for one in people.guard.mistakes if "404" not in one]


async def test_looking_is_not_counted_as_getting(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "plan.svg", text=DRAWING)
    await log_card(ann, "plan.svg").get_by_role("img").wait_for()
    async with ann.expect_download():
        await log_card(ann, "plan.svg").get_by_role("button", name="Get plan.svg").click()
    # It is counted once the last byte has gone, which may be a moment later.
    downloads = "fetch('/rooms/garden/files').then((answer) => answer.json()).then(([one]) => one.downloads)"
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while (counted := await ann.evaluate(downloads)) == 0:
            pass
    assert counted == 1
