"""Looking at PDF documents in the page: their pages are seen, and nothing in them runs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, Request, expect

from tests.browser.files import REFUSED, drop, forgive, log_card
from tests.browser.papers import paper, scan
from tests.browser.people import People
from tests.browser.test_screens import AXE
from tests.browser.views import PHONE, SMALL

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

_FINDINGS = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map((one) => one.id)"
# How many of a picture's pixels are the brown of the bar that every page has.
_BROWN = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let brown = 0;
    for (let at = 0; at < data.length; at += 4) brown += data[at] === 153 && data[at + 1] === 64;
    return brown / (canvas.width * canvas.height);
}"""


async def look(page: Page, name: str, text: str, verb: str = "Look at {}") -> Locator:
    """The dialog in which a document is looked at that was dropped just now."""
    await drop(page, name, text=text)
    await log_card(page, name).get_by_role("button", name=verb.format(name)).click()
    return page.get_by_role("dialog", name=name)


def sheet(dialog: Locator, number: int, count: int) -> Locator:
    return dialog.get_by_role("group", name=f"Page {number} of {count}")


async def test_pages_are_drawn_as_they_are_scrolled_to(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    dialog = await look(ann, "paper.pdf", paper(60))
    first = sheet(dialog, 1, 60)
    await expect(first.locator("canvas")).to_be_visible()
    assert await first.locator("canvas").evaluate(_BROWN) == pytest.approx(475 * 60 / (595 * 842), rel=0.1)
    await expect(first.get_by_text("Page 1", exact=True)).to_be_attached()
    field = dialog.get_by_role("textbox", name="Page")
    await expect(field).to_have_value("1")
    await field.fill("40")
    await field.press("Enter")
    await expect(sheet(dialog, 40, 60).get_by_text("Page 40", exact=True)).to_be_attached()
    await expect(first).to_have_count(0)
    assert await dialog.locator("canvas").count() <= 5  # those that are far away are let go
    pages = dialog.get_by_role("region", name="Pages of paper.pdf")
    await pages.focus()
    await ann.keyboard.press("End")
    await expect(field).to_have_value("60")
    await expect(sheet(dialog, 60, 60).locator("canvas")).to_be_visible()


async def test_it_is_as_wide_as_the_window_and_larger_by_keys(people: People) -> None:
    ann = await people.come_in("Ann", "garden", device_scale_factor=2)
    dialog = await look(ann, "paper.pdf", paper(9))
    canvas = sheet(dialog, 1, 9).locator("canvas")
    await canvas.wait_for()
    pages = dialog.get_by_role("region", name="Pages of paper.pdf")
    wide = "(one) => one.getBoundingClientRect().width"
    room = await pages.evaluate("(one) => one.clientWidth")
    assert await canvas.evaluate(wide) == room
    assert await canvas.evaluate("(one) => one.width") == pytest.approx(2 * room, abs=1)
    await pages.focus()
    await ann.keyboard.press("+")
    await expect(dialog.get_by_role("button", name="As wide as the window")).to_contain_text("125 %")
    assert await sheet(dialog, 1, 9).evaluate(wide) == pytest.approx(room * 1.25, abs=1)
    await ann.keyboard.press("0")
    await expect(dialog.get_by_role("button", name="As wide as the window")).to_have_attribute("aria-pressed", "true")


async def test_a_scan_is_unpacked_by_what_the_server_has(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    async with ann.expect_request(lambda request: "nowasm_fallback" in request.url):
        dialog = await look(ann, "scan.pdf", scan())
    canvas = sheet(dialog, 1, 1).locator("canvas")
    await canvas.wait_for()
    middle = "(one) => [...one.getContext('2d').getImageData(one.width / 2, one.height / 2, 1, 1).data]"
    assert await canvas.evaluate(middle) == [0, 0, 0, 255]


async def test_nothing_in_a_document_runs(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    ann.context.on("dialog", lambda dialog: people.guard.mistakes.append(f"a dialog: {dialog.message}"))
    ann.context.on("page", lambda page: people.guard.mistakes.append(f"a page: {page.url}"))
    dialog = await look(ann, "paper.pdf", paper(2, hostile=True))
    first = sheet(dialog, 1, 2)
    await expect(first.get_by_text("Page 1", exact=True)).to_be_attached()
    for x, y in ((100, 100), (200, 200)):
        await first.click(position={"x": x, "y": y})
    await expect(dialog.locator("a[href], iframe, embed, object, script")).to_have_count(0)
    await ann.keyboard.press("Escape")
    await expect(ann.get_by_role("dialog")).to_have_count(0)
    assert await ann.evaluate("window.ran") is None
    assert ann.url == f"{people.origin}/#/garden"


async def test_of_a_large_document_only_what_is_seen_is_fetched(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    asked: list[Request] = []
    ann.on("requestfinished", lambda request: asked.append(request) if "/blobs/" in request.url else None)
    dialog = await look(ann, "paper.pdf", paper(3, padding=8_000_000))
    await expect(sheet(dialog, 1, 3).get_by_text("Page 1", exact=True)).to_be_attached()
    assert asked
    assert all(["range" in await request.all_headers() for request in asked])
    assert sum([(await request.sizes())["responseBodySize"] for request in asked]) < 1_000_000
    downloads = "fetch('/rooms/garden/files').then((answer) => answer.json()).then(([one]) => one.downloads)"
    assert await ann.evaluate(downloads) == 0


async def test_the_reader_is_fetched_when_somebody_looks_and_ends_when_it_is_closed(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    asked: list[str] = []
    ann.on("request", lambda request: asked.append(request.url))
    await drop(ann, "paper.pdf", text=paper())
    await log_card(ann, "paper.pdf").get_by_role("button", name="Look at paper.pdf").wait_for()
    assert not [url for url in asked if "Pages" in url or "pdf.worker" in url]
    async with ann.expect_event("worker") as started:
        await log_card(ann, "paper.pdf").get_by_role("button", name="Look at paper.pdf").click()
    worker = await started.value
    assert "pdf.worker" in worker.url
    dialog = ann.get_by_role("dialog", name="paper.pdf")
    await sheet(dialog, 1, 1).locator("canvas").wait_for()
    async with worker.expect_event("close"):
        await ann.keyboard.press("Escape")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("%PDF-1.7\nnothing that anybody could read", "This is no PDF, or it is damaged.", id="broken"),
        pytest.param("", "This is no PDF, or it is damaged.", id="empty"),
        pytest.param(paper(locked=True), "This PDF opens with a password only.", id="locked"),
    ],
)
async def test_what_cannot_be_shown_gets_a_sentence(people: People, text: str, says: str) -> None:
    ann = await people.come_in("Ann", "garden")
    dialog = await look(ann, "paper.pdf", text)
    await expect(dialog.get_by_role("alert")).to_contain_text(says)
    await expect(dialog.get_by_role("button", name="Get")).to_be_visible()


async def test_a_line_that_breaks_meanwhile_gets_a_sentence(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    dialog = await look(ann, "paper.pdf", paper(9, weight=300_000))
    await expect(sheet(dialog, 1, 9).get_by_text("Page 1", exact=True)).to_be_attached()
    await ann.context.set_offline(True)
    field = dialog.get_by_role("textbox", name="Page")
    await field.fill("8")
    await field.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("The connection broke while the PDF was coming.")


async def test_what_left_the_shelf_meanwhile_gets_a_sentence(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "paper.pdf", text=paper())
    await ann.context.route("**/blobs/**", lambda route: route.fulfill(status=404))
    await log_card(ann, "paper.pdf").get_by_role("button", name="Look at paper.pdf").click()
    await expect(ann.get_by_role("dialog").get_by_role("alert")).to_contain_text("not on the shelf any more")
    forgive(people, REFUSED)


async def test_a_document_in_a_private_room_is_seen_by_the_two(people: People) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob")
    await ann.get_by_role("tab", name="People").click()
    await ann.get_by_role("button", name="Talk with Bob alone").click()
    await ann.get_by_text("This is between you and Bob").wait_for()
    await drop(ann, "paper.pdf", text=paper())
    await bob.evaluate("location.hash = '#/@ann:bob'")
    await log_card(bob, "paper.pdf").get_by_role("button", name="Look at paper.pdf").click()
    page = sheet(bob.get_by_role("dialog", name="paper.pdf"), 1, 1)
    await expect(page.get_by_text("Page 1", exact=True)).to_be_attached()


@pytest.mark.parametrize("options", [PHONE, SMALL], ids=["phone", "small"])
async def test_on_a_telephone_it_fits(people: People, options: dict[str, Any]) -> None:
    ann = await people.come_in("Ann", "garden", **options)
    dialog = await look(ann, "paper.pdf", paper(3))
    canvas = sheet(dialog, 1, 3).locator("canvas")
    await expect(canvas).to_be_visible()
    box = await canvas.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= options["viewport"]["width"]
    assert await ann.evaluate("document.scrollingElement.scrollWidth") <= options["viewport"]["width"]
    for button in await dialog.get_by_role("button").all():
        place = await button.bounding_box()
        assert place is not None
        assert min(place["width"], place["height"]) >= 43.5


async def test_axe_finds_nothing_and_it_speaks_german(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    dialog = await look(ann, "paper.pdf", paper(3))
    await expect(sheet(dialog, 1, 3).get_by_text("Page 1", exact=True)).to_be_attached()
    await ann.evaluate(AXE.read_text("utf-8"))
    for theme in ("light", "dark"):
        await ann.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        assert await ann.evaluate(_FINDINGS) == [], theme
    await ann.evaluate("localStorage.setItem('salon.language', 'de')")
    await ann.reload()
    await ann.get_by_role("button", name="paper.pdf ansehen").last.click()
    await expect(dialog.get_by_role("group", name="Seite 1 von 3").locator("canvas")).to_be_visible()
    await expect(dialog).to_contain_text("von 3")
    await expect(dialog.get_by_role("button", name="Größer")).to_be_visible()
