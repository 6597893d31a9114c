"""Uploads that cannot begin, and bodies that are not taken."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest

from tests.edges.shelfside import BODY, MAX, TUS, Place, code_of, metadata, shelved, upload_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "bad_upload"),
        ({"Upload_Length": "-1"}, "bad_upload"),
        ({"Upload_Length": "1.5"}, "bad_upload"),
        ({"Upload_Length": "٣"}, "bad_upload"),
        ({"Upload_Length": "9" * 40}, "bad_upload"),
        ({"Upload_Defer_Length": "1"}, "bad_upload"),
        ({"Upload_Length": "3", "Upload_Metadata": "filename ***"}, "bad_upload"),
        ({"Upload_Length": "3", "Upload_Metadata": "filename /w=="}, "bad_upload"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(room="r1")}, "bad_file_name"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="../x")}, "bad_file_name"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a", room="a/b")}, "bad_room"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a", room="@ann:bob")}, "unknown_room"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a"), "Authorization": "Bearer x"}, "bad_ticket"),
        ({"Upload_Length": "3", "Upload_Metadata": metadata(filename="a"), "Authorization": "Basic x"}, "bad_ticket"),
        ({"Upload_Length": str(MAX + 1), "Upload_Metadata": metadata(filename="a")}, "too_large"),
        ({"Upload_Length": "9" * 15, "Upload_Metadata": metadata(filename="a")}, "too_large"),
    ],
)
async def test_what_cannot_begin(place: Place, headers: dict[str, str], code: str) -> None:
    answer = await place.ask("POST", "/uploads", **TUS, **{k: v.encode().decode("latin-1") for k, v in headers.items()})
    assert 400 <= answer.status < 500
    assert code_of(answer) == code
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert not place.shelves.receiving.uploads


async def test_too_large_is_a_sentence_for_people(place: Place) -> None:
    answer = await place.create("big", MAX + 1)
    assert answer.status == 413
    assert f"File big is too large (limit {MAX} bytes)" in answer.body.decode()


async def test_an_unknown_upload_is_404(place: Place) -> None:
    for path in ("/uploads/nobody", "/uploads/..%2f..%2fetc%2fpasswd", "/uploads/a%00b"):
        for method in ("HEAD", "PATCH", "DELETE"):
            answer = await place.ask(method, path, **TUS, Upload_Offset="0", Content_Type=BODY)
            assert answer.status == 404


async def test_an_offset_that_is_not_where_it_stands_is_409(place: Place) -> None:
    path = await place.began("a", 6)
    await place.patch(path, 0, b"abc")
    for offset in (0, 2, 4, 6, 999):
        answer = await place.patch(path, offset, b"x")
        assert answer.status == 409
        assert answer.offset == 3
    for bad in ("", "-1", "x"):
        answer = await place.patch(path, 0, b"x", Upload_Offset=bad)
        assert (answer.status, answer.offset) == (400, 3)
    assert (await place.patch(path, 3, b"def")).status == 204
    assert await shelved(place, "a") == b"abcdef"


async def test_a_body_of_another_type_is_415(place: Place) -> None:
    path = await place.began("a", 3)
    answer = await place.patch(path, 0, b"abc", Content_Type="application/json")
    assert answer.status == 415
    headers = {**TUS, "Upload_Length": "3", "Upload_Metadata": metadata(filename="b")}
    created = await place.ask("POST", "/uploads", b"abc", **headers, Content_Type="text/plain")
    assert created.status == 415
    assert [one.note.name for one in place.shelves.receiving.uploads.values()] == ["a"]
    assert upload_of(place, path).offset == 0


async def test_a_longer_body_than_was_announced_is_refused_before_its_first_byte(place: Place) -> None:
    path = await place.began("a", 3)
    answer = await place.patch(path, 0, b"abcd")
    assert (answer.status, answer.offset) == (413, 0)
    assert code_of(answer) == "size_differs"
    endless = await place.hanging_patch(path, 0, 4, b"")
    async with asyncio.timeout(10):
        assert b" 413 " in (await endless.reader.readuntil(b"\r\n\r\n")).splitlines()[0]
    created = await place.create("b", 3, b"abcd")
    assert created.status == 413
    assert len(place.shelves.receiving.uploads) == 1


async def test_a_longer_body_that_does_not_say_how_long_it_is_ends_where_it_is_too_long(place: Place) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 100_000

    path = await place.began("a", 250_000)
    answer = await place.patch(path, 0, endless())  # type: ignore[arg-type]
    assert answer.status == 413
    assert code_of(answer) == "size_differs"
    offset = answer.offset
    assert offset <= 250_000
    assert (await place.patch(path, offset, b"x" * (250_000 - offset))).status == 204
    assert await shelved(place, "a") == b"x" * 250_000


async def test_a_creation_whose_bytes_are_refused_leaves_nothing(place: Place) -> None:
    """Nobody was told where to go on with it."""
    answer = await place.ask(
        "POST",
        "/uploads",
        b"abc",
        **TUS,
        Upload_Length="6",
        Upload_Metadata=metadata(filename="a"),
        Content_Type=BODY,
        Upload_Checksum="sha1 " + base64.b64encode(b"0" * 20).decode(),
    )
    assert answer.status == 460
    assert not place.shelves.receiving.uploads
    assert await place.shelves.blobs.unfinished() == []
