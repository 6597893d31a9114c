"""What a browser fetches until somebody can talk."""

from __future__ import annotations

import pytest
from playwright.async_api import Request, expect

from tests.browser.people import People, composer
from tests.support.servers import Program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LARGEST_BYTES = 120_000  # as they go over the line


async def test_the_first_load_is_small_and_the_second_next_to_nothing(people: People, server: Program) -> None:
    profile = await people.profile()
    page = await profile.new_page()
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108 -- Playwright marks its listeners
    await page.goto(f"{people.origin}/#/garden")
    await page.get_by_label("Your name").fill("Ann")
    await page.get_by_role("button", name="Come in").click()
    await expect(composer(page)).to_be_focused()
    sizes = {request.url: (await request.sizes())["responseBodySize"] for request in asked}
    print(f"first load {sum(sizes.values()) / 1000:.0f} KB in {len(sizes)} files")
    assert 10_000 < sum(sizes.values()) <= LARGEST_BYTES, sizes
    asked.clear()
    await page.reload()
    await expect(composer(page)).to_be_visible()
    again = sum([(await request.sizes())["responseBodySize"] for request in asked])
    assert again < 5_000  # files whose names are made of their contents are not asked for again


async def test_nothing_of_a_page_runs_that_is_not_the_servers(people: People) -> None:
    """The policy as a browser keeps it: a script that gets into the page does not run, however it tries."""
    page = await people.come_in("Ann")
    await page.evaluate(
        """() => {
            const script = document.createElement("script");
            for (const put of [
                () => (script.text = "window.ran = 1"),
                () => document.body.append(script),
                () => (document.body.lastElementChild.innerHTML = "<img src=x onerror='window.ran = 1'>"),
                () => document.body.setAttribute("onclick", "window.ran = 1"),
                () => document.body.click(),
                () => setTimeout("window.ran = 1"),
            ]) {
                try { put(); } catch (error) { if (!(error instanceof TypeError)) throw error; }
            }
            return new Promise((done) => setTimeout(done, 50));
        }"""
    )
    assert await page.evaluate("window.ran") is None
    refused = [mistake for mistake in people.guard.mistakes if "policy" in mistake or "Trusted" in mistake]
    assert refused
    people.guard.mistakes.clear()
