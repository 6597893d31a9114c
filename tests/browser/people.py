"""People at browsers: pages of a server that are watched for mistakes and for requests to anybody else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.browser.views import LAPTOP

PATIENCE_MS = 15_000  # until something that should be seen counts as not seen
# What a browser itself says of a server that is away; the page speaks of it in its own words.
_AWAY = re.compile(
    r"^WebSocket connection to 'ws://[^']+' failed"
    r"|ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INTERNET_DISCONNECTED)"
)
_WATCH_POLICY = """document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""

expect.set_options(timeout=PATIENCE_MS)


class Guard:
    """What must not happen on any page: an error or a warning in the console, a request to another host."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.mistakes: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Look at every page of a profile, from its first moment on."""
        context.on("page", self._watch_page)
        context.on("request", self._asked)

    def _watch_page(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.mistakes.append(f"{page.url}: {error.message}\n{error.stack}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _AWAY.search(message.text):
            self.mistakes.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin + "/", "blob:" + self.origin)):
            self.mistakes.append(f"asked somebody else: {request.url}")


class People:
    """Whoever comes to a server in this test, each with a browser profile of their own."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.origin = origin
        self.guard = Guard(origin)
        self._browser = browser
        self._profiles: list[BrowserContext] = []

    async def profile(self, **options: Any) -> BrowserContext:
        """A browser of somebody's own: storage, a screen. Options as of Playwright's `new_context`, and of `views`."""
        profile = await self._browser.new_context(
            **{**LAPTOP, "reduced_motion": "reduce", "locale": "en-GB", **options}
        )
        profile.set_default_timeout(PATIENCE_MS)
        await profile.add_init_script(_WATCH_POLICY)
        self._profiles.append(profile)
        self.guard.watch(profile)
        return profile

    async def arrive(self, link: str = "", **options: Any) -> Page:
        """Somebody who has just opened the page, by a link into a room (`garden`) or none."""
        page = await (await self.profile(**options)).new_page()
        await page.goto(f"{self.origin}/#/{link}")
        return page

    async def come_in(self, name: str, room: str = "lobby", **options: Any) -> Page:
        """Somebody who is in a room and can talk."""
        page = await self.arrive(room, **options)
        await page.get_by_label("Your name").fill(name)
        await page.get_by_role("button", name="Come in").click()
        await composer(page).wait_for()
        return page

    async def leave(self) -> None:
        for profile in self._profiles:
            await profile.close()


@asynccontextmanager
async def people_at(browser: Browser, origin: str) -> AsyncIterator[People]:
    """People; in the end nothing must have gone wrong on any of their pages."""
    people = People(browser, origin)
    try:
        yield people
    finally:
        await people.leave()
    assert people.guard.mistakes == [], people.guard.mistakes


def composer(page: Page) -> Locator:
    """Where one writes."""
    return page.locator("#writing textarea")


def messages(page: Page) -> Locator:
    """The log of the room that is open."""
    return page.locator("#messages")


def said(page: Page, text: str) -> Locator:
    """The message with exactly this text, in the log."""
    return messages(page).get_by_text(text, exact=True)


async def write(page: Page, text: str) -> None:
    """Write it and send it off, and wait for nothing."""
    await composer(page).fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()


async def say(page: Page, text: str) -> None:
    """Write and send, and see that it is in the log."""
    await write(page, text)
    await said(page, text).wait_for()
