"""How the web page bears a long room: opening it, scrolling back through it, and people who talk all at once.

    python bench/web_log.py [MESSAGES]

In Debian's Chromium, by Playwright (both are there after `make test`). The browser draws without a graphics card, on
the same cores as the server and whoever talks: on anybody's own machine the figures are better.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

import salon as client
from figures import Figure
from servers import BenchError, run, salon

MESSAGES = 100_000
ROUNDS = 5
RATE = 1_000  # messages a second
TALKED = 5_000
TURNS = 100  # of the wheel, one in each frame
_TEXTS = (
    "short",
    "one that takes more than one line on most screens, because whoever wrote it went on and on, as people do",
    "**with** _styles_, `code` and https://example.org/a/link",
    "> a quote\n\nand what is said to it",
    "```py\nprint('a block of code')\n```",
)
# The times between frames from now on, and how long it takes from a key to the frame that shows it.
_METER = """() => {
    const meter = window.meter = { frames: [], keys: [], on: true };
    let last = performance.now();
    const frame = () => {
        const now = performance.now();
        meter.frames.push(now - last);
        last = now;
        if (meter.on) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    addEventListener("input", (event) => requestAnimationFrame(() =>
        setTimeout(() => meter.keys.push(performance.now() - event.timeStamp))), { capture: true });
}"""
_READ = "() => { window.meter.on = false; return [window.meter.frames.slice(1), window.meter.keys]; }"
_OPENED = """() => new Promise((done) => {
    const look = () => document.querySelector("#messages [role=article]")
        ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
    look();
})"""


async def fill(port: int, folder: Path, count: int) -> None:
    """Somebody says so much, as fast as it goes."""
    async with client.connect(f"127.0.0.1:{port}", name="Leah", room="lobby", folder=folder) as leah:
        for number in range(count):
            await leah.post(f"{number} {_TEXTS[number % len(_TEXTS)]}")
        await leah.flush()


async def talk(port: int, folder: Path, count: int) -> None:
    """Somebody says so much, at the rate."""
    async with client.connect(f"127.0.0.1:{port}", name="Leah", room="lobby", folder=folder) as leah:
        clock = asyncio.get_running_loop().time
        started = clock()
        for number in range(count):
            await leah.post(f"{number} {_TEXTS[number % len(_TEXTS)]}")
            if number % 20 == 0:
                await asyncio.sleep(started + number / RATE - clock())
        await leah.flush()


@contextmanager
def browsing() -> Iterator[Browser]:
    """Debian's Chromium; its sandbox does not start under root."""
    path = shutil.which("chromium")
    if path is None:
        raise BenchError("There is no chromium: install Debian's package.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


def come_in(browser: Browser, port: int) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"http://127.0.0.1:{port}/#/lobby")
    page.get_by_label("Your name").fill("Ann")
    page.keyboard.press("Enter")
    page.get_by_role("article").first.wait_for()
    return page


def opened(page: Page, port: int) -> float:
    """Milliseconds from the request for the page to the frame with the newest messages."""
    page.goto("about:blank")
    page.goto(f"http://127.0.0.1:{port}/#/lobby", wait_until="commit")
    return float(page.evaluate(_OPENED))


def scrolled(page: Page) -> list[float]:
    """Turn the wheel upwards; the times between the frames, in ms."""
    page.get_by_role("feed").hover()
    page.evaluate(_METER)
    for _ in range(TURNS):
        page.mouse.wheel(0, -400)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    frames, _ = page.evaluate(_READ)
    return [float(frame) for frame in frames]


def talked(page: Page, port: int, folder: Path) -> tuple[list[float], list[float]]:
    """Write while somebody talks fast; the times between the frames and those from key to frame, in ms."""
    field = page.locator("#writing textarea")
    field.focus()
    page.evaluate(_METER)
    talker = threading.Thread(target=lambda: asyncio.run(talk(port, folder, TALKED)))
    talker.start()
    while talker.is_alive():
        page.keyboard.type("a")
        page.wait_for_timeout(50)
    talker.join()
    frames, keys = page.evaluate(_READ)
    field.fill("")
    return [float(frame) for frame in frames], [float(key) for key in keys]


def measure_reading(page: Page, port: int) -> None:
    """Print how long it takes to open the room, and how smoothly it scrolls."""
    times = [opened(page, port) for _ in range(ROUNDS)]
    print(Figure("open the page and the room", statistics.median(times) / 1e3, "s", 1.0))
    runs = [scrolled(page) for _ in range(ROUNDS)]
    print(Figure("scroll back: longest frame", statistics.median(max(one) for one in runs), "ms", 50))
    print(Figure("scroll back: median frame", statistics.median(chain.from_iterable(runs)), "ms"))
    print(Figure("messages in the page", page.get_by_role("article").count(), "", 150))


def measure_talk(page: Page, port: int, folder: Path) -> None:
    """Print how the page bears people who talk fast."""
    page.get_by_role("button", name="Newest").or_(page.get_by_role("button", name="new message")).click()
    frames, keys = talked(page, port, folder)
    print(f"{RATE:,} messages a second arrive, while one writes.")
    print(Figure("median frame", statistics.median(frames), "ms", 50))
    print(Figure("99 of 100 frames", statistics.quantiles(frames, n=100)[98], "ms"))
    print(Figure("from a key to its letter, median", statistics.median(keys), "ms", 100))


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    with TemporaryDirectory(prefix="salon-bench-") as name, salon() as server:
        folder = Path(name)
        asyncio.run(fill(server.port, folder, count))
        with browsing() as browser:
            page = come_in(browser, server.port)
            print(f"A room of {count:,} messages in Chromium; medians of {ROUNDS} rounds.")
            measure_reading(page, server.port)
            measure_talk(page, server.port, folder)


if __name__ == "__main__":
    sys.exit(run(main))
