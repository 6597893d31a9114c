"""What one can do with messages on the page: change, delete, answer, copy them, say them to one person alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.people import People, composer, messages, said, say, write
from tests.browser.talkers import Stranger, fill
from tests.browser.views import PHONE
from tests.support.servers import Program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


def row(page: Page, text: str) -> Locator:
    """The whole of the message with this text."""
    return messages(page).get_by_role("article").filter(has=page.get_by_text(text, exact=True))


async def to(page: Page, name: str) -> None:
    """Choose whom one talks to."""
    await page.get_by_label("To", exact=True).last.select_option(name)


async def test_change_the_last_message_by_an_arrow(people: People) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob")
    await say(ann, "helo")
    await say(bob, "what?")
    await composer(ann).press("ArrowUp")
    await expect(composer(ann)).to_have_value("helo")
    await composer(ann).fill("hello")
    await composer(ann).press("Enter")
    for page in (ann, bob):
        await expect(row(page, "hello").get_by_text("edited")).to_be_visible()
        await expect(said(page, "helo")).to_have_count(0)
    await expect(composer(ann)).to_have_value("")


async def test_a_change_that_is_given_up_leaves_message_and_draft(people: People) -> None:
    ann = await people.come_in("Ann")
    await say(ann, "as it is")
    await composer(ann).fill("half a thought")
    await row(ann, "as it is").hover()
    await ann.get_by_role("button", name="Edit").click()
    await expect(composer(ann)).to_have_value("as it is")
    await composer(ann).press_sequentially(" not")
    await composer(ann).press("Escape")
    await expect(composer(ann)).to_have_value("half a thought")
    await expect(said(ann, "as it is")).to_be_visible()
    await expect(messages(ann).get_by_text("edited")).to_have_count(0)


async def test_delete_by_the_menu(people: People) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob")
    await say(ann, "a mistake")
    await row(ann, "a mistake").hover()
    await ann.get_by_role("button", name="Delete").click()
    await ann.get_by_role("button", name="Keep").click()
    await expect(said(ann, "a mistake")).to_be_visible()
    await ann.get_by_role("button", name="Delete").click()
    await ann.get_by_text("Delete it for everybody?").wait_for()
    await ann.get_by_role("button", name="Delete", exact=True).click()
    for page in (ann, bob):
        await expect(said(page, "This message was deleted.")).to_be_visible()
        await expect(said(page, "a mistake")).to_have_count(0)


async def test_only_ones_own_can_be_changed(people: People) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob")
    await say(ann, "mine")
    await row(bob, "mine").hover()
    await expect(bob.get_by_role("button", name="Quote")).to_be_visible()
    await expect(bob.get_by_role("button", name="Edit")).to_have_count(0)
    await expect(bob.get_by_role("button", name="Delete")).to_have_count(0)


async def test_all_of_it_by_keyboard(people: People) -> None:
    ann = await people.come_in("Ann")
    for text in ("one", "two", "three"):
        await say(ann, text)
    await composer(ann).press("Shift+Tab")
    await messages(ann).get_by_role("feed").focus()
    await ann.keyboard.press("ArrowUp")
    await expect(row(ann, "three")).to_be_focused()
    await ann.keyboard.press("ArrowUp")
    await expect(row(ann, "two")).to_be_focused()
    await ann.keyboard.press("Home")
    await expect(row(ann, "one")).to_be_focused()
    await ann.keyboard.press("ArrowDown")
    await ann.keyboard.press("e")
    await expect(composer(ann)).to_be_focused()
    await expect(composer(ann)).to_have_value("two")
    await ann.keyboard.press("Escape")
    await messages(ann).get_by_role("feed").focus()
    await ann.keyboard.press("ArrowUp")
    await ann.keyboard.press("Delete")
    await ann.get_by_role("button", name="Delete", exact=True).focus()
    await ann.keyboard.press("Enter")
    await expect(said(ann, "This message was deleted.")).to_be_visible()
    await expect(composer(ann)).to_be_focused()


async def test_answer_with_a_quote(people: People) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob", **PHONE)
    await say(ann, "who brings soup?")
    await said(bob, "who brings soup?").tap()
    await bob.get_by_role("button", name="Quote").tap()
    await expect(composer(bob)).to_have_value("> who brings soup?\n\n")
    await expect(composer(bob)).to_be_focused()
    await bob.keyboard.type("I do")
    await bob.get_by_role("button", name="Send", exact=True).tap()
    await expect(row(ann, "I do").locator("blockquote")).to_have_text("who brings soup?")


async def test_copy_a_message_and_a_block_of_code_as_they_were_written(people: People) -> None:
    ann = await people.come_in("Ann")
    await ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = "**this**\n```py\n  print('x')\n```"
    await write(ann, text)
    await messages(ann).locator("pre").hover()
    await ann.get_by_role("button", name="Copy", exact=True).click()
    await expect(ann.get_by_role("status").filter(has_text="Copied.")).to_be_attached()
    assert await ann.evaluate("navigator.clipboard.readText()") == text
    await ann.get_by_role("button", name="Copy this code").click()
    await expect(ann.get_by_role("status").filter(has_text="Copied.")).to_be_attached()
    assert await ann.evaluate("navigator.clipboard.readText()") == "  print('x')"


async def test_what_is_said_to_one_is_seen_by_that_one(people: People) -> None:
    ann, bob, eve = [await people.come_in(name) for name in ("Ann", "Bob", "Eve")]
    await to(ann, "Bob")
    await expect(composer(ann)).to_have_attribute("placeholder", "Only Bob will read this …")
    await write(ann, "psst")
    await expect(ann.get_by_text("Sent to Bob alone.")).to_be_visible()
    await write(ann, "and this")  # the next one goes to the same person: a click not made must not tell everybody
    await to(ann, "")
    await say(ann, "to all")
    await expect(said(eve, "to all")).to_be_visible()
    for page in (ann, bob, eve):
        await expect(said(page, "psst")).to_have_count(0)
    await bob.get_by_role("link", name="Ann").click()
    await expect(said(bob, "psst")).to_be_visible()
    await expect(said(bob, "and this")).to_be_visible()
    await expect(eve.get_by_role("link", name="Ann")).to_have_count(0)


async def test_the_private_room_is_one_click_away(people: People) -> None:
    ann = await people.come_in("Ann")
    await people.come_in("Bob")
    await to(ann, "Bob")
    await write(ann, "psst")
    await ann.get_by_role("button", name="Open", exact=True).click()
    await expect(said(ann, "psst")).to_be_visible()
    await say(ann, "more of it")
    await expect(row(ann, "psst")).to_contain_text("only to Bob")
    await expect(ann.get_by_label("To", exact=True)).to_have_count(0)


async def test_a_message_that_was_refused_can_be_sent_again_or_discarded(people: People, server: Program) -> None:
    carl = await Stranger.come(server, "Carl")
    ann = await people.come_in("Ann")
    await to(ann, "Carl")
    await carl.leave()
    await expect(ann.get_by_role("button", name="People, 1 here")).to_be_attached()
    for text in ("are you there?", "never mind"):
        await write(ann, text)
    await ann.get_by_role("button", name="Open", exact=True).click()
    first, second = row(ann, "are you there?"), row(ann, "never mind")
    await expect(first).to_contain_text("Not sent. Carl is not here. Ask again when they are back.")
    await expect(second.get_by_role("button", name="Discard")).to_be_visible()
    carl = await Stranger.come(server, "Carl")
    await ann.get_by_role("link", name="lobby").click()
    await expect(ann.get_by_role("button", name="People, 2 here")).to_be_attached()
    await ann.get_by_role("link", name="Carl").click()
    await first.get_by_role("button", name="Send again").click()
    await carl.hear("are you there?")
    await second.get_by_role("button", name="Discard").click()
    await expect(said(ann, "never mind")).to_have_count(0)
    await expect(said(ann, "are you there?")).to_have_count(1)
    await expect(first.get_by_role("button", name="Send again")).to_have_count(0)
    await carl.leave()


async def test_ears_hear_what_comes_and_only_the_number_of_much(people: People, server: Program) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob")
    spoken = ann.get_by_role("status")
    await say(bob, "hello Ann")
    await expect(spoken.filter(has_text="Bob: hello Ann")).to_be_attached()
    await fill(server, "lobby", ["quickly"] * 30)
    await expect(spoken.filter(has_text="new messages")).to_be_attached()
    await say(ann, "my own")
    await expect(spoken.filter(has_text="my own")).to_have_count(0)
