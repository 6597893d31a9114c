"""The built web page: its files as HTTP answers, for the server and for the agent behind a window alike.

What is not in the build when it is opened is not there: no path of a request ever becomes a path of this machine.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

from msgspec import Struct

# One page, which asks nobody but whoever it came from. Files that people send are shown in frames and images made of
# bytes that the page holds (`blob:`); those frames are sandboxed by the page.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types svelte-trusted-html salon-worker",
    )
)
# What every answer carries, whatever it answers.
SAFETY = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
)
NO_BUILD = "The web page is not built here: run `make web`, and start again.\n"

_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # the best first
_LASTING = "/assets/"  # names made of contents: another content has another name
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


class Answer(Struct, frozen=True):
    """Status, headers and body of an answer; `SAFETY` belongs to it besides."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


class WebFile:
    """One file of the build, read when it is asked for the first time."""

    def __init__(self, path: str, file: Traversable, encoded: dict[str, Traversable]) -> None:
        self.path = path
        self._file = file
        self._encoded = encoded
        self._bodies: dict[str, bytes] = {}

    @cached_property
    def body(self) -> bytes:
        """The file as it was built. Blocks, but not for long."""
        return self._file.read_bytes()

    @cached_property
    def tag(self) -> str:
        """A strong ETag, without what an encoding adds to it."""
        return hashlib.sha256(self.body).hexdigest()[:32]

    @property
    def type(self) -> str:
        ending = "." + self.path.rpartition(".")[2]
        return _TYPES.get(ending) or mimetypes.guess_type(self.path)[0] or "application/octet-stream"

    def answer(self, accepted: str | None, known: str | None) -> Answer:
        """To whoever accepts these encodings (`Accept-Encoding`) and has these (`If-None-Match`) already."""
        encoding = next((name for name in self._encoded if _accepts(accepted, name)), "")
        tag = f'"{self.tag}{"-" if encoding else ""}{encoding}"'
        lasting = self.path.startswith(_LASTING)
        headers = {
            "ETag": tag,
            "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if known is not None and tag in (part.strip().removeprefix("W/") for part in known.split(",")):
            return Answer(304, headers)
        headers["Content-Type"] = self.type
        if encoding:
            headers["Content-Encoding"] = encoding
        return Answer(200, headers, self._body(encoding))

    def _body(self, encoding: str) -> bytes:
        if not encoding:
            return self.body
        if encoding not in self._bodies:
            self._bodies[encoding] = self._encoded[encoding].read_bytes()
        return self._bodies[encoding]


class WebBuild:
    """The files of a build by the path under which they are served: `/index.html`, `/assets/…`."""

    def __init__(self, folder: Traversable | None = None) -> None:
        folder = folder if folder is not None else resources.files("salon") / "web"
        found = dict(_walk(folder, "")) if folder.is_dir() else {}
        self.files = {
            path: WebFile(path, file, _encodings(path, found))
            for path, file in found.items()
            if not path.endswith(tuple(_ENCODINGS.values()))
        }

    def find(self, path: str) -> WebFile | None:
        """The file of this path, `/` being the app; None where there is none."""
        return self.files.get("/index.html" if path == "/" else path)


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name.startswith("."):  # from what it was built
            continue
        place = f"{path}/{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, place)
        else:
            yield place, entry


def _encodings(path: str, found: dict[str, Traversable]) -> dict[str, Traversable]:
    return {name: found[path + end] for name, end in _ENCODINGS.items() if path + end in found}


def _accepts(accepted: str | None, encoding: str) -> bool:
    """Whether `Accept-Encoding` names it, and not with a weight of nothing (RFC 9110, section 12.5.3)."""
    for part in (accepted or "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
