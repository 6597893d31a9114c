"""Every screen in both themes and on three sizes: axe finds nothing serious, nothing runs over, fingers hit."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from tests.browser.people import People
from tests.browser.screens import SCREENS, Screen
from tests.browser.views import LAPTOP, PHONE, SMALL, TABLET

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_FINDINGS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join("\\n    ")}`)"""
# What is wider than the screen, or pressed by fingers and too small for them. A link in a text is as high as its line.
_TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && !one.closest(".unseen, .hljs, pre, .pages, .cut, .skip, [inert]"))
    .filter((one) => {
        const box = one.getBoundingClientRect();
        const over = box.right > innerWidth + 0.5 || box.left < -0.5;
        return box.width > 0 && over && getComputedStyle(one).position !== "fixed";
    }).map((one) => one.outerHTML.slice(0, 160))"""
_TOO_SMALL = """() => [...document.querySelectorAll("button, select, input:not([type=radio]), a[href]")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map((one) => one.closest("label") ?? one)
    .filter((one) => !one.closest(".message, .said, [role=article], .unseen, .skip"))
    .filter((one) => {
        const box = one.getBoundingClientRect();
        return box.height > 0 && (box.height < 43.5 || box.width < 43.5) && getComputedStyle(one).clipPath === "none";
    }).map((one) => one.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_nothing_keeps_people_out(people: People, screen: Screen) -> None:
    page = await screen.show(people, LAPTOP)
    await page.evaluate(AXE.read_text("utf-8"))
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        assert await page.evaluate(_FINDINGS) == [], theme
    await page.set_viewport_size(TABLET["viewport"])
    assert await page.evaluate(_TOO_WIDE) == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
async def test_nothing_keeps_people_with_telephones_out(people: People, screen: Screen) -> None:
    page = await screen.show(people, PHONE)
    await page.evaluate(AXE.read_text("utf-8"))
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        assert await page.evaluate(_FINDINGS) == [], theme
    assert await page.evaluate(_TOO_SMALL) == []
    await page.set_viewport_size(SMALL["viewport"])
    assert await page.evaluate(_TOO_WIDE) == []
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= SMALL["viewport"]["width"]
