"""Texts that were written to deceive, to break out or to break the page, said in a room and looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import People, messages, said, say
from tests.browser.talkers import fill
from tests.browser.views import LAPTOP, PHONE
from tests.support.servers import Program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

_LIST = Path(__file__).parents[2] / "web" / "src" / "text" / "hostile.json"
HOSTILE: list[str] = [
    one.get("before", "") + one["text"] * one.get("times", 1) for one in json.loads(_LIST.read_text("utf-8"))
]
# What a message may consist of, beside what every row has.
MARKUP = "P CODE PRE STRONG EM S A UL OL LI BLOCKQUOTE SPAN DIV BDI TIME BUTTON svg path"
_LOOK = """(allowed) => {
    const rows = [...document.querySelectorAll("#messages [role=article]")];
    const elements = rows.flatMap((row) => [...row.querySelectorAll("*")]);
    const links = elements.filter((one) => one.tagName === "A");
    const wide = rows.filter((row) => row.scrollWidth > row.clientWidth + 1);
    return {
        rows: rows.length,
        broken: window.broken ?? null,
        foreign: elements.map((one) => one.tagName).filter((tag) => !allowed.split(" ").includes(tag)),
        handlers: elements.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith("on")),
        schemes: links.map((one) => one.protocol).filter((one) => !["http:", "https:", "mailto:"].includes(one)),
        unsafe: links.filter((one) => !one.relList.contains("noopener") || one.target !== "_blank").length,
        wide: wide.map((row) => row.textContent.slice(0, 60)),
        page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
}"""


async def look(page: Page) -> int:
    """How many messages are on the screen and around it; that nothing is in them that should not be."""
    found = await page.evaluate(_LOOK, MARKUP)
    rows = int(found.pop("rows"))
    assert found == {
        "broken": None, "foreign": [], "handlers": [], "schemes": [], "unsafe": 0, "wide": [], "page": 0,
    }  # fmt: skip
    return rows


@pytest.mark.parametrize("view", [LAPTOP, PHONE], ids=["laptop", "phone"])
async def test_they_are_only_texts(people: People, server: Program, view: dict[str, Any]) -> None:
    await fill(server, "lobby", HOSTILE)
    page = await people.come_in("Ann", **view)
    await messages(page).get_by_text("I owe Bob 100").wait_for()
    feed = messages(page).get_by_role("feed")
    seen = set()
    # From the newest to the oldest, a screen at a time: only what is near the screen is in the page.
    while True:
        assert await look(page) > 0
        seen |= set(
            await messages(page).get_by_role("article").evaluate_all("rows => rows.map(row => row.dataset.seq)")
        )
        top = await feed.evaluate("feed => { feed.scrollTop -= 400; return feed.scrollTop }")
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if top == 0:
            break
    assert seen == {str(number + 1) for number in range(len(HOSTILE))}
    # The page works on, and what is said next stands where it belongs.
    await say(page, "still here")
    await look(page)


async def test_links_say_where_they_lead(people: People, server: Program) -> None:
    await fill(server, "lobby", ["[bank.example](https://b\u0430nk.example/x)", "https://bank.example/y"])
    page = await people.come_in("Ann")
    link = messages(page).get_by_role("link", name="bank.example", exact=True)
    await expect(link).to_have_attribute("href", "https://xn--bnk-6cd.example/x")
    await expect(messages(page).get_by_text("(xn--bnk-6cd.example)")).to_be_visible()
    plain = messages(page).get_by_role("link", name="https://bank.example/y")
    await expect(plain).to_have_attribute("rel", "noopener noreferrer nofollow")
    await expect(messages(page).get_by_text("(bank.example)")).to_have_count(0)


async def test_a_character_that_turns_the_text_is_shown_and_turns_nothing(people: People, server: Program) -> None:
    await fill(server, "lobby", ["report\u202efdp.exe", "\u05d0\u05d1\u05d2 123 abc"])
    page = await people.come_in("Ann")
    await expect(messages(page).get_by_text("U+202E")).to_be_visible()
    # The letters behind the mark stand in their order, left to right.
    order = (
        await messages(page)
        .get_by_role("article")
        .first.evaluate(
            """row => { const text = [...row.querySelector("p").childNodes].findLast((one) => one.data === "fdp.exe");
            const place = (from) => { const range = document.createRange(); range.setStart(text, from);
                range.setEnd(text, from + 1); return range.getBoundingClientRect().left; };
            return [0, 1, 2, 3].map(place); }"""
        )
    )
    assert order == sorted(order)
    await expect(said(page, "Leah").first).to_be_visible()


async def test_a_megabyte_is_folded_and_opens_in_pieces(people: People, server: Program) -> None:
    await fill(server, "lobby", ["word and more words " * 50_000, "x" * 1_000_000, "behind"])
    page = await people.come_in("Ann")
    await expect(said(page, "behind")).to_be_visible()
    more = page.get_by_role("button", name="Show all (1,000,000 characters)")
    await expect(more).to_have_count(2)
    await look(page)
    for _ in range(2):
        await more.first.click()
    await expect(page.get_by_role("button", name="Show less")).to_have_count(2)
    await look(page)
    length = await page.get_by_role("group", name="A long message").last.evaluate("one => one.textContent.length")
    assert length >= 1_000_000
    await say(page, "still quick")
