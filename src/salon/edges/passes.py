"""Passes: whoever holds one may read one file of a private room for some hours, by its address alone.

Pictures and films in a page are fetched by the browser itself, which shows no ticket. A ticket in the address would
open everything that its session may do, and addresses end up in histories; a pass opens this one file, and not for
long. Passes are signed, not kept: those of a server before this one are void.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets

import msgspec
from aiohttp import web
from msgspec import Struct

from salon.core.people import Person
from salon.edges.answering import HALL, SHELVING, refusal_response
from salon.edges.visitors import by_ticket
from salon.errors import BAD_TICKET, Refusal, SalonError, refuse

LASTS_MS = 6 * 3_600_000  # as long as somebody may watch a film, with a pause for dinner


class _Holder(Struct, frozen=True, array_like=True):
    """Who was given a pass, and until when (milliseconds since 1970)."""

    number: int
    name: str
    until: int


class Passes:
    """Gives passes, and knows its own."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def give(self, person: Person, room: str, sha256: str, now: int) -> str:
        """A pass for the file of this hash in the room of this name, for whoever may read it. `now` in milliseconds."""
        holder = msgspec.json.encode(_Holder(person.number, person.name, now + LASTS_MS))
        return f"{_text(holder)}.{_text(self._sign(holder, room, sha256))}"

    def holder(self, shown: str, room: str, sha256: str, now: int) -> Person | None:
        """Who was given this pass for this file; None where nobody was, or too long ago."""
        encoded, _, signature = shown.partition(".")
        try:
            holder = _bytes(encoded)
            if not hmac.compare_digest(self._sign(holder, room, sha256), _bytes(signature)):
                return None
            known = msgspec.json.decode(holder, type=_Holder)
        except (binascii.Error, ValueError):
            return None
        return Person(known.name, known.number) if now < known.until else None

    def _sign(self, holder: bytes, room: str, sha256: str) -> bytes:
        # No room and no hash holds a zero byte: what is signed can be taken apart in one way only.
        return hmac.digest(self._key, b"\0".join((holder, room.encode(), sha256.encode())), "sha256")


PASSES = web.AppKey("passes", Passes)


def add_routes(app: web.Application) -> None:
    """Where passes are given out."""
    app[PASSES] = Passes()
    app.router.add_post("/rooms/{room:[^/]+}/blobs/{sha256:[^/]+}/pass", _give)


async def _give(request: web.Request) -> web.Response:
    """A pass for whoever shows a ticket with which the file can be read."""
    room, sha256 = request.match_info["room"], request.match_info["sha256"]
    try:
        person = by_ticket(request.app[HALL], request)
        if person is None:
            return refusal_response(refuse(BAD_TICKET))
        opened = await request.app[SHELVING].open_blob(person, room, sha256)
    except SalonError as error:
        return refusal_response(error.refusal)
    if isinstance(opened, Refusal):
        return refusal_response(opened)
    opened.file.close()
    given = request.app[PASSES].give(person, room, sha256, request.app[HALL].clock())
    return web.json_response({"pass": given}, headers={"Cache-Control": "no-store"})


def shown_pass(request: web.Request) -> Person | None:
    """Whose pass the request shows; None where it shows none. Raises SalonError for one that is void."""
    shown = request.query.get("pass")
    if shown is None:
        return None
    room, sha256 = request.match_info["room"], request.match_info["sha256"]
    person = request.app[PASSES].holder(shown, room, sha256, request.app[HALL].clock())
    if person is None:
        raise SalonError(refuse(BAD_TICKET))
    return person


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
