"""Files that cannot be, or push others out: what the page says of them, and when."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.files import REFUSED, card, content, drop, drop_all, forgive, log_card, panel
from tests.browser.people import People, people_at, say
from tests.support.disks import mounted
from tests.support.servers import program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_what_leaves_the_shelf_is_said_before_a_byte_has_gone(browser: Browser, tmp_path: Path) -> None:
    async with program(tmp_path, "--keep", "2") as server, people_at(browser, f"http://{server.address}") as people:
        ann = await people.come_in("Ann", "garden")
        for name in ("two.txt", "one.txt"):  # so that the one that will be replaced is the next to leave
            await drop(ann, name, text=name)
            await expect(log_card(ann, name)).to_contain_text("Leaves")
        asked: list[str] = []
        ann.on("request", lambda request: asked.append(request.url))
        await drop(ann, "three.txt", text="3")
        question = ann.get_by_role("dialog", name="Send 1 file?")
        await expect(question).to_contain_text("These leave the shelf for it:")
        await expect(question).to_contain_text("two.txt")
        await question.get_by_role("button", name="Don't send").click()
        await expect(question).to_have_count(0)
        assert not [url for url in asked if url.endswith("/uploads")]
        await drop_all(ann, [("three.txt", 0, 0, "3"), ("two.txt", 0, 0, "another")])
        question = ann.get_by_role("dialog", name="Send 2 files?")
        await expect(question).to_contain_text("These are replaced: two.txt")
        await ann.keyboard.press("Enter")
        await expect(card(panel(ann), "three.txt")).to_be_visible()
        await expect(card(panel(ann), "one.txt")).to_have_count(0)
        await expect(log_card(ann, "one.txt")).to_contain_text("Left the shelf")
        await expect(card(ann, "two.txt").filter(has_text="A newer one has this name")).to_have_count(1)


async def test_a_shelf_that_filled_up_meanwhile_is_asked_about_too(browser: Browser, tmp_path: Path) -> None:
    async with program(tmp_path, "--keep", "1") as server, people_at(browser, f"http://{server.address}") as people:
        ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")

        async def after_bob(route: Route) -> None:
            await drop(bob, "first.txt", text="1")
            await expect(log_card(bob, "first.txt")).to_contain_text("Leaves")
            await route.continue_()

        sent: list[str] = []
        ann.on("request", lambda request: sent.append(request.method))
        await ann.route("**/uploads", after_bob)
        await drop(ann, "second.txt", text="2")
        second = log_card(ann, "second.txt")
        await expect(second).to_contain_text("Paused at 0 % · Takes off the shelf: first.txt")
        assert "PATCH" not in sent
        await second.get_by_role("button", name="Proceed with second.txt").click()
        await expect(log_card(ann, "first.txt")).to_contain_text("Left the shelf")
        await expect(card(panel(ann), "second.txt")).to_be_visible()


async def test_too_large_is_said_before_a_byte_has_gone(browser: Browser, tmp_path: Path) -> None:
    async with (
        program(tmp_path, "--max-file", "1000000") as server,
        people_at(browser, f"http://{server.address}") as people,
    ):
        ann = await people.come_in("Ann", "garden")
        asked: list[str] = []
        ann.on("request", lambda request: asked.append(request.url))
        await drop(ann, "film.bin", size=1_000_001)
        film = log_card(ann, "film.bin")
        await expect(film).to_contain_text("File film.bin is too large (limit 1000000 bytes)")
        assert not [url for url in asked if url.endswith("/uploads")]
        await film.get_by_role("button", name="Remove film.bin from the list").click()
        await expect(card(ann, "film.bin")).to_have_count(0)


async def test_a_name_of_255_bytes_and_one_more(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    longest = "ü" * 125 + "a.pdf"
    assert len(longest.encode()) == 255
    await drop(ann, longest, text="long")
    await expect(log_card(ann, longest)).to_contain_text("On the shelf")
    await expect(log_card(ann, longest).get_by_text("a.pdf")).to_be_visible()
    await drop(ann, f"a{longest}", text="too long")
    await expect(log_card(ann, f"a{longest}")).to_contain_text("it has more than 255 bytes")
    width = await ann.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] == width[1]
    forgive(people, REFUSED)


async def test_a_name_that_turns_the_writing_is_refused_and_shown_as_it_is(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "harmless\u202efdp.exe", text="no")
    refused = ann.locator("#messages").get_by_role("article").last
    await expect(refused).to_contain_text("it turns the direction of writing")
    await expect(refused.get_by_text("U+202E")).to_be_visible()
    await drop(ann, "\u05d3\u05d5\u05d7.pdf", text="a name of letters that run the other way")
    await expect(log_card(ann, "\u05d3\u05d5\u05d7.pdf")).to_contain_text("On the shelf")
    forgive(people, REFUSED)


@pytest.mark.root
async def test_a_full_disk_is_said_on_the_card_and_talk_goes_on(browser: Browser, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root")
    with mounted(tmp_path / "data", 40_000) as folder:
        async with program(folder) as server, people_at(browser, f"http://{server.address}") as people:
            ann = await people.come_in("Ann", "garden")
            await drop(ann, "film.bin", size=60_000_000)
            await expect(log_card(ann, "film.bin")).to_contain_text(
                "There is no room for film.bin on the server's disk"
            )
            await say(ann, "never mind")
            await drop(ann, "small.bin", size=1_000_000)
            await expect(log_card(ann, "small.bin")).to_contain_text("On the shelf")
            forgive(people, REFUSED)


async def test_a_file_that_left_while_somebody_wants_it(people: People) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    await drop(ann, "notes.txt", text="soon gone")
    get = log_card(bob, "notes.txt").get_by_role("button", name="Get notes.txt")
    await get.wait_for()
    await bob.route("**/blobs/*", lambda route: route.fulfill(status=404, json=_GONE))
    await get.click()
    await expect(log_card(bob, "notes.txt")).to_contain_text("The notes.txt doesn't exist")
    forgive(people, REFUSED)


_GONE = {"code": "no_such_file", "message": "The notes.txt doesn't exist", "retry": False}


async def test_bytes_that_are_not_what_they_should_be_are_not_saved(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "data.bin", size=100_000)
    await log_card(ann, "data.bin").get_by_role("button", name="Get data.bin").wait_for()
    wrong = bytes(100_000)
    assert wrong != content(100_000)
    await ann.context.route("**/blobs/*", lambda route: route.fulfill(status=200, body=wrong))
    saved: list[str] = []
    ann.on("download", lambda download: saved.append(download.url))
    await log_card(ann, "data.bin").get_by_role("button", name="Get data.bin").click()
    await expect(log_card(ann, "data.bin")).to_contain_text("is not what its SHA-256 says, twice")
    assert saved == []
