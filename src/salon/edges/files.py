"""A room's files over HTTP: the list, and downloads with ranges (RFC 9110), digests (RFC 9530) and sendfile."""

import asyncio
import base64
import re
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

import msgspec
from aiohttp import web

from salon.core.limits import KIB
from salon.core.people import Person
from salon.edges.answering import HALL, SHELVING, refusal_response
from salon.edges.passes import shown_pass
from salon.edges.visitors import reader
from salon.errors import Refusal, SalonError
from salon.ground.sendfile import send_file
from salon.hall.shelving import Opened

_PIECE = 256 * KIB
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
# What a browser may show; all else it can only save. None of these can run a script, where they are shown in place.
_SHOWN = {
    "aac": "audio/aac",
    "apng": "image/apng",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "flac": "audio/flac",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}
# A drawing may hold a script. As a picture in a page it runs none; by itself it is a page of ours, so it is saved.
_SAVED = frozenset({"application/octet-stream", "image/svg+xml"})
_POLICY = "default-src 'none'; sandbox"
# Drawings are coloured by styles of their own, and hold pictures.
_DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def add_routes(app: web.Application) -> None:
    """The paths of files. HEAD comes with GET. Without a pattern aiohttp lets no name with a brace through."""
    app.router.add_get("/rooms/{room:[^/]+}/files", _list)
    app.router.add_get("/rooms/{room:[^/]+}/files/{name:[^/]+}", _file)
    app.router.add_get("/rooms/{room:[^/]+}/blobs/{sha256:[^/]+}", _blob)


async def _list(request: web.Request) -> web.StreamResponse:
    """The shelf as JSON, newest first."""
    try:
        person = reader(request.app[HALL], request)
        listed = await request.app[SHELVING].listing(person, request.match_info["room"])
    except SalonError as error:
        return refusal_response(error.refusal)
    if isinstance(listed, Refusal):
        return refusal_response(listed)
    body = msgspec.json.encode(listed)
    return web.Response(body=body, content_type="application/json", headers={"Cache-Control": "no-store"})


async def _file(request: web.Request) -> web.StreamResponse:
    try:
        person = reader(request.app[HALL], request)
        opened = await request.app[SHELVING].open(person, request.match_info["room"], request.match_info["name"])
    except SalonError as error:
        return refusal_response(error.refusal)
    return refusal_response(opened) if isinstance(opened, Refusal) else await _send(request, opened, person)


async def _blob(request: web.Request) -> web.StreamResponse:
    try:
        person = shown_pass(request) or reader(request.app[HALL], request)
        opened = await request.app[SHELVING].open_blob(person, request.match_info["room"], request.match_info["sha256"])
    except SalonError as error:
        return refusal_response(error.refusal)
    return refusal_response(opened) if isinstance(opened, Refusal) else await _send(request, opened, person)


async def _send(request: web.Request, opened: Opened, person: Person) -> web.StreamResponse:
    """The bytes, or the part of them that was asked for."""
    with opened.file:
        headers = _headers(opened)
        if any(tag.value in ("*", opened.sha256) for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        asked = _asked(request, opened)
        if asked is not None and not asked:
            return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{opened.size}"})
        span = range(opened.size) if asked is None else asked
        response = web.StreamResponse(status=200 if asked is None else 206, headers=headers)
        response.content_length = len(span)
        if asked is not None:
            response.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{opened.size}"
        await response.prepare(request)
        if request.method != "HEAD":
            await _move(request, response, opened, span, person)
        await response.write_eof()
        if request.method != "HEAD" and span.stop == opened.size and "look" not in request.query:
            with suppress(SalonError):  # it was noted; the bytes have arrived all the same
                await request.app[SHELVING].fetched(opened)
        return response


def _asked(request: web.Request, opened: Opened) -> range | None:
    """The part that is asked for, empty where there is none such; None where all is to be sent.

    That is so for several parts at once too, and for what is no range at all (RFC 9110, 14.2). `If-Range` is compared
    here: only the very bytes that the asker has a part of may be gone on with.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    condition = request.headers.get("If-Range")
    if match is None or request.method == "HEAD" or (condition is not None and condition != f'"{opened.sha256}"'):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, opened.size - int(last)), opened.size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, opened.size) if last else opened.size)


def _headers(opened: Opened) -> dict[str, str]:
    _, dot, ending = opened.name.rpartition(".")
    kind = _SHOWN.get(dot and ending.lower(), "application/octet-stream")
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in opened.name)
    placed = "attachment" if kind in _SAVED else "inline"
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"{placed}; filename=\"{plain}\"; filename*=UTF-8''{quote(opened.name, safe='')}",
        "Content-Security-Policy": _DRAWING_POLICY if kind == "image/svg+xml" else _POLICY,
        "Content-Type": kind,
        "X-Content-Type-Options": "nosniff",
    }
    if opened.sha256:
        digest = base64.b64encode(bytes.fromhex(opened.sha256)).decode()
        headers |= {"ETag": f'"{opened.sha256}"', "Repr-Digest": f"sha-256=:{digest}:"}
    return headers


async def _move(
    request: web.Request, response: web.StreamResponse, opened: Opened, span: range, person: Person
) -> None:
    """Send the bytes, before the operator's eyes."""
    transfers = request.app[HALL].transfers
    who = person.name or request.remote or ""
    transfer = transfers.begin(
        who, opened.name, place=opened.shown, size=opened.size, offset=span.start, private=opened.private
    )

    def progress(sent: int) -> None:
        transfer.offset = span.start + sent

    try:
        await _write(request, response, opened, span, progress)
    finally:
        transfers.end(transfer, part=transfer.offset == span.stop < opened.size)


async def _write(
    request: web.Request,
    response: web.StreamResponse,
    opened: Opened,
    span: range,
    progress: Callable[[int], None],
) -> None:
    """The kernel copies from the file to the socket where it can; else pieces are read and written."""
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError
    if not span:
        return
    try:
        sent = await send_file(transport, opened.file, span.start, len(span), progress)
    except asyncio.SendfileNotAvailableError:
        sent = await _write_pieces(response, opened, span, progress)
    if sent < len(span):  # the file is shorter now: whoever waits for the rest must not take something else for it
        transport.abort()
        raise ConnectionResetError


async def _write_pieces(
    response: web.StreamResponse, opened: Opened, span: range, progress: Callable[[int], None]
) -> int:
    opened.file.seek(span.start)
    sent = 0
    while data := await asyncio.to_thread(opened.file.read, min(_PIECE, len(span) - sent)):
        await response.write(data)
        sent += len(data)
        progress(sent)
    return sent
