"""The windows by axe, in both themes: nothing serious keeps anybody out."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright

from tests.browser.windows import Desktop, a_port, desktop
from tests.support.servers import program

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_FINDINGS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join("\\n    ")}`)"""
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("Xvfb")), reason="needs Debian's chromium and xvfb"
    ),
    pytest.mark.skipif(not AXE.exists(), reason="needs what `npm ci` installs"),
]


@pytest.fixture
async def desk(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    async with async_playwright() as playwright, desktop(playwright, tmp_path) as desk:
        yield desk


async def looked_at(page: Page) -> None:
    """Nothing serious is found on what is shown now."""
    await page.emulate_media(reduced_motion="reduce")
    await page.evaluate(AXE.read_text("utf-8"))
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert await page.evaluate(_FINDINGS) == [], theme


async def test_the_plain_window_keeps_nobody_out(desk: Desktop, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "cat.png").write_bytes(bytes(100_000))
    port = a_port()
    await desk.server("server", port)
    leah = await desk.client("Leah")
    await looked_at(leah.page)
    await leah.login("Leah", f"127.0.0.1:{port}")
    await leah.choose("server files", "cat.png")
    await leah.press("Download")
    await leah.page.get_by_role("dialog").wait_for()
    await looked_at(leah.page)
    await leah.press("OK")
    await leah.fill("save file as", "cat.png")
    await leah.page.keyboard.press("Enter")  # by the keyboard alone
    await leah.sees_button("Proceed")
    await looked_at(leah.page)


async def test_the_apps_window_keeps_nobody_out(desk: Desktop, tmp_path: Path) -> None:
    async with program(tmp_path / "data") as server:
        leah = await desk.app("Leah")
        await leah.press("Come in")  # without an address
        await leah.page.get_by_text("Type the server's address first.").first.wait_for()
        await looked_at(leah.page)
        await leah.fill("Server", server.address)
        await leah.fill("Your name", "Leah")
        await leah.page.keyboard.press("Enter")
        await leah.page.get_by_role("heading", name="This computer").wait_for()
        await looked_at(leah.page)
