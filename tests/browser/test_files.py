"""Files on the web page: in by drop, paste and choice, on the shelf, out again and checked."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.files import (
    ASKED_ELSEWHERE,
    REFUSED,
    card,
    content,
    drop,
    drop_all,
    forgive,
    log_card,
    panel,
    saved,
    sha256_of,
)
from tests.browser.people import People, composer, people_at, said, say
from tests.browser.views import SMALL
from tests.support.proxies import proxy
from tests.support.servers import Program, program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_a_dropped_file_is_a_card_in_the_log_and_is_got_from_it(people: People, tmp_path: Path) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    await drop(ann, "notes.bin", size=3_000_003)
    for page in (ann, bob):
        await expect(log_card(page, "notes.bin")).to_contain_text("On the shelf")
        await expect(log_card(page, "notes.bin")).to_contain_text("2.9 MiB")
        await expect(card(panel(page), "notes.bin")).to_be_visible()
    async with bob.expect_download() as download:
        await log_card(bob, "notes.bin").get_by_role("button", name="Get notes.bin").click()
    assert await saved(await download.value, tmp_path) == content(3_000_003)
    await expect(log_card(bob, "notes.bin")).to_contain_text("Saved, and checked")


async def test_a_long_upload_goes_on_over_two_cuts_and_a_reload(browser: Browser, server: Program) -> None:
    size = 200_000_000
    # Each connection is cut when it has carried this much: the upload needs three, the reload one more.
    async with (
        proxy(server.port, lifetime=lambda: 70_000_000) as line,
        people_at(browser, f"http://{line.address}") as people,
    ):
        ann = await people.come_in("Ann", "garden")
        await drop(ann, "film.bin", size=size)
        await expect(log_card(ann, "film.bin")).to_contain_text(re.compile(r"Sending, [1-9]"))
        await ann.reload()
        await expect(log_card(ann, "film.bin")).to_contain_text("Choose the same file to go on")
        at = await log_card(ann, "film.bin").get_by_role("progressbar").get_attribute("aria-valuenow")
        assert int(at or 0) > 0
        await drop(ann, "film.bin", size=size)
        await expect(log_card(ann, "film.bin")).to_contain_text("On the shelf", timeout=60_000)
        assert line.cuts >= 2
        listed = await ann.evaluate("fetch('/rooms/garden/files').then((answer) => answer.json())")
        assert listed[0]["sha256"] == sha256_of(content(size))
        forgive(people, ASKED_ELSEWHERE)


async def test_a_download_pauses_proceeds_and_survives_a_cut_and_a_reload(
    browser: Browser, server: Program, tmp_path: Path
) -> None:
    size = 200_000_000
    async with proxy(server.port) as line, people_at(browser, f"http://{line.address}") as people:
        ann = await people.come_in("Ann", "garden")
        await drop(ann, "film.bin", size=size)
        film = log_card(ann, "film.bin")
        await film.get_by_role("button", name="Get film.bin").click(timeout=40_000)
        await film.get_by_role("button", name="Pause film.bin").click()
        await expect(film).to_contain_text("Paused at")
        await film.get_by_role("button", name="Proceed with film.bin").click()
        await expect(film).to_contain_text(re.compile("Getting, [1-9]"))
        line.deaf = True  # nothing comes any more, so it cannot be whole before the page is loaded again
        line.cut()
        async with ann.expect_download(timeout=40_000) as download:
            line.deaf = False
            await ann.reload()
        assert await saved(await download.value, tmp_path) == content(size)
        await expect(card(panel(ann), "film.bin")).to_contain_text("Saved, and checked")


async def test_two_uploads_and_a_download_while_talking(people: People, tmp_path: Path) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    await drop(ann, "first.bin", size=40_000_000)
    await expect(log_card(bob, "first.bin")).to_contain_text("On the shelf")
    async with bob.expect_download() as download:
        await drop_all(ann, [("second.bin", 60_000_000, 2, None), ("third.bin", 50_000_000, 3, None)])
        await log_card(bob, "first.bin").get_by_role("button", name="Get first.bin").click()
        for number in range(10):
            await say(ann, f"a{number}")
            await expect(said(bob, f"a{number}")).to_be_visible()
    assert await saved(await download.value, tmp_path) == content(40_000_000)
    for name in ("second.bin", "third.bin"):
        await expect(log_card(bob, name)).to_contain_text("On the shelf")
    await expect(bob.get_by_role("progressbar")).to_have_count(0)


async def test_bytes_that_are_there_are_not_sent_again(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "one.bin", size=20_000_000)
    await expect(log_card(ann, "one.bin")).to_contain_text("On the shelf")
    await expect(card(panel(ann), "one.bin")).to_be_visible()
    sent: list[str] = []
    ann.on("request", lambda request: sent.append(request.method))
    await drop(ann, "two.bin", size=20_000_000)
    await expect(log_card(ann, "two.bin")).to_contain_text("On the shelf")
    assert "POST" in sent
    assert "PATCH" not in sent


async def test_cancelled_by_its_sender_a_file_is_gone_for_everybody(browser: Browser, server: Program) -> None:
    async with proxy(server.port) as line, people_at(browser, f"http://{line.address}") as people:
        ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
        await drop(ann, "film.bin", size=150_000_000)
        await expect(log_card(bob, "film.bin")).to_contain_text(re.compile(r"Arriving, \d+ %"))
        await log_card(ann, "film.bin").get_by_role("button", name="Cancel film.bin").click()
        for page in (ann, bob):
            await expect(card(page, "film.bin")).to_have_count(0)


async def test_one_takes_ones_own_file_off_the_shelf(people: People) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden")
    await drop(ann, "notes.md", text="# Notes")
    more = log_card(bob, "notes.md").get_by_role("button", name="More about notes.md")
    await more.click()
    await expect(log_card(bob, "notes.md").get_by_text(sha256_of(b"# Notes"))).to_be_visible()
    await expect(bob.get_by_role("button", name="Take off the shelf")).to_have_count(0)
    await log_card(ann, "notes.md").get_by_role("button", name="More about notes.md").click()
    await log_card(ann, "notes.md").get_by_role("button", name="Take off the shelf").click()
    await log_card(ann, "notes.md").get_by_role("button", name="Take off", exact=True).click()
    for page in (ann, bob):
        await expect(log_card(page, "notes.md")).to_contain_text("Left the shelf")
        await expect(card(panel(page), "notes.md")).to_have_count(0)


async def test_saved_under_another_name_that_says_what_it_is(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "report.txt", text="all is well")
    await log_card(ann, "report.txt").get_by_role("button", name="More about report.txt").click()
    await log_card(ann, "report.txt").get_by_role("button", name="Save as").click()
    field = ann.get_by_label("Name on this device")
    await field.fill("letter")
    await expect(ann.get_by_text("letter has no type. The file is a .txt file")).to_be_visible()
    await field.fill("letter.exe")
    await expect(ann.get_by_text("letter.exe would be a .exe file")).to_be_visible()
    await expect(ann.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    await ann.get_by_role("button", name="Call it letter.txt").click()
    async with ann.expect_download() as download:
        await field.press("Enter")
    assert (await download.value).suggested_filename == "letter.txt"


async def test_by_keyboard_alone(people: People, tmp_path: Path) -> None:
    page = await people.come_in("Ann", "garden")
    await drop(page, "notes.txt", text="by heart")
    await expect(log_card(page, "notes.txt")).to_contain_text("On the shelf")
    await composer(page).focus()
    attach = page.get_by_role("button", name="Send files").first
    await page.keyboard.press("Shift+Tab")
    while await attach.evaluate("(button) => button !== document.activeElement"):
        await page.keyboard.press("Shift+Tab")
        await expect(page.locator(":focus")).to_have_count(1)
    get = log_card(page, "notes.txt").get_by_role("button", name="Get notes.txt")
    await get.focus()
    async with page.expect_download() as download:
        await page.keyboard.press("Enter")
    assert await saved(await download.value, tmp_path) == b"by heart"


async def test_on_a_phone(people: People, tmp_path: Path) -> None:
    ann, bob = await people.come_in("Ann", "garden"), await people.come_in("Bob", "garden", **SMALL)
    await drop(ann, "notes.txt", text="for the road")
    await bob.get_by_role("navigation", name="Sides of the room").get_by_role("button", name="Files").tap()
    notes = card(bob, "notes.txt")
    await expect(notes).to_contain_text("On the shelf")
    box = await notes.get_by_role("button", name="Get notes.txt").bounding_box()
    assert box is not None
    assert box["height"] >= 40
    async with bob.expect_download() as download:
        await notes.get_by_role("button", name="Get notes.txt").tap()
    assert await saved(await download.value, tmp_path) == b"for the road"
    assert await bob.evaluate("document.documentElement.scrollWidth") == 320


async def test_in_german(people: People) -> None:
    page = await people.arrive("garten", locale="de-AT")
    await page.get_by_label("Dein Name").fill("Ömer")
    await page.get_by_role("button", name="Hereinkommen").click()
    await page.get_by_role("textbox", name="Nachricht an garten").wait_for()
    await drop(page, "plan.txt", text="ja")
    await expect(page.get_by_role("article", name="Datei plan.txt").first).to_contain_text("Steht im Regal")
    await drop(page, "a\u202eb.txt", text="nein")
    await expect(page.locator("#messages").get_by_role("article").last).to_contain_text(
        "So kann keine Datei heißen: er dreht die Schreibrichtung um."
    )
    assert await page.evaluate("document.documentElement.lang") == "de"
    forgive(people, REFUSED)


async def test_a_whole_folder_is_chosen(people: People, tmp_path: Path) -> None:
    for path, text in (("a/plan.txt", "one"), ("b/plan.txt", "two"), ("b/.DS_Store", "litter"), ("notes.txt", "three")):
        (tmp_path / "trip" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "trip" / path).write_text(text)
    ann = await people.come_in("Ann", "garden")
    async with ann.expect_file_chooser() as chooser:
        await panel(ann).get_by_role("button", name="Send a folder").click()
    await (await chooser.value).set_files(tmp_path / "trip")
    for name in ("trip - a - plan.txt", "trip - b - plan.txt", "notes.txt"):
        await expect(log_card(ann, name)).to_contain_text("On the shelf")
    await expect(panel(ann).get_by_role("article")).to_have_count(3)


async def test_a_pasted_picture_is_sent_and_pasted_text_is_text(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await composer(ann).focus()
    await ann.evaluate(_PASTE, ["Files"])
    await expect(log_card(ann, "image.png")).to_contain_text("On the shelf")
    await ann.evaluate(_PASTE, ["Files", "text/plain"])
    await expect(ann.get_by_role("dialog")).to_have_count(0)
    await say(ann, "and a word")


_PASTE = """(types) => {
    const data = new DataTransfer();
    data.items.add(new File(["picture"], "image.png", { lastModified: 1 }));
    if (types.includes("text/plain")) data.setData("text/plain", "a table");
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
}"""


async def test_over_plain_http_from_elsewhere_it_is_kept_in_memory_and_checked(
    anyio_backend: str, tmp_path: Path
) -> None:
    """Browsers give such pages no files of their own, no locks, and no way to copy by themselves."""
    async with program(tmp_path / "data", "--names", "salon.test") as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--host-resolver-rules=MAP salon.test 127.0.0.1", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        async with people_at(browser, f"http://salon.test:{server.port}") as people:
            ann = await people.come_in("Ann", "garden")
            assert await ann.evaluate("isSecureContext") is False
            await drop(ann, "film.bin", size=9_000_001)
            async with ann.expect_download() as download:
                await log_card(ann, "film.bin").get_by_role("button", name="Get film.bin").click()
            assert await saved(await download.value, tmp_path) == content(9_000_001)
            await expect(log_card(ann, "film.bin")).to_contain_text("Saved, and checked")
            forgive(people, "Cross-Origin-Opener-Policy header has been ignored")  # so are all such pages told
        await browser.close()


async def test_what_is_dropped_while_the_line_is_gone_goes_out_when_it_is_back(people: People) -> None:
    ann = await people.come_in("Ann", "garden")
    await drop(ann, "before.txt", text="1")
    await expect(log_card(ann, "before.txt")).to_contain_text("On the shelf")
    await ann.context.set_offline(True)
    await ann.locator(".line").wait_for()
    await drop(ann, "meanwhile.txt", text="22")
    await expect(log_card(ann, "meanwhile.txt")).to_contain_text("Waits for the connection")
    await expect(card(panel(ann), "before.txt")).to_be_visible()
    await ann.context.set_offline(False)
    await expect(log_card(ann, "meanwhile.txt")).to_contain_text("On the shelf")
    forgive(people, "ERR_INTERNET_DISCONNECTED")
