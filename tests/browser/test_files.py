"""Files on the web page: in by drop, paste and choice, on the shelf, out again and checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.files import card, content, drop, drop_all, log_card, panel, saved
from tests.browser.people import People, composer, said, say

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
