"""The web page's catalogue of refusals is the server's."""

from __future__ import annotations

from tools.web_catalogue import REFUSALS, refusals


def test_the_pages_refusals_are_the_servers() -> None:
    assert REFUSALS.read_text("utf-8") == refusals(), "run 'python -m tools.web_catalogue'"
