"""The log stays where the reader is: while older messages come, while others talk, while rows turn out higher."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import People, composer, messages, said, say
from tests.browser.talkers import fill, talk
from tests.browser.views import LAPTOP, PHONE
from tests.support.servers import Program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

# Of different heights: nobody can guess where a row stands.
VARIED = [
    "short",
    "two\nlines",
    "a longer one that goes on, " * 12,
    "```\ncode\nof\nfour\nlines\n```",
    "> a quote\n\nand more",
]
# The first message on the screen: its number, and how far below the upper edge it begins.
_FIRST = """() => {
    const edge = document.querySelector("#messages [role=feed]").getBoundingClientRect().top;
    for (const row of document.querySelectorAll("#messages [role=article]")) {
        const box = row.getBoundingClientRect();
        if (box.bottom > edge + 1) return [Number(row.dataset.seq), box.top - edge];
    }
}"""
# Watch one row over every frame from now on: how far it moves while nobody scrolls.
_WATCH = """(seq) => {
    const row = () => document.querySelector(`#messages [data-seq="${seq}"][role=article]`);
    const place = () => row()?.getBoundingClientRect().top;
    const first = place();
    window.moved = 0;
    const look = () => {
        window.moved = Math.max(window.moved, Math.abs((place() ?? Infinity) - first));
        requestAnimationFrame(look);
    };
    look();
}"""


def varied(count: int) -> list[str]:
    return [f"{number} {VARIED[number % len(VARIED)]}" for number in range(1, count + 1)]


def feed(page: Page) -> Locator:
    return messages(page).get_by_role("feed")


def newest(page: Page) -> Locator:
    """The button that leads to the end."""
    return (
        messages(page)
        .get_by_role("button", name="new message")
        .or_(messages(page).get_by_role("button", name="Newest"))
    )


async def first(page: Page) -> tuple[int, float]:
    seq, below = await page.evaluate(_FIRST)
    return int(seq), float(below)


async def scroll(page: Page, pixels: int) -> None:
    """Scroll, and wait until what that brings is drawn."""
    await feed(page).evaluate("(feed, pixels) => { feed.scrollTop += pixels; }", pixels)
    await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


async def at_end(page: Page) -> bool:
    return bool(await feed(page).evaluate("feed => feed.scrollHeight - feed.scrollTop - feed.clientHeight < 2"))


@pytest.mark.parametrize("view", [LAPTOP, PHONE], ids=["laptop", "phone"])
async def test_scroll_back_to_the_beginning_without_a_jump(
    people: People, server: Program, view: dict[str, Any]
) -> None:
    await fill(server, "garden", varied(400))
    page = await people.come_in("Ann", "garden", **view)
    await messages(page).get_by_text("400 ").wait_for()
    assert await at_end(page)
    seq, below = await first(page)
    while seq > 1:
        step = 500
        await scroll(page, -step)
        moved, now = await first(page)
        # The row that was first has gone down by what was scrolled, whatever came above it meanwhile.
        place = (
            await messages(page)
            .locator(f'[data-seq="{seq}"][role=article]')
            .evaluate("row => row.getBoundingClientRect().top - row.closest('[role=feed]').getBoundingClientRect().top")
        )
        if await feed(page).evaluate("feed => feed.scrollTop") > 0:
            assert place == pytest.approx(below + step, abs=1.5)
        assert moved <= seq
        seq, below = moved, now
    await expect(messages(page).get_by_text("This is where it begins.")).to_be_attached()


async def test_an_older_page_that_comes_late_moves_nothing(people: People, server: Program) -> None:
    await fill(server, "garden", varied(400))
    page = await people.come_in("Ann", "garden")
    await messages(page).get_by_text("400 ").wait_for()
    oldest = (
        "Math.min(...[...document.querySelectorAll('#messages [role=article]')].map((row) => Number(row.dataset.seq)))"
    )
    await scroll(page, -1_000_000)
    seq, _ = await first(page)
    await page.evaluate(_WATCH, seq)
    await expect(messages(page).locator(f'[data-seq="{seq - 5}"][role=article]')).to_be_attached()
    assert await page.evaluate(oldest) < seq
    assert await page.evaluate("window.moved") < 1.5


async def test_whoever_reads_above_stays_there_while_others_talk(people: People, server: Program) -> None:
    await fill(server, "garden", varied(100))
    page = await people.come_in("Ann", "garden")
    await messages(page).get_by_text("100 ").wait_for()
    await scroll(page, -2_000)
    seq, _ = await first(page)
    await page.evaluate(_WATCH, seq)
    await talk(server, "garden", 50, rate=200)
    await expect(newest(page)).to_have_text("50 new messages")
    assert await page.evaluate("window.moved") < 1.5
    await newest(page).click()
    await expect(said(page, "talked 49")).to_be_in_viewport()
    await expect(newest(page)).to_have_count(0)
    await expect(composer(page)).to_be_focused()


async def test_whoever_is_at_the_end_stays_there(people: People, server: Program) -> None:
    page = await people.come_in("Ann", "garden")
    bob = await people.come_in("Bob", "garden")
    await fill(server, "garden", varied(60))
    await expect(messages(page).get_by_text("60 ")).to_be_in_viewport()
    await say(bob, "one more")
    await expect(said(page, "one more")).to_be_in_viewport()
    # A higher field takes room from the log; its end is still seen.
    await composer(page).fill("\n".join(["lines", "of", "a", "draft"] * 2))
    await expect(said(page, "one more")).to_be_in_viewport()
    assert await at_end(page)
    await composer(bob).press("ArrowUp")
    await composer(bob).fill("one more\nthat grew\nby some\nlines")
    await composer(bob).press("Enter")
    await expect(messages(page).get_by_text("by some")).to_be_in_viewport()
    assert await at_end(page)


async def test_what_one_says_oneself_is_seen(people: People, server: Program) -> None:
    await fill(server, "garden", varied(200))
    page = await people.come_in("Ann", "garden")
    await messages(page).get_by_text("200 ").wait_for()
    await scroll(page, -4_000)
    await expect(newest(page)).to_be_visible()
    await composer(page).fill("from above")
    await composer(page).press("Enter")
    await expect(said(page, "from above")).to_be_in_viewport()
    await expect(newest(page)).to_have_count(0)


async def test_who_comes_back_begins_where_they_left_off(people: People, server: Program) -> None:
    await fill(server, "garden", varied(30))
    page = await people.come_in("Ann", "garden")
    await messages(page).get_by_text("30 ").wait_for()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("kitchen")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="kitchen")).to_be_visible()
    await talk(server, "garden", 60, rate=1_000)
    garden = page.get_by_role("link", name="garden")
    await expect(garden).to_contain_text("60")
    await garden.click()
    line = messages(page).get_by_role("separator", name="New messages")
    await expect(line).to_be_in_viewport()
    await expect(said(page, "talked 0")).to_be_in_viewport()
    await expect(newest(page)).to_contain_text("new messages")
    await newest(page).click()
    await expect(said(page, "talked 59")).to_be_in_viewport()
    await expect(garden).not_to_contain_text("unread")


async def test_an_unfolded_message_stays_unfolded_and_in_place(people: People, server: Program) -> None:
    await fill(server, "garden", [*varied(20), "line\n" * 200, *varied(20)])
    page = await people.come_in("Ann", "garden")
    await messages(page).get_by_text("20 ").last.wait_for()
    more = messages(page).get_by_role("button", name="Show all (1,000 characters)")
    while not await more.count():
        await scroll(page, -300)
    await more.scroll_into_view_if_needed()
    seq, _ = await first(page)
    await page.evaluate(_WATCH, seq)
    await more.click()
    await expect(messages(page).get_by_role("button", name="Show less")).to_be_attached()
    assert await page.evaluate("window.moved") < 1.5
    await newest(page).click()
    await expect(messages(page).get_by_role("button", name="Show less")).to_have_count(0)
    while not await messages(page).get_by_role("button", name="Show less").count():
        assert await first(page) != (1, 0.0)
        await scroll(page, -300)
    await expect(more).to_have_count(0)


async def test_of_many_messages_only_those_near_the_screen_are_in_the_page(people: People, server: Program) -> None:
    await fill(server, "garden", (f"{number} of many" for number in range(1, 20_001)))
    page = await people.come_in("Ann", "garden")
    await expect(said(page, "20000 of many")).to_be_in_viewport()
    rows = messages(page).get_by_role("article")
    for _ in range(20):
        assert await rows.count() < 150
        await scroll(page, -2_000)
    await expect(said(page, "20000 of many")).to_have_count(0)
    await feed(page).focus()
    await page.keyboard.press("End")
    await expect(said(page, "20000 of many")).to_be_in_viewport()
    assert await rows.count() < 150
