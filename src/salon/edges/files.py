"""A room's files over HTTP: the list, and downloads with ranges (RFC 9110), digests (RFC 9530) and sendfile."""

import asyncio
import base64
from typing import cast
from urllib.parse import quote

import msgspec
from aiohttp import web

from salon.core.limits import KIB
from salon.core.people import Person
from salon.edges.answering import HALL, SHELVING, refusal_response
from salon.edges.visitors import reader
from salon.errors import Refusal, SalonError
from salon.hall.shelving import Opened

_PIECE = 256 * KIB
# What a browser may show in place; all else is saved. None of these can run a script.
_SHOWN = {
    "avif": "image/avif",
    "flac": "audio/flac",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}


def add_routes(app: web.Application) -> None:
    """The paths of files. HEAD comes with GET."""
    app.router.add_get("/rooms/{room}/files", _list)
    app.router.add_get("/rooms/{room}/files/{name}", _file)
    app.router.add_get("/rooms/{room}/blobs/{sha256}", _blob)


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
        person = reader(request.app[HALL], request)
        opened = await request.app[SHELVING].open_blob(person, request.match_info["room"], request.match_info["sha256"])
    except SalonError as error:
        return refusal_response(error.refusal)
    return refusal_response(opened) if isinstance(opened, Refusal) else await _send(request, opened, person)


async def _send(request: web.Request, opened: Opened, person: Person) -> web.StreamResponse:
    """The bytes, or the part of them that was asked for."""
    with opened.file:
        tags = request.if_none_match
        if tags is not None and any(tag.value in ("*", opened.sha256) for tag in tags):
            return web.Response(status=304, headers=_headers(opened))
        span = _span(request, opened)
        if span is None:
            headers = {**_headers(opened), "Content-Range": f"bytes */{opened.size}"}
            return web.Response(status=416, headers=headers)
        begin, end = span
        partial = end - begin != opened.size
        response = web.StreamResponse(status=206 if partial else 200, headers=_headers(opened))
        response.content_length = end - begin
        if partial:
            response.headers["Content-Range"] = f"bytes {begin}-{end - 1}/{opened.size}"
        await response.prepare(request)
        if request.method != "HEAD":
            await _write(request, response, opened, begin, end)
            if end == opened.size:
                await request.app[SHELVING].fetched(request.match_info["room"], opened, person)
        await response.write_eof()
        return response


def _span(request: web.Request, opened: Opened) -> tuple[int, int] | None:
    """From which byte to before which; None where the range cannot be given.

    `If-Range` is compared here: only the very bytes that the asker has a part of may be gone on with.
    """
    condition = request.headers.get("If-Range")
    wanted = request.headers.get("Range")
    if wanted is None or (condition is not None and condition != f'"{opened.sha256}"'):
        return 0, opened.size
    try:
        asked = request.http_range
    except ValueError:
        return (0, opened.size) if "," in wanted or not wanted.startswith("bytes=") else None
    begin = cast(int | None, asked.start)
    if begin is None:
        return 0, opened.size
    if begin < 0:  # the last so many bytes
        return (max(0, opened.size + begin), opened.size) if opened.size else None
    end = opened.size if asked.stop is None else min(asked.stop, opened.size)
    return (begin, end) if begin < end else None


def _headers(opened: Opened) -> dict[str, str]:
    kind = _SHOWN.get(opened.name.rpartition(".")[2].lower(), "application/octet-stream")
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in opened.name)
    placed = "attachment" if kind == "application/octet-stream" else "inline"
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"{placed}; filename=\"{plain}\"; filename*=UTF-8''{quote(opened.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Type": kind,
        "X-Content-Type-Options": "nosniff",
    }
    if opened.sha256:
        digest = base64.b64encode(bytes.fromhex(opened.sha256)).decode()
        headers |= {"ETag": f'"{opened.sha256}"', "Repr-Digest": f"sha-256=:{digest}:"}
    return headers


async def _write(request: web.Request, response: web.StreamResponse, opened: Opened, begin: int, end: int) -> None:
    """The kernel copies from the file to the socket where it can; else pieces are read and written."""
    loop = asyncio.get_running_loop()
    transport = request.transport
    if transport is None or begin == end:
        return
    try:
        await loop.sendfile(transport, opened.file, begin, end - begin, fallback=False)
    except (asyncio.SendfileNotAvailableError, NotImplementedError, AttributeError):
        opened.file.seek(begin)
        left = end - begin
        while left:
            data = await asyncio.to_thread(opened.file.read, min(_PIECE, left))
            if not data:
                break
            await response.write(data)
            left -= len(data)
