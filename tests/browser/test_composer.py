"""Where one writes: its keys, its limits, and that nothing written is lost."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.browser.people import People, composer, messages, said, say
from tests.browser.views import PHONE

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_enter_sends_and_shift_enter_writes_a_line(people: People) -> None:
    ann = await people.come_in("Ann")
    await composer(ann).press_sequentially("one")
    await composer(ann).press("Shift+Enter")
    await composer(ann).press_sequentially("two")
    low = await composer(ann).bounding_box()
    assert low is not None
    assert low["height"] > 44  # the field has grown with its text
    await composer(ann).press("Enter")
    await expect(messages(ann).get_by_text("one\ntwo")).to_be_visible()
    await expect(composer(ann)).to_have_value("")
    await expect(composer(ann)).to_be_focused()


async def test_on_a_phone_enter_writes_a_line_and_the_button_sends(people: People) -> None:
    ann = await people.come_in("Ann", **PHONE)
    await composer(ann).tap()
    await ann.keyboard.type("one")
    await ann.keyboard.press("Enter")
    await ann.keyboard.type("two")
    await expect(composer(ann)).to_have_value("one\ntwo")
    await ann.get_by_role("button", name="Send", exact=True).tap()
    await expect(messages(ann).get_by_text("one\ntwo")).to_be_visible()
    await expect(composer(ann)).to_be_focused()  # else the keyboard on the screen would go and come again


async def test_enter_while_letters_are_being_chosen_sends_nothing(people: People) -> None:
    ann = await people.come_in("Ann")
    await composer(ann).focus()
    session = await ann.context.new_cdp_session(ann)
    await session.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    pressed = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await session.send("Input.dispatchKeyEvent", {"type": "keyDown", **pressed})
    await session.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
    await session.send("Input.insertText", {"text": "日本"})
    await expect(composer(ann)).to_have_value("日本")
    await composer(ann).press("Enter")
    await expect(said(ann, "日本")).to_be_visible()
    await expect(messages(ann).get_by_role("article")).to_have_count(1)


async def test_nothing_and_blanks_are_no_message(people: People) -> None:
    ann = await people.come_in("Ann")
    await say(ann, "something")
    await composer(ann).fill("  \n ")
    await composer(ann).press("Enter")
    await expect(ann.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await expect(composer(ann)).to_have_value("  \n ")
    await expect(messages(ann).get_by_role("article")).to_have_count(1)


async def test_each_room_keeps_its_draft_over_a_reload_too(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await composer(ann).fill("about the garden")
    await ann.keyboard.press("Control+k")
    await ann.keyboard.type("kitchen")
    await ann.keyboard.press("Enter")
    await expect(ann.get_by_role("heading", name="kitchen")).to_be_visible()
    await expect(composer(ann)).to_have_value("")
    await composer(ann).fill("about the kitchen")
    await ann.reload()
    await expect(composer(ann)).to_have_value("about the kitchen")
    await ann.get_by_role("link", name="garden").click()
    await expect(composer(ann)).to_have_value("about the garden")


async def paste(page: Page, text: str, times: int) -> None:
    """What is in the field is replaced by this. Typing a megabyte takes a browser many seconds."""
    await composer(page).evaluate(
        """(field, [text, times]) => { field.value = text.repeat(times);
            field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" })); }""",
        [text, times],
    )


async def test_what_is_too_long_stays_and_says_so(people: People) -> None:
    ann = await people.come_in("Ann")
    await paste(ann, "a line of text\n", 66_667)
    await expect(ann.get_by_role("alert").filter(has_text="5 characters too many")).to_contain_text("1,000,000")
    await expect(ann.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    await composer(ann).press("Enter")
    await expect(ann.get_by_role("alert").filter(has_text="5 characters too many")).to_be_visible()
    await paste(ann, "line of txt\n" + "a line of text\n" * 66_665, 1)
    await expect(ann.get_by_role("alert").filter(has_text="too many")).to_have_count(0)
    await ann.get_by_role("button", name="Send", exact=True).click()
    await expect(ann.get_by_role("button", name="Show all (999,987 characters)")).to_be_visible()
    await expect(composer(ann)).to_have_value("")


async def test_what_is_written_without_a_line_waits_and_goes_out(people: People) -> None:
    ann, bob = await people.come_in("Ann"), await people.come_in("Bob")
    await say(ann, "before")
    await ann.context.set_offline(True)
    await composer(ann).fill("meanwhile")
    await composer(ann).press("Enter")
    await expect(
        messages(ann).get_by_text("Waits for the connection").or_(said(ann, "meanwhile")).first
    ).to_be_visible()
    await ann.context.set_offline(False)
    await expect(said(bob, "meanwhile")).to_be_visible()
    await expect(said(ann, "meanwhile")).to_have_count(1)
