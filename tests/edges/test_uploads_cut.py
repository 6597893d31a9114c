"""Uploads whose lines break, and several who write at once."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientError

from tests.edges.shelfside import BODY, LONG, Place, metadata, shelved, upload_of
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


async def test_a_creation_that_is_cut_leaves_nothing(place: Place) -> None:
    line = await place.line()
    line.send(
        f"POST /uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        f"Upload-Metadata: {metadata(filename='a')}\r\nUpload-Length: 6\r\nContent-Length: 6\r\n\r\nabc".encode()
    )
    await eventually(lambda: any(one.offset for one in place.shelves.receiving.uploads.values()))
    line.cut()
    await eventually(lambda: not place.shelves.receiving.uploads)
    async with asyncio.timeout(10):
        while await place.shelves.blobs.unfinished():
            pass


async def test_a_patch_that_is_cut_keeps_what_came(place: Place) -> None:
    path = await place.began("a", len(LONG))
    line = await place.hanging_patch(path, 0, len(LONG), LONG[:150_000])
    await eventually(lambda: upload_of(place, path).offset == 150_000)
    line.cut()
    assert (await place.head(path)).offset == 150_000
    assert (await place.patch(path, 150_000, LONG[150_000:])).status == 204
    assert await shelved(place, "a") == LONG


async def test_a_body_that_is_no_http_keeps_what_came_before(place: Place) -> None:
    path = await place.began("a", 6)
    line = await place.line()
    line.send(
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        "Upload-Offset: 0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".encode()
    )
    await eventually(lambda: upload_of(place, path).offset == 3)
    line.send(b"no number\r\n")
    assert (await place.patch(path, 3, b"def")).status == 204
    assert b" 204 " not in await line.end()
    assert await shelved(place, "a") == b"abcdef"


async def test_a_new_patch_takes_over_from_a_dead_line(place: Place) -> None:
    path = await place.began("a", len(LONG))
    dead = await place.hanging_patch(path, 0, len(LONG), LONG[:1000])
    await eventually(lambda: upload_of(place, path).offset == 1000)
    assert (await place.head(path)).offset == 1000
    assert (await place.patch(path, 1000, LONG[1000:])).status == 204
    assert await dead.end() == b""  # its connection was ended
    assert await shelved(place, "a") == LONG


async def test_a_connection_that_carries_something_else_by_now_is_left_alone(place: Place) -> None:
    """One that was kept open after a PATCH is not ended when somebody goes on with that upload."""
    first = await place.began("a", 6)
    second = await place.began("b", 6)
    line = await place.hanging_patch(first, 0, 3, b"abc")
    async with asyncio.timeout(10):
        head = await line.reader.readuntil(b"\r\n\r\n")
    assert b" 204 " in head.splitlines()[0]
    line.send(
        f"PATCH {second} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        "Upload-Offset: 0\r\nContent-Length: 6\r\n\r\nabc".encode()
    )
    await eventually(lambda: upload_of(place, second).offset == 3)
    assert (await place.patch(first, 3, b"def")).status == 204
    line.send(b"def")
    async with asyncio.timeout(10):
        head = await line.reader.readuntil(b"\r\n\r\n")
    assert b" 204 " in head.splitlines()[0]
    assert await shelved(place, "b") == b"abcdef"


async def test_many_who_write_at_once_make_no_other_file_of_it(place: Place) -> None:
    path = await place.began("a", len(LONG))

    async def insist() -> None:
        """As a client does that is told where to go on."""
        while (head := await place.head(path)).status == 200 and head.offset < len(LONG):
            try:
                await place.patch(path, head.offset, LONG[head.offset : head.offset + 50_000])
            except (OSError, ClientError):
                continue  # somebody took over

    async with asyncio.timeout(30):
        await asyncio.gather(*(insist() for _ in range(5)))
    assert await shelved(place, "a") == LONG
