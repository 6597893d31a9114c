"""The screens of files: the shelf beside the room, what is on its way, questions, looking."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.files import card, drop, drop_all, forgive, log_card, panel
from tests.browser.papers import paper
from tests.browser.people import People, messages, say

DRAWING = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 220'><rect width='400' height='220' fill='#f6efe4'/>"
    "<path d='M40 180H370M40 180V30' stroke='#5f584e' stroke-width='3' fill='none'/>"
    "<path d='M40 170C110 160 140 60 200 70S300 150 360 50' stroke='#9a3f16' stroke-width='6' fill='none'/></svg>"
)
TEXT = "# Friday\n\n- calibrate the second series\n- ask Shlomo for the 0.04\n- coffee\n"


async def shelf(people: People, options: dict[str, Any]) -> Page:
    """Files in the conversation and beside it, one of them on its way here."""
    page = await people.come_in("Leah", "physics-lab", **options)
    shlomo = await people.come_in("Shlomo", "physics-lab")
    await say(shlomo, "The curve of both series, and the film of the whole thing.")
    await drop(shlomo, "film of Friday.mp4", size=120_000_000)
    await expect(log_card(page, "film of Friday.mp4")).to_contain_text("On the shelf")
    await drop(shlomo, "curve.svg", text=DRAWING)
    await log_card(page, "curve.svg").get_by_role("img").wait_for()
    await log_card(page, "film of Friday.mp4").get_by_role("button", name="Get film of Friday.mp4").click()
    await expect(log_card(page, "film of Friday.mp4")).to_contain_text(re.compile("Getting, [1-9]"))
    await log_card(page, "film of Friday.mp4").get_by_role("button", name="Pause film of Friday.mp4").click()
    await expect(log_card(page, "film of Friday.mp4")).to_contain_text("Paused at")
    await drop(page, "what to do.md", text=TEXT)
    await expect(log_card(page, "what to do.md")).to_contain_text("On the shelf")
    if not await panel(page).is_visible():
        await page.get_by_role("button", name="Files", exact=True).click()
        await card(page, "curve.svg").first.wait_for()
    return page


async def trouble(people: People, options: dict[str, Any]) -> Page:
    """A file that cannot be."""
    page = await people.come_in("Leah", "physics-lab", **options)
    await say(page, "I try it under its old name.")
    await drop(page, "report\u202efdp.exe", text="no")
    refused = messages(page).get_by_role("article").last
    await expect(refused).to_contain_text("it turns the direction of writing")
    forgive(people, "status of 400 ")
    return page


async def question(people: People, options: dict[str, Any]) -> Page:
    """What sending would replace."""
    page = await people.come_in("Leah", "physics-lab", **options)
    await drop_all(page, [("plan.md", 0, 0, TEXT), ("curve.svg", 0, 0, DRAWING)])
    for name in ("plan.md", "curve.svg"):
        await expect(log_card(page, name)).to_contain_text("On the shelf")
    await drop_all(page, [("plan.md", 0, 0, "newer"), ("photo 0412.jpg", 3_600_000, 4, None)])
    await page.get_by_role("dialog", name="Send 2 files?").wait_for()
    return page


async def looking(people: People, options: dict[str, Any]) -> Page:
    """What is in a file."""
    page = await people.come_in("Leah", "physics-lab", **options)
    await drop(page, "what to do.md", text=TEXT * 6)
    await log_card(page, "what to do.md").get_by_role("button", name="Look at what to do.md").click()
    await page.get_by_role("dialog").locator("pre").wait_for()
    return page


async def looking_pdf(people: People, options: dict[str, Any]) -> Page:
    """The pages of a document."""
    page = await people.come_in("Leah", "physics-lab", **options)
    await drop(page, "two pages.pdf", text=paper(2))
    await log_card(page, "two pages.pdf").get_by_role("button", name="Look at two pages.pdf").click()
    await page.get_by_role("group", name="Page 1 of 2").get_by_text("Page 1", exact=True).wait_for(state="attached")
    return page


async def saving(people: People, options: dict[str, Any]) -> Page:
    """Another name, and what is wrong with it."""
    page = await people.come_in("Leah", "physics-lab", **options)
    await drop(page, "curve.svg", text=DRAWING)
    await log_card(page, "curve.svg").get_by_role("button", name="More about curve.svg").click()
    await log_card(page, "curve.svg").get_by_role("button", name="Save as").click()
    await page.get_by_label("Name on this device").fill("curve of Friday")
    await page.get_by_text("curve of Friday has no type").wait_for()
    return page
