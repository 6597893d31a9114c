"""tus 1.0 (https://tus.io/protocols/resumable-upload) over a real port: what it understands, whole files, who sends."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest

from salon.core.limits import UPLOAD_EXPIRY_SECONDS
from salon.core.people import Person
from salon.hall.room import Room
from tests.edges.shelfside import BODY, LONG, MAX, TUS, Place, opened, shelved, upload_of
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


# what is understood


async def test_what_is_understood_is_told(place: Place) -> None:
    answer = await place.ask("OPTIONS", "/uploads")
    assert answer.status == 204
    assert answer.headers["Tus-Resumable"] == answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
    }
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")
    assert answer.headers["Tus-Max-Size"] == str(MAX)


async def test_no_limit_is_not_told() -> None:
    async with opened() as place:
        assert "Tus-Max-Size" not in (await place.ask("OPTIONS", "/uploads")).headers


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0", ""])
async def test_another_version_is_412_and_is_told_which(place: Place, version: str | None) -> None:
    path = await place.began("a", 3)
    headers = {} if version is None else {"Tus_Resumable": version}
    for method, where in [("POST", "/uploads"), ("HEAD", path), ("PATCH", path), ("DELETE", path), ("POST", path)]:
        more = {"X_HTTP_Method_Override": "PATCH"} if (method, where) == ("POST", path) else {}
        answer = await place.ask(method, where, None, Upload_Length="3", **headers, **more)
        assert answer.status == 412
        assert answer.headers["Tus-Version"] == "1.0.0"
    assert upload_of(place, path).offset == 0


# an upload from its beginning to its end


async def test_a_file_in_pieces(place: Place) -> None:
    path = await place.began("f 1 ü.bin", len(LONG))
    offset = 0
    for n in range(0, len(LONG), 70_000):
        answer = await place.patch(path, offset, LONG[n : n + 70_000])
        assert answer.status == 204
        offset = answer.offset
        assert offset == min(n + 70_000, len(LONG))
        if offset < len(LONG):
            head = await place.head(path)
            assert (head.status, head.offset, head.headers["Upload-Length"]) == (200, offset, str(len(LONG)))
            assert head.headers["Cache-Control"] == "no-store"
            assert await shelved(place, "f 1 ü.bin") is None
    assert await shelved(place, "f 1 ü.bin") == LONG
    head = await place.head(path)
    assert (head.status, head.offset) == (200, len(LONG))
    assert "Upload-Expires" not in head.headers
    assert (await place.patch(path, len(LONG), b"")).status == 404  # it is over
    assert not place.shelves.receiving.uploads


async def test_the_first_bytes_may_come_with_the_creation(place: Place) -> None:
    answer = await place.create("a", len(LONG), LONG[:5])
    assert (answer.status, answer.offset) == (201, 5)
    path = answer.headers["Location"]
    assert (await place.patch(path, 5, LONG[5:])).status == 204
    assert await shelved(place, "a") == LONG
    whole = await place.create("b", len(LONG), LONG)
    assert (whole.status, whole.offset) == (201, len(LONG))
    assert await shelved(place, "b") == LONG


async def test_an_empty_file(place: Place) -> None:
    answer = await place.create("empty", 0)
    assert (answer.status, answer.offset) == (201, 0)
    assert await shelved(place, "empty") == b""
    assert (await place.head(answer.headers["Location"])).offset == 0


async def test_until_when_it_may_go_on_is_told(place: Place) -> None:
    created = await place.create("a", 3)
    path = created.headers["Location"]
    patched = await place.patch(path, 0, b"a")
    for answer in (created, patched, await place.head(path)):
        expires = parsedate_to_datetime(answer.headers["Upload-Expires"]).timestamp()
        assert abs(expires - place.shelves.clock() / 1000 - UPLOAD_EXPIRY_SECONDS) < 60


async def test_an_upload_is_given_up_when_it_is_asked_for(place: Place) -> None:
    path = await place.began("a", 3)
    await place.patch(path, 0, b"ab")
    answer = await place.ask("DELETE", path, **TUS)
    assert answer.status == 204
    for gone in (await place.head(path), await place.patch(path, 2, b"c"), await place.ask("DELETE", path, **TUS)):
        assert gone.status == 404
        assert gone.headers["Tus-Resumable"] == "1.0.0"
    assert await place.shelves.blobs.unfinished() == []


async def test_what_is_shelved_is_not_given_up_any_more(place: Place) -> None:
    path = await place.began("a", 3)
    upload = upload_of(place, path)
    async with upload.lock:
        giving_up = place.shelves.hall.tasks.start(place.ask("DELETE", path, **TUS))
        await eventually(lambda: upload.lock._waiters)
        await place.shelves.receiving.write(upload, b"abc")
        await place.shelves.receiving.complete(upload)
    assert (await giving_up).status == 404
    assert await shelved(place, "a") == b"abc"


async def test_methods_can_be_given_in_a_header(place: Place) -> None:
    path = await place.began("a", 3)
    answer = await place.ask(
        "POST", path, b"abc", **TUS, X_HTTP_Method_Override="PATCH", Upload_Offset="0", Content_Type=BODY
    )
    assert (answer.status, answer.offset) == (204, 3)
    assert (await place.ask("POST", path, **TUS, X_HTTP_Method_Override="HEAD")).offset == 3
    other = await place.began("b", 3)
    assert (await place.ask("POST", other, **TUS, X_HTTP_Method_Override="delete")).status == 204
    for override in ({}, {"X_HTTP_Method_Override": "PUT"}):
        assert (await place.ask("POST", path, **TUS, **override)).status == 405


# who sends


async def test_whoever_sends_is_named_and_takes_nobodys_name(place: Place) -> None:
    await place.create("a", 1, b"x", name="bob")
    await place.create("b", 1, b"x", name="b:o\u202eb")
    await place.create("c", 1, b"x")
    listed = await place.shelves.shelving.listing(Person("x", -1), "r1")
    assert isinstance(listed, list)
    assert [one.by for one in listed] == ["_", "b_o_b", "bob"]


async def test_whoever_shows_a_secret_can_take_it_away_later(place: Place) -> None:
    secret = "ab" * 16
    await place.create("a", 1, b"x", name="ann", client=secret)
    await place.create("b", 1, b"x", name="ann", client="too short")
    me = await place.shelves.hall.entrance.visitor("ann", secret)
    room = await place.shelves.hall.find(me, "r1")
    assert isinstance(room, Room)
    second, first = room.state.shelf
    assert (first.name, first.person) == ("a", me.number)
    assert second.person < 0
