"""How much memory a page needs that sends and gets a large file: the most that its process held at any moment.

    .venv/bin/python bench/page_files.py [GiB]

Needs Debian's chromium. Sends a file of so many GiB (2) from the disk, gets it again, and compares its SHA-256.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright, expect

from tests.browser.files import log_card
from tests.browser.people import people_at
from tests.support.servers import program

MIB = 1 << 20
LONG_MS = 600_000


def random_file(path: Path, size: int) -> str:
    """A file that cannot be compressed; its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(size // MIB):
            piece = os.urandom(MIB)
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def renderers() -> list[int]:
    """The processes below this one that are pages."""
    parents: dict[int, int] = {}
    pages = []
    for one in Path("/proc").iterdir():
        if not one.name.isdigit():
            continue
        try:
            parents[int(one.name)] = int((one / "stat").read_text().rpartition(")")[2].split()[1])
            if b"--type=renderer" in (one / "cmdline").read_bytes():
                pages.append(int(one.name))
        except OSError:
            continue  # it has ended meanwhile
    return [pid for pid in pages if _is_below(pid, os.getpid(), parents)]


def _is_below(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid > 1 and pid != ancestor:
        pid = parents.get(pid, 0)
    return pid == ancestor


def proportional_set_size(pid: int) -> int:
    """Bytes of memory that are this process's, of shared ones its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


async def most(work: Awaitable[object]) -> tuple[int, float]:
    """The most that a page held while this went on, and how many seconds it took."""
    task, peak, begun = asyncio.ensure_future(work), 0, time.monotonic()
    while not task.done():
        peak = max([peak, *(proportional_set_size(pid) for pid in renderers())])
        await asyncio.wait([task], timeout=0.2)
    await task
    return peak, time.monotonic() - begun


class Profile:
    """A browser whose pages keep what they get on the disk; those of tests keep it in memory, as private windows do."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        self._playwright = playwright
        self._folder = folder

    async def new_context(self, **options: Any) -> BrowserContext:
        return await self._playwright.chromium.launch_persistent_context(
            self._folder,
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
            **options,
        )


async def measure(browser: Profile, folder: Path, size: int) -> None:
    source = folder / "film.bin"
    sha256 = await asyncio.to_thread(random_file, source, size)
    async with (
        program(folder / "data") as server,
        people_at(cast(Browser, browser), f"http://{server.address}") as people,
    ):
        page = await people.come_in("Ann", "garden")
        film = log_card(page, "film.bin")
        field = page.locator("#writing input[type=file]").first
        idle = max(proportional_set_size(pid) for pid in renderers())

        async def send() -> None:
            await field.set_input_files(source)
            await expect(film).to_contain_text("On the shelf", timeout=LONG_MS)

        up, up_seconds = await most(send())
        down, down_seconds = await most(get(page, folder / "got.bin"))
        with (folder / "got.bin").open("rb") as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == sha256
    print(f"idle {idle / MIB:.0f} MiB")
    print(f"sending {size / MIB:.0f} MiB: at most {up / MIB:.0f} MiB, {size / MIB / up_seconds:.0f} MiB/s")
    print(f"getting {size / MIB:.0f} MiB: at most {down / MIB:.0f} MiB, {size / MIB / down_seconds:.0f} MiB/s")


async def get(page: Page, to: Path) -> None:
    async with page.expect_download(timeout=LONG_MS) as download:
        await log_card(page, "film.bin").get_by_role("button", name="Get film.bin").click()
    await (await download.value).save_as(to)


async def main() -> None:
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 2) * 1024) * MIB
    with tempfile.TemporaryDirectory() as folder:
        async with async_playwright() as playwright:
            await measure(Profile(playwright, Path(folder) / "profile"), Path(folder), size)


if __name__ == "__main__":
    asyncio.run(main())
