"""The operator's console as operators see it: what it shows, what it does, what it says when the server is away."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import expect

import salon
from tests.browser.console import busy_house, line, link, log, open_console
from tests.browser.people import People, composer
from tests.browser.talkers import Stranger, talk
from tests.browser.test_screens import _FINDINGS as FINDINGS
from tests.browser.test_screens import _TOO_SMALL as TOO_SMALL
from tests.browser.test_screens import _TOO_WIDE as TOO_WIDE
from tests.browser.test_screens import AXE
from tests.browser.views import LAPTOP, PHONE, SMALL, TABLET
from tests.support.servers import Program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

RATE, SECONDS = 1_000, 4


async def test_the_link_opens_it_and_leaves_no_key_behind(people: People, server: Program) -> None:
    page = await open_console(people, server)
    assert page.url == f"http://{server.address}/console"
    await page.reload()
    await expect(page.get_by_role("heading", name="Console")).to_be_visible()
    cookies = await page.context.cookies(page.url)
    assert [(one["httpOnly"], one["sameSite"], one["path"]) for one in cookies] == [(True, "Strict", "/console")]
    stranger = await (await people.profile()).new_page()
    answer = await stranger.goto(f"http://{server.address}/")
    assert answer is not None
    assert await stranger.evaluate("fetch('/console').then((answer) => answer.status)") == 404
    people.guard.mistakes.clear()  # the browser tells its console of a 404


async def test_what_there_is_and_what_happens(people: People, server: Program) -> None:
    async with busy_house(server):
        page = await open_console(people, server)
        boris = page.get_by_role("row", name=re.compile("^Boris"))
        await expect(boris).to_contain_text("does not read")
        await expect(page.get_by_role("row", name=re.compile("^Tim"))).to_contain_text("lines")
        await expect(page.get_by_role("row", name=re.compile("^minutes of the meeting.pdf"))).to_contain_text("Ada")
        await expect(page.get_by_role("row", name=re.compile("^holiday film.mp4"))).to_contain_text("62")
        await expect(line(page, "send to all - Leah: I can.")).to_be_visible()
        await expect(line(page, "send to Shlomo - Leah")).to_be_attached()
        await expect(log(page)).not_to_contain_text("between us")
        mira = await Stranger.come(server, "Mira")
        await expect(line(page, "Mira connected to the server")).to_be_visible()
        await mira.leave()
        await expect(line(page, "Mira has left the chat")).to_be_visible()
        await page.get_by_label("Show").select_option("Trouble")
        await expect(line(page, "send to all - Leah: I can.")).to_have_count(0)
        await expect(log(page)).to_contain_text("was refused: The scan.pdf doesn't exist")
        await page.get_by_label("with the words").fill("wrong key")
        await expect(log(page).locator("p")).to_have_count(1)


async def test_sending_somebody_out_by_keyboard(people: People, server: Program) -> None:
    leah = await people.come_in("Leah")
    page = await open_console(people, server)
    out = page.get_by_role("button", name="Send Leah out")
    await out.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Send Leah out?")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(out).to_be_focused()
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Send out").focus()
    await page.keyboard.press("Enter")
    await expect(line(page, "the operator sent Leah out")).to_be_visible()
    await expect(page.get_by_role("row", name=re.compile("^Leah"))).to_have_count(0)
    await expect(leah.get_by_text("The operator sent you out.")).to_be_visible()
    await expect(composer(leah)).to_have_count(0)


async def test_taking_a_file_off_and_saying_something_to_everybody(people: People, server: Program) -> None:
    async with busy_house(server):
        tim = await Stranger.come(server, "Tom")
        page = await open_console(people, server)
        await page.get_by_role("button", name="Take scan.png off the shelf").click()
        await page.get_by_role("dialog").get_by_role("button", name="Unshelve").click()
        await expect(line(page, "The operator took scan.png off the shelf. (physics-lab)")).to_be_visible()
        await expect(page.get_by_role("button", name="Take scan.png off the shelf")).to_have_count(0)
        await page.get_by_role("button", name="Say something to everybody").click()
        await page.get_by_label("What they should know").fill("Tea at five")
        await page.get_by_role("button", name="Say it").click()
        await expect(line(page, "send to all - the operator: Tea at five")).to_be_visible()
        await tim.hear("The operator: Tea at five")
        await tim.leave()


async def test_a_server_that_is_away_and_comes_back(people: People, server: Program) -> None:
    page = await open_console(people, server)
    await server.kill()
    await expect(page.get_by_text("The server does not answer. What you see is as it was")).to_be_visible()
    await page.get_by_role("button", name="Say something to everybody").click()
    await page.get_by_label("What they should know").fill("x")
    await page.get_by_role("button", name="Say it").click()
    await expect(page.get_by_role("alert").get_by_text("nothing was done")).to_be_visible()
    await page.keyboard.press("Escape")
    await server.start()
    await expect(page.get_by_text("The server does not answer")).to_have_count(0)
    tim = await Stranger.come(server, "Tim")
    await expect(line(page, "Tim connected to the server")).to_be_visible()
    await tim.leave()


async def test_a_new_key_shuts_it(people: People, server: Program) -> None:
    page = await open_console(people, server)
    await server.kill()
    (server.folder / "operator.key").unlink()
    await server.start()
    await expect(page.get_by_text("This page has no key any more.")).to_be_visible()
    people.guard.mistakes.clear()  # the browser tells its console of each 404
    await page.goto(link(server))
    await expect(page.get_by_role("log", name="Log")).to_be_visible()


async def test_a_thousand_a_second_leave_it_usable_and_nobody_hurt(people: People, server: Program) -> None:
    page = await open_console(people, server)
    await page.evaluate("""() => {
        window.longest = 0;
        let last = performance.now();
        const look = () => {
            const now = performance.now();
            window.longest = Math.max(window.longest, now - last);
            last = now;
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }""")
    talking = asyncio.get_running_loop().create_task(talk(server, "lobby", RATE * SECONDS, rate=RATE, name="Leah"))
    async with salon.connect(server.address, name="Ann", folder=server.folder / "ann") as ann:
        await expect(log(page)).to_contain_text("talked 1000")
        await page.get_by_label("Show").select_option("Who comes and goes")
        await expect(log(page).get_by_text("talked")).to_have_count(0)
        await page.get_by_label("Show").select_option("Everything")
        await ann.say("heard among them")
        await talking
        await expect(line(page, f"send to all - Leah: talked {RATE * SECONDS - 1}")).to_be_visible()
    assert await log(page).locator("p").count() <= 400
    assert await page.evaluate("window.longest") < 500
    await expect(log(page)).not_to_contain_text("missing here")


async def test_who_reads_is_not_disturbed(people: People, server: Program) -> None:
    page = await open_console(people, server)
    await talk(server, "lobby", 500, rate=RATE)
    await expect(line(page, "send to all - Leah: talked 499")).to_be_visible()
    await log(page).focus()
    await page.keyboard.press("Home")
    await expect(page.get_by_text("The log stands still while you read")).to_be_visible()
    first = await log(page).locator("p").first.text_content()
    await talk(server, "lobby", 100, rate=RATE, name="Ann")
    newest = page.get_by_role("button", name=re.compile(r"Newest \(10\d\)"))
    await expect(newest).to_be_visible()
    assert "talked 99" not in str(await log(page).locator("p").last.text_content())
    assert first is not None
    await newest.click()
    await expect(line(page, "send to all - Ann: talked 99")).to_be_visible()
    await expect(newest).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("view", [LAPTOP, PHONE], ids=["laptop", "phone"])
async def test_nothing_keeps_operators_out(people: People, server: Program, view: dict[str, Any], theme: str) -> None:
    async with busy_house(server):
        page = await open_console(people, server, **view, color_scheme=theme)
        await line(page, "send to all - Leah: I can.").wait_for()
        for tab in ("Log", "People", "Moving", "Rooms", "Shelves") if view is PHONE else ("Log",):
            if view is PHONE:
                await page.get_by_role("navigation").get_by_role("button", name=tab).click()
            await page.evaluate(AXE.read_text("utf-8"))
            assert await page.evaluate(FINDINGS) == []
            if view is PHONE:
                assert await page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize("view", [SMALL, TABLET], ids=["small", "tablet"])
async def test_everything_is_on_the_screen(people: People, server: Program, view: dict[str, Any]) -> None:
    async with busy_house(server):
        page = await open_console(people, server, **view)
        for tab in ("Log", "People", "Moving", "Rooms", "Shelves"):
            await page.get_by_role("navigation").get_by_role("button", name=tab).click()
            assert await page.evaluate("document.scrollingElement.scrollWidth > innerWidth") is False
            assert [one for one in await page.evaluate(TOO_WIDE) if one.startswith(("<tr", "<table", "<section"))] == []
