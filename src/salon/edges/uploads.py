"""Uploads: tus 1.0 (https://tus.io/protocols/resumable-upload) with its extensions creation, creation-with-upload,
expiration, checksum and termination.

Everything that can be refused is refused before the first byte. One writer per upload: a new PATCH takes over, so a
line that died without a word blocks nobody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from salon.core.limits import UPLOAD_EXPIRY_SECONDS
from salon.edges.answering import HALL, SHELVING, refusal_response
from salon.edges.visitors import writer
from salon.errors import (
    BAD_UPLOAD,
    CHECKSUM_DIFFERS,
    OFFSET_DIFFERS,
    SIZE_DIFFERS,
    UNKNOWN_ALGORITHM,
    UNKNOWN_UPLOAD,
    Refusal,
    SalonError,
    refuse,
)
from salon.hall.uploads import Upload

if TYPE_CHECKING:
    from hashlib import _Hash

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
ALGORITHMS = ("sha1", "sha256", "md5")
_BODY = "application/offset+octet-stream"
_DIGITS = 15  # of a length or an offset: a petabyte


def add_routes(app: web.Application) -> None:
    """The paths of uploads."""
    app.router.add_route("OPTIONS", "/uploads", _options)
    app.router.add_post("/uploads", _create)
    app.router.add_route("HEAD", "/uploads/{id}", _head)
    app.router.add_route("PATCH", "/uploads/{id}", _patch)
    app.router.add_delete("/uploads/{id}", _delete)
    app.router.add_post("/uploads/{id}", _overridden)


async def _options(request: web.Request) -> web.Response:
    headers = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}
    if limit := request.app[SHELVING].policy.max_file:
        headers["Tus-Max-Size"] = str(limit)
    return web.Response(status=204, headers={"Tus-Resumable": VERSION, **headers})


async def _create(request: web.Request) -> web.Response:
    """Begin an upload: the name, the size, the right, the limit and the room on the disk are answered here."""
    if (wrong := _wrong_version(request) or _wrong_body(request)) is not None:
        return wrong
    try:
        size = _number(request, "Upload-Length")
        _bound(request, size, size, "it")
        metadata = _metadata(request.headers.get("Upload-Metadata", ""))
        person = await writer(request.app[HALL], request, metadata)
        upload = await request.app[SHELVING].receiving.begin(
            person, metadata.get("room", ""), metadata.get("filename", ""), size, metadata.get("sha256", "").lower()
        )
        if isinstance(upload, Refusal):
            return _refused(upload)
        if request.body_exists and upload.left:
            await _receive_first(request, upload)
    except SalonError as error:
        return _refused(error.refusal)
    headers = {"Location": f"/uploads/{upload.id}", **_state(upload)}
    body = {"name": upload.note.name, "offset": upload.offset, "size": upload.note.size, "evicts": upload.evicts}
    return web.json_response(body, status=201, headers=headers)


async def _receive_first(request: web.Request, upload: Upload) -> None:
    """Take what came with the creation. Where that fails nobody hears where to go on: the upload is given up."""
    try:
        await _receive(request, upload)
    except BaseException:
        async with upload.lock:
            await request.app[SHELVING].receiving.discard(upload)
        raise


async def _head(request: web.Request) -> web.Response:
    if (wrong := _wrong_version(request)) is not None:
        return wrong
    upload = await request.app[SHELVING].receiving.look_up(request.match_info["id"])
    if isinstance(upload, Refusal):
        return _refused(upload)
    headers = {"Upload-Length": str(upload.note.size), "Cache-Control": "no-store", **_state(upload)}
    return web.Response(status=200, headers=headers)


async def _patch(request: web.Request) -> web.Response:
    """Go on with an upload, from the offset where it stands."""
    if (wrong := _wrong_version(request) or _wrong_body(request)) is not None:
        return wrong
    upload = request.app[SHELVING].receiving.upload(request.match_info["id"])
    if isinstance(upload, Refusal):
        return _refused(upload)
    try:
        await _receive(request, upload, _number(request, "Upload-Offset"))
    except SalonError as error:
        return _refused(error.refusal, headers=_state(upload))
    return web.Response(status=204, headers=_state(upload))


async def _delete(request: web.Request) -> web.Response:
    if (wrong := _wrong_version(request)) is not None:
        return wrong
    receiving = request.app[SHELVING].receiving
    upload = receiving.upload(request.match_info["id"])
    if isinstance(upload, Refusal):
        return _refused(upload)
    async with upload.lock:
        if upload.seq:  # it came to its end meanwhile
            return _refused(refuse(UNKNOWN_UPLOAD))
        await receiving.discard(upload)
    return web.Response(status=204, headers={"Tus-Resumable": VERSION})


async def _overridden(request: web.Request) -> web.Response:
    """For clients that can send nothing but GET and POST."""
    method = request.headers.get("X-HTTP-Method-Override", "").upper()
    handler = {"PATCH": _patch, "DELETE": _delete, "HEAD": _head}.get(method)
    if handler is None:
        raise web.HTTPMethodNotAllowed("POST", ["HEAD", "PATCH", "DELETE"])
    return await handler(request)


async def _receive(request: web.Request, upload: Upload, offset: int | None = None) -> None:
    """Take the body, up to its end or until another writer takes over. Raises SalonError where it cannot be."""
    receiving = request.app[SHELVING].receiving
    check = _check_of(request)
    breaker = _breaker(request)
    turn = receiving.take_turn(upload, breaker)
    try:
        async with upload.lock:  # the writer before this one has written its last byte now
            begin = upload.offset
            if upload.turn != turn or offset not in (None, begin):
                raise SalonError(refuse(OFFSET_DIFFERS, offset=begin))
        _bound(request, upload.left, upload.note.size, upload.note.name)
        while data := await request.content.readany():
            async with upload.lock:
                _look(upload, turn)
                await receiving.write(upload, data)
            if check is not None:
                check[0].update(data)
        async with upload.lock:
            _look(upload, turn)
            if check is not None and check[0].digest() != check[1]:
                await receiving.cut(upload, begin)
                raise SalonError(refuse(CHECKSUM_DIFFERS))
            outcome = None if upload.left else await receiving.complete(upload)
    finally:
        receiving.end_turn(upload, breaker)
    if isinstance(outcome, Refusal):
        raise SalonError(outcome)


def _look(upload: Upload, turn: int) -> None:
    """Whether it is still this writer's turn. Raises SalonError where another took over, or the upload was given up."""
    if upload.turn != turn:
        raise SalonError(refuse(OFFSET_DIFFERS, offset=upload.offset))


