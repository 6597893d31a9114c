"""Who may talk to the agent: the window that was opened with its key, and nobody else on this machine.

Any program and any page on this machine can reach a port on 127.0.0.1. The key is good once: whoever brings it first is
given a cookie, under which everything else goes. `Host`, `Origin` and `Sec-Fetch-Site` keep pages of other origins out,
those on other ports of this machine too, which would be given the cookie's company.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

_KEY_BYTES = 32
_SAME = (None, "none", "same-origin")  # what a browser says of requests that we or the person's own hand made
_READING = ("GET", "HEAD")
_ONWARDS = '<!doctype html><meta charset="utf-8"><title>Salon</title><p><a href="/">Salon</a></p>\n'


class Gate:
    """Lets in whoever brings the key, and then that one alone."""

    def __init__(self) -> None:
        self._key = secrets.token_urlsafe(_KEY_BYTES)
        self._cookie = secrets.token_urlsafe(_KEY_BYTES)
        self._used = False
        self._host = ""

    def open(self, port: int) -> None:
        """The agent listens there."""
        self._host = f"127.0.0.1:{port}"

    @property
    def address(self) -> str:
        """Where the agent listens, as an origin."""
        return f"http://{self._host}"

    @property
    def link(self) -> str:
        """The address that lets its first visitor in."""
        return f"{self.address}/?key={self._key}"

    @property
    def used(self) -> bool:
        """Whether somebody has come in."""
        return self._used

    def middleware(self) -> Middleware:
        """What looks at every request first."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self._from_here(request.method, request.headers):
                raise web.HTTPForbidden(text="This window belongs to somebody else.\n")
            if "key" in request.query:
                return self._let_in(request.query["key"])
            if not _same(request.cookies.get(self._name), self._cookie):
                raise web.HTTPForbidden(text="This window opens by its own link alone, and once.\n")
            return await handler(request)

        return guard

    def _from_here(self, method: str, headers: Mapping[str, str]) -> bool:
        if headers.get("Host") != self._host or headers.get("Sec-Fetch-Site") not in _SAME:
            return False
        origin = headers.get("Origin")
        if origin is None:
            # Browsers name the origin of whatever may change something, and of every WebSocket.
            return method in _READING and "Upgrade" not in headers
        return origin == self.address

    def _let_in(self, key: str) -> web.Response:
        if self._used or not _same(key, self._key):
            raise web.HTTPForbidden(text="This link was used already, or is none of this window's.\n")
        self._used = True
        # A page of ours that goes on: a redirect that began at another site would not carry the cookie.
        headers = {"Refresh": "0; url=/", "Cache-Control": "no-store"}
        response = web.Response(text=_ONWARDS, content_type="text/html", headers=headers)
        response.set_cookie(self._name, self._cookie, httponly=True, samesite="Strict", path="/")
        return response

    @property
    def _name(self) -> str:
        """Cookies do not tell ports apart: two agents in one browser each have a name of their own."""
        return f"salon-window-{self._host.rpartition(':')[2]}"


def _same(given: str | None, wanted: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), wanted.encode())
