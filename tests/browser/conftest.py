"""One browser for all tests, a server and its people for each. Nothing is downloaded: the browser is Debian's."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.people import People, people_at
from tests.support.servers import Program, program


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop for all of them: the browser belongs to it."""
    return "asyncio"


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """Debian's Chromium. Its sandbox does not start under root."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("needs Debian's chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        yield browser
        await browser.close()


@pytest.fixture
async def server(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Program]:
    """A server of its own, that may be killed and started again."""
    async with program(tmp_path) as server:
        yield server


@pytest.fixture
async def people(browser: Browser, server: Program) -> AsyncIterator[People]:
    """Who comes to it. A test fails when one of their pages logged an error or asked a foreign host."""
    async with people_at(browser, f"http://{server.address}") as people:
        yield people