def _bound(request: web.Request, left: int, size: int, name: str) -> None:
    """Look whether the body says that it is longer than what is `left` of the file. Raises SalonError."""
    if (request.content_length or 0) > left:
        raise SalonError(refuse(SIZE_DIFFERS, name=name, size=size))


def _breaker(request: web.Request) -> Callable[[], None]:
    """What ends this request's connection, for whoever takes over."""
    transport: Any = request.transport
    return transport.abort if transport is not None else lambda: None


def _check_of(request: web.Request) -> tuple[_Hash, bytes] | None:
    """The checksum that the body should have, and the hash to compare it with."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise SalonError(refuse(UNKNOWN_ALGORITHM, algorithms=", ".join(ALGORITHMS)))
    return hashlib.new(algorithm, usedforsecurity=False), _decoded(encoded)


def _metadata(header: str) -> Mapping[str, str]:
    """`key base64,key base64 …` as a mapping. Raises SalonError for what is not that."""
    metadata = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        if key:
            try:
                metadata[key] = _decoded(value).decode()
            except UnicodeDecodeError:
                raise SalonError(refuse(BAD_UPLOAD, why=f"{key} is not UTF-8")) from None
    return metadata


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise SalonError(refuse(BAD_UPLOAD, why="a value is not base64")) from None


def _number(request: web.Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise SalonError(refuse(BAD_UPLOAD, why=f"{header} is not a number of bytes"))
    return int(text)


def _wrong_version(request: web.Request) -> web.Response | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return web.Response(status=412, headers={"Tus-Version": VERSION}, text=f"This server speaks tus {VERSION}.\n")


def _wrong_body(request: web.Request) -> web.Response | None:
    if request.content_type == _BODY or (request.method == "POST" and not request.body_exists):
        return None
    return _refused(refuse(BAD_UPLOAD, why=f"the body is not {_BODY}"), 415)


def _state(upload: Upload) -> dict[str, str]:
    headers = {"Tus-Resumable": VERSION, "Upload-Offset": str(upload.offset)}
    if not upload.whole:
        expires = upload.active / 1000 + UPLOAD_EXPIRY_SECONDS
        headers["Upload-Expires"] = formatdate(expires, usegmt=True)
    return headers


def _refused(refusal: Refusal, status: int | None = None, headers: Mapping[str, str] | None = None) -> web.Response:
    return refusal_response(refusal, status, {"Tus-Resumable": VERSION, **(headers or {})})
