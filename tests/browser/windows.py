"""Windows of the window programs on a screen of their own, each with the browser that it opened by itself."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from playwright.async_api import Error, Page, Playwright

from tests.support.servers import environment, free_port, salon

PATIENCE = 20.0
CLASSIC = Path(__file__).resolve().parents[2] / "classic" / "window"
# Only pages of this machine: whatever else a browser asks for by itself would be asked of its maker.
_FLAGS = "--remote-debugging-port=0" + (" --no-sandbox" if os.geteuid() == 0 else "")


@asynccontextmanager
async def screen() -> AsyncIterator[str]:
    """A screen that nobody sees; its name."""
    read, write = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *("Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"),
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        async with asyncio.timeout(PATIENCE):
            number = await asyncio.to_thread(os.read, read, 16)
        yield f":{int(number)}"
    finally:
        os.close(read)
        process.terminate()
        await process.wait()


class Window:
    """A window program. `page` is what its window shows, `folder` where it was started."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.page: Page
        self.errors: list[str] = []

    async def ended(self) -> int:
        """Its exit status, once it has ended by itself."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def kill(self) -> None:
        """SIGKILL: it can take leave of nobody."""
        self.process.kill()

    # what a person does in the plain window

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def press_last(self, name: str) -> None:
        """Press what closes the window, perhaps sooner than it can be told that it was pressed."""
        with suppress(Error):
            await self.press(name)

    async def fill(self, label: str, text: str) -> None:
        await self.page.get_by_label(label, exact=True).fill(text)

    async def choose(self, label: str, choice: str) -> None:
        await self.page.get_by_label(label, exact=True).select_option(label=choice)

    async def login(self, name: str, address: str) -> None:
        await self.fill("name", name)
        await self.fill("address", address)
        await self.press("Login")
        await self.sees_button("Logout")

    async def say(self, text: str, to: str = "All") -> None:
        await self.choose("To", to)
        await self.fill("message", text)
        await self.press("send")

    # what stands there

    async def sees(self, text: str | re.Pattern[str], seconds: float = PATIENCE) -> None:
        """A line of the screen that is this, or has this in it."""
        await self.page.get_by_role("log").get_by_text(text, exact=True).first.wait_for(timeout=seconds * 1000)

    async def sees_button(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).wait_for(timeout=PATIENCE * 1000)

    async def lines(self) -> list[str]:
        """Everything on the screen, line by line."""
        return await self.page.get_by_role("log").locator("p").all_inner_texts()


class Desktop:
    """A screen and the windows on it. Whatever was opened is gone in the end."""

    def __init__(self, playwright: Playwright, display: str, folder: Path, stack: AsyncExitStack) -> None:
        self._playwright = playwright
        self._display = display
        self._folder = folder
        self._stack = stack
        self.windows: list[Window] = []

    async def client(self, name: str) -> Window:
        """The classic client, started in a folder of its own."""
        return await self._open(name, sys.executable, str(CLASSIC / "client" / "client.py"))

    async def server(self, name: str, port: int) -> Window:
        """The classic server, with the files that lie in the folder of this name."""
        return await self._open(name, sys.executable, str(CLASSIC / "server" / "server.py"), f"127.0.0.1:{port}")

    async def app(self, name: str, *arguments: str) -> Window:
        """`salon window` of somebody whose downloads go into a folder of their own."""
        return await self._open(name, *salon("window", "--folder", str(self._folder / name), *arguments))

    async def _open(self, name: str, *command: str) -> Window:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        # A short path: a browser makes a socket in it, whose name has at most 107 bytes.
        passing = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="w-", ignore_cleanup_errors=True)))
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment(
                folder.with_name(f"{name}-home"),
                TMPDIR=str(passing),
                DISPLAY=self._display,
                SALON_BROWSER_FLAGS=_FLAGS,
            ),
            cwd=folder,
        )
        window = Window(process, folder)
        self._stack.push_async_callback(_end, window, passing)
        place = await _until(lambda: _debugging(passing))
        browser = await self._playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{place}")
        context = browser.contexts[0]
        window.page = page = context.pages[0] if context.pages else await context.wait_for_event("page")
        page.on("pageerror", lambda error: window.errors.append(str(error)))
        page.on("request", lambda request: _watch(window, request.url))
        await page.wait_for_url(re.compile(r"^http://127\.0\.0\.1:"))
        await page.locator("#app > *").first.wait_for()
        self.windows.append(window)
        return window


def _watch(window: Window, url: str) -> None:
    if not re.match(r"(http|ws)://127\.0\.0\.1:|blob:|data:", url):
        window.errors.append(f"asked {url}")


def _debugging(folder: Path) -> str:
    """The port at which the browser can be looked into; nothing before it has one."""
    for profile in folder.glob("salon-window-*"):
        told = profile / "DevToolsActivePort"
        if told.exists() and (lines := told.read_text("ascii").splitlines()):
            return lines[0]
    return ""


async def _until(condition: Callable[[], str]) -> str:
    async with asyncio.timeout(PATIENCE):
        while not (found := condition()):  # noqa: ASYNC110 -- what is waited for is a browser's file
            await asyncio.sleep(0.02)
    return found


async def _end(window: Window, passing: Path) -> None:
    """End it, and what a killed one has left: its browser, by the process that the profile names."""
    if window.process.returncode is None:
        window.process.terminate()
        await window.ended()
    for lock in passing.glob("salon-window-*/SingletonLock"):
        pid = int(lock.readlink().name.rpartition("-")[2])
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


@asynccontextmanager
async def desktop(playwright: Playwright, folder: Path) -> AsyncIterator[Desktop]:
    """A screen for windows. A test fails when one of their pages made a mistake or asked a foreign host."""
    async with screen() as display, AsyncExitStack() as stack:
        one = Desktop(playwright, display, folder, stack)
        yield one
        for window in one.windows:
            assert window.errors == []


def a_port() -> int:
    """A port for a server of the test's."""
    return free_port()
